// A tree head as C2SP tlog-checkpoint writes it: origin, size, root.
//
// Threads: any. Errors: kMalformed for what is no checkpoint, kNotVerified for one that `log` did
// not sign.
// Source: C2SP tlog-checkpoint.
#pragma once

#include "store/notes/signed_note.h"

namespace rapporteur::notes {

struct Checkpoint {
  std::string origin;
  TreeSize size;
  Digest root;

  bool operator==(const Checkpoint&) const = default;
  // "<origin>\n<size>\n<base64 root>\n".
  [[nodiscard]] std::string text() const;
  // Extension lines are accepted and dropped.
  [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);
};

// Opens a note that `log` signed and whose origin is the log's name.
[[nodiscard]] Result<Checkpoint> open_checkpoint(std::string_view note_bytes,
                                                 const VerifierKey& log);
// The signed note. The origin is a valid key name: the log signs under it.
[[nodiscard]] std::string sign_checkpoint(const Checkpoint& checkpoint,
                                          const crypto::SigningKey& key);

}  // namespace rapporteur::notes
