// Signed notes and verifier keys of C2SP (signed-note), Ed25519 and cosignature/v1.
//
// Shape of a note: text ending in a newline, a blank line, then lines
// "— <name> <base64(key id[4] || signature)>"; split at the last blank line; UTF-8 without control
// characters but newline. At most limits::kNoteBytes and limits::kNoteSignatures.
// Rules: a signature is by a known key when name and key id are its; by an unknown key it is
// ignored whatever its type and length; by a known key and bad it makes the note bad, also when it
// repeats one that holds; no known good signature: not verified. Threads: any. Errors: kMalformed
// for what is no note, kNotVerified for what does not verify. Source: C2SP signed-note,
// tlog-cosignature.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/clock.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::notes {

// Types of which this code verifies signatures. Of others a verifier key is refused and a signature
// is ignored.
enum class KeyType : std::uint8_t { kEd25519 = 0x01, kCosignatureV1 = 0x04 };
// A cosignature by ML-DSA-44: its keys are recognised (EncodedKey), its signatures are not
// verified.
inline constexpr std::uint8_t kMlDsa44Type = 0x06;
inline constexpr std::size_t kMlDsa44KeyBytes = 1312;

// Not empty, UTF-8, no white space, control character or '+'.
[[nodiscard]] bool valid_key_name(std::string_view name);

// The text of a verifier key of whatever type, its key id checked.
struct EncodedKey {
  std::string name;
  std::uint8_t type = 0;
  std::string key;

  [[nodiscard]] static Result<EncodedKey> parse(std::string_view text);
};

// "name+hex8+base64(type || key)".
struct VerifierKey {
  std::string name;
  KeyType type = KeyType::kEd25519;
  PublicKeyBytes key;

  bool operator==(const VerifierKey&) const = default;
  [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  // First 4 bytes of SHA-256(name || 0x0A || type || key), big-endian.
  [[nodiscard]] std::uint32_t id() const;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string blob;  // after the key id; not empty

  bool operator==(const NoteSignature&) const = default;
  // With its newline, as it stands in a note.
  [[nodiscard]] std::string line() const;
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

// The known keys whose signatures hold, each once, in the order of the note: at least one.
[[nodiscard]] Result<std::vector<VerifiedSignature>> verify(const Note& note,
                                                            std::span<const VerifierKey> known);

// What a cosignature/v1 made at `time` signs: the text is that of a checkpoint.
[[nodiscard]] std::string cosigned_message(std::chrono::sys_seconds time, std::string_view text);

// Signs as an Ed25519 note (type 01) under `name`, a valid key name.
[[nodiscard]] NoteSignature sign(std::string_view text, std::string_view name,
                                 const crypto::SigningKey& key);
// Cosigns (type 04) the text of a checkpoint under `name`, a valid key name, as of `time`, which is
// after 1970 began.
[[nodiscard]] NoteSignature cosign(std::string_view text, std::string_view name,
                                   std::chrono::sys_seconds time, const crypto::SigningKey& key);

}  // namespace rapporteur::notes
