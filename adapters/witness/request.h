// The body of add-checkpoint: what a log, or who speaks for it, asks a witness to cosign.
//
// Shape: "old <size>", the consistency proof from there in base64, a hash a line, an empty line,
// the checkpoint. At most kRequestBytes and kProofLines. Threads: any. Errors: kMalformed with the
// line. The checkpoint is not looked at. Source: C2SP tlog-witness, "add-checkpoint".
#pragma once

#include <string>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/limits.h"
#include "proto/base/result.h"

namespace rapporteur::witness {

inline constexpr std::size_t kProofLines = 63;
// The note, and before it the size and hashes of 44 characters, with their ends of line.
inline constexpr std::size_t kRequestBytes = limits::kNoteBytes + 32 + kProofLines * 45;

struct AddCheckpoint {
  TreeSize old_size;
  std::vector<Digest> proof;
  std::string checkpoint;  // a signed note

  bool operator==(const AddCheckpoint&) const = default;
  [[nodiscard]] static Result<AddCheckpoint> parse(std::string_view body);
  [[nodiscard]] std::string body() const;
};

}  // namespace rapporteur::witness
