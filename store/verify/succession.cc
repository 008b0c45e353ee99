#include "store/verify/succession.h"

#include "proto/base/limits.h"

namespace rapporteur::verify {
namespace {

constexpr std::size_t kMostPredecessors = 64;
// The frontier keeps what proofs of its group need; no proofs are made here.
constexpr std::uint64_t kEntriesAtOnce = 4'096;

tl::unexpected<Error> does_not_hold(const std::string& why) {
  return fail(ErrorKind::kNotVerified, "what it says of the log before it does not hold: " + why);
}

struct Before {
  Predecessor log;
  v1::Started started;
};

Result<Before> before(const v1::Started& started) {
  const v1::Predecessor& said = started.predecessor();
  Before out;
  auto key = notes::VerifierKey::parse(said.log_verifier_key());
  if (!key) return does_not_hold(key.error().what);
  out.log.log = std::move(*key);
  auto checkpoint = notes::open_checkpoint(said.checkpoint(), out.log.log);
  if (!checkpoint) return does_not_hold(checkpoint.error().what);
  out.log.checkpoint = std::move(*checkpoint);
  out.log.carried = TreeSize{said.carried_size()};
  out.log.restored_ms = said.restored_ms();
  if (out.log.log.name == started.origin() || out.log.log.text() == started.log_verifier_key()) {
    return does_not_hold("a log does not continue itself");
  }
  if (out.log.checkpoint.size.value == 0) return does_not_hold("its checkpoint covers nothing");
  if (out.log.checkpoint.size > out.log.carried) {
    return does_not_hold("its checkpoint covers more than was carried");
  }
  if (said.first_nonce().size() != limits::kNonceBytes) {
    return does_not_hold("the nonce of its first entry has not 32 bytes");
  }
  out.log.first_leaf =
      merkle::record_leaf_hash(bytes_of(said.first_nonce()), bytes_of(said.first_record()));
  v1::Record record;
  if (!record.ParseFromString(said.first_record()) || !record.has_started()) {
    return does_not_hold("its first entry founds no log");
  }
  out.started = record.started();
  if (out.started.origin() != out.log.log.name ||
      out.started.log_verifier_key() != out.log.log.text()) {
    return does_not_hold("its first entry names another log");
  }
  if (out.started.hub() != started.hub() || out.started.operator_id() != started.operator_id() ||
      out.started.operator_signing_key() != started.operator_signing_key() ||
      out.started.operator_curve_key() != started.operator_curve_key()) {
    return does_not_hold("hub or founding operator are others");
  }
  return out;
}

}  // namespace

Result<std::vector<Predecessor>> predecessors(const v1::Started& started) {
  std::vector<Predecessor> logs;
  v1::Started at = started;
  while (at.has_predecessor()) {
    if (logs.size() == kMostPredecessors) return does_not_hold("too many logs before it");
    auto one = before(at);
    if (!one) return tl::unexpected(one.error());
    if (!logs.empty() && one->log.carried > logs.back().carried) {
      return does_not_hold("a log carried more than the next one found in it");
    }
    logs.push_back(std::move(one->log));
    at = std::move(one->started);
  }
  return logs;
}

Digest root_by_first(const Digest& leaf, std::span<const Digest> path) {
  Digest root = leaf;
  for (const Digest& right : path) root = merkle::node_hash(root, right);
  return root;
}

CarriedEntries::CarriedEntries(std::vector<Predecessor> logs)
    : logs_(std::move(logs)), trees_(logs_.size()) {}

Status CarriedEntries::add(LogIndex index, const Digest& leaf) {
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    const Predecessor& log = logs_[i];
    merkle::Frontier& tree = trees_[i];
    if (tree.size() >= log.checkpoint.size) continue;
    tree.append(index.value == 0 ? log.first_leaf : leaf);
    if (tree.size().value % kEntriesAtOnce == 0) {
      tree.begin_group();
      static_cast<void>(tree.take_completed());
    }
    if (tree.size() == log.checkpoint.size && tree.root() != log.checkpoint.root) {
      return does_not_hold("the first " + std::to_string(log.checkpoint.size.value) +
                           " entries are not those that " + log.log.name + " signed");
    }
  }
  return {};
}

Status CarriedEntries::finish(TreeSize size) const {
  for (const Predecessor& log : logs_) {
    if (size < log.carried) {
      return does_not_hold(std::to_string(log.carried.value) + " entries of " + log.log.name +
                           " were carried, but the log has only " + std::to_string(size.value));
    }
  }
  return {};
}

}  // namespace rapporteur::verify
