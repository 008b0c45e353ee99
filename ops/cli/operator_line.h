// An operator's or auditor's line to the hub: asks, and signs changes.
//
// Threads: one. Errors: those of client::Connection; kUsage where the folder is none,
// kConfiguration for what it holds; kRefused with the hub's reasons when a change is refused;
// kNotVerified when an answer does not hold.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "adapters/client/connection.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::cli {

class OperatorLine {
 public:
  // `folder` holds the keys and the hub's address, as `init` made it.
  [[nodiscard]] static Result<OperatorLine> open(const std::filesystem::path& folder);

  // As pinned in the folder.
  [[nodiscard]] const client::HubAddress& hub() const { return line_->hub(); }
  [[nodiscard]] Result<v1::Answer> query(const v1::Query& query);
  // To a question that the hub may keep for `longer` before it answers.
  [[nodiscard]] Result<v1::Answer> query(const v1::Query& query, std::chrono::milliseconds longer);
  // Says hello again, on a line that broke.
  [[nodiscard]] Status renew();
  // Signs, sends, verifies the receipt; the index of the entry.
  [[nodiscard]] Result<LogIndex> administer(const v1::AdministrativeAction& action);
  // The directory, its signature by the log's key checked.
  [[nodiscard]] Result<v1::DirectoryState> directory();

 private:
  OperatorLine(std::string participant, crypto::SigningKey key,
               std::unique_ptr<client::Connection> line, std::chrono::milliseconds patience);
  std::string participant_;
  crypto::SigningKey key_;
  std::unique_ptr<client::Connection> line_;
  std::chrono::milliseconds patience_;  // for an answer
  std::uint64_t next_sequence_ = 1;
};

}  // namespace rapporteur::cli
