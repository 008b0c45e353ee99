// Signed notes and verifier keys of C2SP (signed-note), Ed25519 and cosignature/v1.
//
// Shape of a note: text ending in a newline, a blank line, then lines
// "— <name> <base64(key id[4] || signature)>"; split at the last blank line.
// Rules: unknown key: ignored; known key with a bad signature: the note is rejected; no known good
// signature: rejected; type 06 is parsed and ignored.
// Threads: any. Errors: kMalformed for what is no note, kNotVerified for what does not verify.
// Source: C2SP signed-note, tlog-cosignature.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/clock.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::notes {

enum class KeyType : std::uint8_t { kEd25519 = 0x01, kCosignatureV1 = 0x04, kMldsa = 0x06 };

// "name+hex8+base64(type || key)".
struct VerifierKey {
  std::string name;
  KeyType type = KeyType::kEd25519;
  PublicKeyBytes key;

  [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  // First 4 bytes of SHA-256(name || 0x0A || type || key), big-endian.
  [[nodiscard]] std::uint32_t id() const;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string blob;  // after the key id
};

struct Note {
  std::string text;  // with its final newline: what is signed
  std::vector<NoteSignature> signatures;

  [[nodiscard]] static Result<Note> parse(std::string_view bytes);
  [[nodiscard]] std::string bytes() const;
};

struct VerifiedSignature {
  VerifierKey key;
  std::optional<std::chrono::sys_seconds> time;  // of a cosignature
};

// The known signatures that hold: at least one.
[[nodiscard]] Result<std::vector<VerifiedSignature>> verify(const Note& note,
                                                            std::span<const VerifierKey> known);

// Signs as an Ed25519 note (type 01) under `name`.
[[nodiscard]] NoteSignature sign(std::string_view text, std::string_view name,
                                 const crypto::SigningKey& key);

}  // namespace rapporteur::notes
