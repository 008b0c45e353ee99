#include "tests/fakes/fake_log.h"

#include "proto/crypto/domain.h"
#include "proto/statements/refusal.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::testing {
namespace {

class Leaves final : public merkle::HashReader {
 public:
  explicit Leaves(const std::vector<Digest>& leaves) : leaves_(leaves) {}
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const override {
    if (level == 0) return leaves_.at(index);
    return merkle::node_hash(*subtree(level - 1, 2 * index), *subtree(level - 1, 2 * index + 1));
  }

 private:
  const std::vector<Digest>& leaves_;
};

}  // namespace

std::size_t FakeLog::append(FakeEntry entry) {
  std::array<std::byte, 32> nonce{};
  crypto::fill_random(nonce);
  entry.nonce = text_of(nonce);
  const Digest hash = crypto::record_hash(nonce, bytes_of(entry.record));
  leaves_.push_back(merkle::leaf_hash(bytes_of('\x01' + hash.string())));
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void FakeLog::truncate(std::size_t size) {
  entries_.resize(size);
  leaves_.resize(size);
}

FakeLog FakeLog::copy() const {
  FakeLog out;
  out.key_ = crypto::SigningKey::from_seed(key_.seed());
  out.entries_ = entries_;
  out.leaves_ = leaves_;
  return out;
}

notes::VerifierKey FakeLog::verifier_key() const {
  return {origin(), notes::KeyType::kEd25519, key_.public_key()};
}

std::string FakeLog::checkpoint(std::size_t size) const {
  const notes::Checkpoint checkpoint{origin(), TreeSize{size},
                                     merkle::root(TreeSize{size}, Leaves(leaves_)).value()};
  return notes::sign_checkpoint(checkpoint, key_);
}

std::string FakeLog::inclusion_proof(std::size_t index, std::size_t size) const {
  return merkle::pack(
      merkle::inclusion_proof(LogIndex{index}, TreeSize{size}, Leaves(leaves_)).value());
}

std::string FakeLog::consistency_proof(std::size_t first, std::size_t second) const {
  return merkle::pack(
      merkle::consistency_proof(TreeSize{first}, TreeSize{second}, Leaves(leaves_)).value());
}

v1::Outcome FakeLog::outcome(std::size_t index) const {
  const FakeEntry& entry = entries_.at(index);
  v1::Record record;
  v1::Header header;
  if (!record.ParseFromString(entry.record) || !header.ParseFromString(record.header())) {
    throw std::logic_error("an entry of the fake log cannot be read");
  }
  v1::Outcome outcome;
  outcome.set_message_id(header.message_id());
  outcome.set_accepted(!record.has_refused());
  outcome.set_index(index);
  outcome.set_nonce(entry.nonce);
  outcome.set_record(entry.record);
  outcome.set_tree_size(entries_.size());
  outcome.set_proof(inclusion_proof(index, entries_.size()));
  outcome.set_checkpoint(checkpoint(entries_.size()));
  for (const v1::Finding& finding : entry.findings) *outcome.add_findings() = finding;
  if (!outcome.accepted()) {
    outcome.set_refusal_signature(
        key_.sign(crypto::domain::kRefusal, bytes_of(refusal_statement(outcome))).string());
  }
  return outcome;
}

}  // namespace rapporteur::testing
