// The folder of receipts: one tlog-proof file for each message that was answered for good.
//
// Durability: the file is on disk when `store` returns. Errors: kStorage.
// Source: C2SP tlog-proof@v1; PROTOCOL.md, "Receipts".
#pragma once

#include <filesystem>
#include <string>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/verify/receipt.h"

namespace rapporteur::client {

// The receipt file of an outcome that was verified. Error: kMalformed for a proof of odd length.
[[nodiscard]] Result<std::string> proof_file(const v1::Outcome& outcome);

class Receipts {
 public:
  explicit Receipts(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] std::filesystem::path file_of(const MessageId& id) const;
  // By both: the receipt of the same message by another log of the hub is kept beside the new one,
  // with a number.
  [[nodiscard]] Status store(const MessageId& id, const v1::Outcome& outcome) const;
  // What was stored. kStorage for a file that is gone or damaged.
  [[nodiscard]] Result<verify::Receipt> read(const MessageId& id) const;
  // In the place of what was stored, at once.
  [[nodiscard]] Status replace(const MessageId& id, const verify::Receipt& receipt) const;

 private:
  [[nodiscard]] Status keep_that_of_another_log(const MessageId& id,
                                                std::string_view checkpoint) const;
  std::filesystem::path folder_;
};

}  // namespace rapporteur::client
