// A witness's key in memory, and policies over some of them.
//
// Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include "store/notes/checkpoint.h"

namespace rapporteur::testing {

struct FakeWitness {
  explicit FakeWitness(std::string named)
      : name(std::move(named)), key(crypto::SigningKey::generate()) {}

  [[nodiscard]] notes::VerifierKey verifier_key() const {
    return {name, notes::KeyType::kCosignatureV1, key.public_key()};
  }
  // Adds its cosignature to a signed note.
  void cosign(std::string& note, std::int64_t seconds) const {
    const auto text = notes::Note::parse(note).value().text;
    note += notes::cosign(text, name, std::chrono::sys_seconds(std::chrono::seconds(seconds)), key)
                .line();
  }

  std::string name;
  crypto::SigningKey key;
};

// A policy of one log: `quorum` of the witnesses must cosign.
[[nodiscard]] inline std::string policy_of(const notes::VerifierKey& log,
                                           const std::vector<const FakeWitness*>& witnesses,
                                           std::size_t quorum) {
  std::string text = "log " + log.text() + "\n";
  std::string group = "group all-of-them " + std::to_string(quorum);
  for (const FakeWitness* witness : witnesses) {
    text += "witness " + witness->name + " " + witness->verifier_key().text() + "\n";
    group += " " + witness->name;
  }
  return text + group + "\nquorum all-of-them\n";
}

}  // namespace rapporteur::testing
