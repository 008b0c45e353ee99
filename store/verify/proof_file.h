// A proof file of C2SP (tlog-proof@v1): index, inclusion proof and checkpoint of one entry, with
// data of the application beside it that nothing here vouches for.
//
// Threads: any. Errors: kMalformed with the number of the line. At most limits::kProofFileBytes and
// 64 hashes. What is read is written as it was, byte by byte.
// Source: C2SP tlog-proof.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::verify {

struct ProofFile {
  std::optional<std::string> extra;  // decoded
  LogIndex index;
  std::vector<Digest> proof;  // leaf to root
  std::string checkpoint;     // the signed note, not looked at

  [[nodiscard]] static Result<ProofFile> parse(std::string_view bytes);
  [[nodiscard]] std::string bytes() const;
};

}  // namespace rapporteur::verify
