// Keys that are the same on every run, and what a witness adds to a note.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "store/notes/signed_note.h"

namespace rapporteur::testing {

inline crypto::SigningKey seeded_key(int number) {
  crypto::SecretBytes seed;
  std::ranges::fill(seed.mutable_bytes(), std::byte(number));
  return crypto::SigningKey::from_seed(seed);
}

inline notes::VerifierKey verifier(std::string_view name, const crypto::SigningKey& key,
                                   notes::KeyType type = notes::KeyType::kEd25519) {
  return {std::string(name), type, key.public_key()};
}

// A cosignature/v1 made at `seconds` of Unix time.
inline notes::NoteSignature cosign(std::string_view text, std::string_view name,
                                   std::uint64_t seconds, const crypto::SigningKey& key) {
  std::string blob;
  for (int shift = 56; shift >= 0; shift -= 8) {
    blob += static_cast<char>(seconds >> static_cast<unsigned>(shift));
  }
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  blob += key.sign({}, bytes_of(notes::cosigned_message(time, text))).view();
  return {std::string(name), verifier(name, key, notes::KeyType::kCosignatureV1).id(), blob};
}

}  // namespace rapporteur::testing
