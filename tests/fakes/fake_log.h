// A log in memory with real leaves, proofs and checkpoints, computed the slow and obvious way.
//
// Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/merkle/tree.h"
#include "store/notes/signed_note.h"

namespace rapporteur::testing {

struct FakeEntry {
  std::string nonce;
  std::string record;
  std::string salt;
  std::string body;
  std::vector<v1::Finding> findings;
};

class FakeLog {
 public:
  FakeLog() : key_(crypto::SigningKey::generate()) {}

  std::size_t append(FakeEntry entry);
  void truncate(std::size_t size);
  // The same log under the same key.
  [[nodiscard]] FakeLog copy() const;
  [[nodiscard]] const std::vector<FakeEntry>& entries() const { return entries_; }
  [[nodiscard]] std::string checkpoint(std::size_t size) const;
  [[nodiscard]] std::string inclusion_proof(std::size_t index, std::size_t size) const;
  [[nodiscard]] std::string consistency_proof(std::size_t first, std::size_t second) const;
  [[nodiscard]] const crypto::SigningKey& key() const { return key_; }
  [[nodiscard]] std::string origin() const { return "test.invalid/log"; }
  [[nodiscard]] notes::VerifierKey verifier_key() const;
  // Receipt or refusal of an entry, in the tree of today.
  [[nodiscard]] v1::Outcome outcome(std::size_t index) const;

 private:
  crypto::SigningKey key_;
  std::vector<FakeEntry> entries_;
  std::vector<Digest> leaves_;
};

}  // namespace rapporteur::testing
