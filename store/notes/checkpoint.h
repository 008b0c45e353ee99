// A tree head as C2SP tlog-checkpoint writes it: origin, size, root.
#pragma once

#include "store/notes/signed_note.h"

namespace rapporteur::notes {

struct Checkpoint {
  std::string origin;
  TreeSize size;
  Digest root;

  // "<origin>\n<size>\n<base64 root>\n"; extension lines are accepted when parsing and dropped.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);
};

// Opens a note that `log` signed and whose origin is the log's name.
[[nodiscard]] Result<Checkpoint> open_checkpoint(std::string_view note_bytes,
                                                 const VerifierKey& log);
[[nodiscard]] std::string sign_checkpoint(const Checkpoint& checkpoint,
                                          const crypto::SigningKey& key);

}  // namespace rapporteur::notes
