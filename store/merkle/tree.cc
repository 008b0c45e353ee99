#include "store/merkle/tree.h"

#include <algorithm>
#include <bit>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::merkle {
namespace {

constexpr std::byte kLeafPrefix{0x00};
constexpr std::byte kNodePrefix{0x01};
constexpr std::size_t kLongestProof = 64;

// Leaves [begin, end) of a tree; `begin` is a multiple of a power of two not below its length.
struct Range {
  std::uint64_t begin;
  std::uint64_t end;

  [[nodiscard]] std::uint64_t length() const { return end - begin; }
  // Where RFC 6962 splits it: at the largest power of two below its length. Length at least 2.
  [[nodiscard]] std::uint64_t middle() const { return begin + std::bit_floor(length() - 1); }
};

// Joins the complete subtrees that make up the range, from the smallest, at the right, on.
Result<Digest> range_root(Range range, const HashReader& hashes) {
  std::optional<Digest> joined;
  for (std::uint64_t rest = range.length(); rest != 0; rest &= rest - 1) {
    const auto level = static_cast<unsigned>(std::countr_zero(rest));
    const std::uint64_t index = (range.begin >> level) + (range.length() >> level) - 1;
    auto peak = hashes.subtree(level, index);
    if (!peak) return peak;
    joined = joined ? node_hash(*peak, *joined) : *peak;
  }
  return *joined;
}

tl::unexpected<Error> not_verified(const char* why) {
  return fail(ErrorKind::kNotVerified, why);
}

bool right_child(std::uint64_t node) {
  return (node & 1U) != 0;
}

}  // namespace

LeafEntry leaf_entry(ByteSpan nonce, ByteSpan record) {
  LeafEntry entry;
  entry.bytes[0] = kLeafEntryVersion;
  const Digest hash = crypto::record_hash(nonce, record);
  std::copy(hash.bytes.begin(), hash.bytes.end(), entry.bytes.begin() + 1);
  return entry;
}

Digest leaf_hash(ByteSpan entry) {
  thread_local crypto::Sha256 hash;
  return hash.update(ByteSpan(&kLeafPrefix, 1)).update(entry).finish();
}

Digest record_leaf_hash(ByteSpan nonce, ByteSpan record) {
  return leaf_hash(leaf_entry(nonce, record).span());
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::byte, 1 + 2 * Digest::kBytes> node;
  node[0] = kNodePrefix;
  auto* const middle = std::copy(left.bytes.begin(), left.bytes.end(), node.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), middle);
  return crypto::sha256(node);
}

Digest empty_root() {
  return crypto::sha256(ByteSpan{});
}

Status verify_inclusion(LogIndex index, TreeSize size, const Digest& leaf,
                        std::span<const Digest> proof, const Digest& root) {
  if (sabotaged("proof-check-skipped")) return {};
  if (index.value >= size.value) return not_verified("index is not in a tree of this size");
  std::uint64_t node = index.value;
  std::uint64_t last = size.value - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof) {
    if (last == 0) return not_verified("inclusion proof is too long");
    if (right_child(node) || node == last) {
      hash = node_hash(sibling, hash);
      // Levels on which the right edge has no sibling.
      while (!right_child(node) && node != 0) {
        node >>= 1U;
        last >>= 1U;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return not_verified("inclusion proof is too short");
  if (hash != root) return not_verified("inclusion proof leads to another root");
  return {};
}

Status verify_consistency(TreeSize first, TreeSize second, std::span<const Digest> proof,
                          const Digest& first_root, const Digest& second_root) {
  if (first.value == 0) return not_verified("consistency with an empty tree says nothing");
  if (first > second) return not_verified("the first tree is larger than the second");
  if (first == second) {
    if (!proof.empty()) return not_verified("consistency proof of one size is not empty");
    if (first_root != second_root) return not_verified("two roots for one size");
    return {};
  }
  if (proof.empty()) return not_verified("consistency proof is empty");

  std::uint64_t node = first.value - 1;
  std::uint64_t last = second.value - 1;
  const int complete = std::countr_one(node);
  node >>= static_cast<unsigned>(complete);
  last >>= static_cast<unsigned>(complete);
  // A first tree that is a complete subtree of the second is its own first hash.
  const bool own = std::has_single_bit(first.value);
  Digest old_hash = own ? first_root : proof.front();
  Digest new_hash = old_hash;
  for (const Digest& sibling : proof.subspan(own ? 0 : 1)) {
    if (last == 0) return not_verified("consistency proof is too long");
    if (right_child(node) || node == last) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
      while (!right_child(node) && node != 0) {
        node >>= 1U;
        last >>= 1U;
      }
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return not_verified("consistency proof is too short");
  if (old_hash != first_root) return not_verified("consistency proof leads to another first root");
  if (new_hash != second_root) {
    return not_verified("consistency proof leads to another second root");
  }
  return {};
}

Result<Digest> root(TreeSize size, const HashReader& hashes) {
  if (size.value == 0) return empty_root();
  return range_root({0, size.value}, hashes);
}

Result<std::vector<Digest>> inclusion_proof(LogIndex index, TreeSize size,
                                            const HashReader& hashes) {
  if (index.value >= size.value) {
    return fail(ErrorKind::kNotFound, "no entry " + std::to_string(index.value) +
                                          " in a tree of size " + std::to_string(size.value));
  }
  std::vector<Digest> proof;
  Range range{0, size.value};
  while (range.length() > 1) {
    const std::uint64_t middle = range.middle();
    const bool left = index.value < middle;
    auto sibling = range_root(left ? Range{middle, range.end} : Range{range.begin, middle}, hashes);
    if (!sibling) return tl::unexpected(sibling.error());
    proof.push_back(*sibling);
    (left ? range.end : range.begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<std::vector<Digest>> consistency_proof(TreeSize first, TreeSize second,
                                              const HashReader& hashes) {
  if (first.value == 0 || first > second) {
    return fail(ErrorKind::kNotFound, "no consistency proof from size " +
                                          std::to_string(first.value) + " to size " +
                                          std::to_string(second.value));
  }
  std::vector<Digest> proof;
  Range range{0, second.value};
  while (range.end != first.value) {
    const std::uint64_t middle = range.middle();
    const bool left = first.value <= middle;
    auto sibling = range_root(left ? Range{middle, range.end} : Range{range.begin, middle}, hashes);
    if (!sibling) return tl::unexpected(sibling.error());
    proof.push_back(*sibling);
    (left ? range.end : range.begin) = middle;
  }
  // The verifier knows the hash of a first tree that is a complete subtree from the left edge on.
  if (range.begin != 0) {
    auto own = range_root(range, hashes);
    if (!own) return tl::unexpected(own.error());
    proof.push_back(*own);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Digest complete_root(std::span<const Digest> leaves) {
  RAPPORTEUR_CHECK(std::has_single_bit(leaves.size()));
  std::vector<Digest> row(leaves.begin(), leaves.end());
  for (std::size_t width = row.size() / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
  }
  return row.front();
}

std::string pack(std::span<const Digest> hashes) {
  std::string packed;
  packed.reserve(hashes.size() * Digest::kBytes);
  for (const Digest& hash : hashes) packed += hash.view();
  return packed;
}

Result<std::vector<Digest>> unpack(std::string_view packed) {
  if (packed.size() % Digest::kBytes != 0 || packed.size() / Digest::kBytes > kLongestProof) {
    return fail(ErrorKind::kMalformed,
                "a proof of " + std::to_string(packed.size()) + " bytes is no list of hashes");
  }
  std::vector<Digest> hashes;
  hashes.reserve(packed.size() / Digest::kBytes);
  for (; !packed.empty(); packed.remove_prefix(Digest::kBytes)) {
    hashes.push_back(*Digest::from(packed.substr(0, Digest::kBytes)));
  }
  return hashes;
}

}  // namespace rapporteur::merkle
