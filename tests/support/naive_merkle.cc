#include "tests/support/naive_merkle.h"

namespace rapporteur::testing {
namespace {

std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

std::vector<Digest> sub_proof(std::size_t m, std::span<const Digest> leaves, bool known) {
  const std::size_t n = leaves.size();
  if (m == n) return known ? std::vector<Digest>{} : std::vector<Digest>{naive_root(leaves)};
  const std::size_t k = split(n);
  std::vector<Digest> proof;
  if (m <= k) {
    proof = sub_proof(m, leaves.first(k), known);
    proof.push_back(naive_root(leaves.subspan(k)));
  } else {
    proof = sub_proof(m - k, leaves.subspan(k), false);
    proof.push_back(naive_root(leaves.first(k)));
  }
  return proof;
}

}  // namespace

Digest naive_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return merkle::empty_root();
  if (leaves.size() == 1) return leaves.front();
  const std::size_t k = split(leaves.size());
  return merkle::node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

std::vector<Digest> naive_inclusion(std::size_t index, std::span<const Digest> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = split(leaves.size());
  std::vector<Digest> proof;
  if (index < k) {
    proof = naive_inclusion(index, leaves.first(k));
    proof.push_back(naive_root(leaves.subspan(k)));
  } else {
    proof = naive_inclusion(index - k, leaves.subspan(k));
    proof.push_back(naive_root(leaves.first(k)));
  }
  return proof;
}

std::vector<Digest> naive_consistency(std::size_t first, std::span<const Digest> leaves) {
  return sub_proof(first, leaves, true);
}

std::vector<Digest> numbered_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  leaves.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(merkle::leaf_hash(bytes_of("leaf " + std::to_string(i))));
  }
  return leaves;
}

}  // namespace rapporteur::testing
