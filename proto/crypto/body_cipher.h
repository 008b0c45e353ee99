// Salt and body under a key of their own, so that destroying the key destroys them wherever their
// bytes were copied to.
//
// XChaCha20-Poly1305 (libsodium). Threads: any. Lifetime: nothing is kept.
// Source: FORMAT.md, "Bodies"; draft-irtf-cfrg-xchacha.
#pragma once

#include <optional>
#include <string>

#include "proto/base/ids.h"

namespace rapporteur::crypto {

inline constexpr std::size_t kBodyKeyBytes = 32;
inline constexpr std::size_t kBodyTagBytes = 16;

struct BodySeal {
  std::span<const std::byte, kBodyKeyBytes> key;
  ByteSpan nonce;  // of the entry's record, at least 24 bytes; the first 24 are used
  LogIndex index;  // a body in another entry's place does not open
};

// `salt` and `body` as one ciphertext, kBodyTagBytes longer than both.
[[nodiscard]] std::string seal_body(const BodySeal& seal, std::string_view salt,
                                    std::string_view body);
// What was sealed, salt and body in one piece. Empty: not sealed like this.
[[nodiscard]] std::optional<std::string> open_body(const BodySeal& seal, std::string_view sealed);

// Overwrites what the compiler would take for unused.
void wipe(std::span<std::byte> bytes);

}  // namespace rapporteur::crypto
