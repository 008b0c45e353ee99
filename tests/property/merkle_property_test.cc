// The tree, the tiles and the frontier against the recursion of RFC 6962.
#include <array>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/merkle/frontier.h"
#include "tests/support/naive_merkle.h"
#include "tests/support/seed.h"

namespace rapporteur::merkle {
namespace {

using testing::naive_consistency;
using testing::naive_inclusion;
using testing::naive_root;
using testing::numbered_leaves;

constexpr std::size_t kEverySize = 600;

// All tiles of a tree, complete and partial, as the frontier gives them.
class TiledTree {
 public:
  void append(std::span<const Digest> leaves) {
    for (const Digest& leaf : leaves) frontier_.append(leaf);
    for (Tile& tile : frontier_.take_completed()) tiles_[tile.id] = std::move(tile.hashes);
    for (Tile& tile : frontier_.edge()) tiles_[tile.id] = std::move(tile.hashes);
  }
  [[nodiscard]] TileHashReader reader(TileCache* cache = nullptr) const {
    return TileHashReader(
        [this](TileId id) -> Result<std::vector<Digest>> {
          const auto found = tiles_.find(id);
          if (found == tiles_.end()) return fail(ErrorKind::kNotFound, "no such tile");
          return found->second;
        },
        cache);
  }
  [[nodiscard]] const std::map<TileId, std::vector<Digest>>& tiles() const { return tiles_; }
  [[nodiscard]] const Frontier& frontier() const { return frontier_; }

 private:
  Frontier frontier_;
  std::map<TileId, std::vector<Digest>> tiles_;
};

// Every complete subtree, by plain lookup: what tiles compute again and again.
class TableOfHashes final : public HashReader {
 public:
  explicit TableOfHashes(std::vector<Digest> leaves) : levels_{std::move(leaves)} {
    while (levels_.back().size() > 1) {
      const std::vector<Digest>& below = levels_.back();
      std::vector<Digest> level;
      for (std::size_t i = 1; i < below.size(); i += 2) {
        level.push_back(node_hash(below[i - 1], below[i]));
      }
      levels_.push_back(std::move(level));
    }
  }
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const override {
    return levels_.at(level).at(index);
  }

 private:
  std::vector<std::vector<Digest>> levels_;
};

Frontier grown(std::span<const Digest> leaves) {
  Frontier frontier;
  for (const Digest& leaf : leaves) frontier.append(leaf);
  return frontier;
}

TEST(Merkle, EverySizeGivesTheRootAndTheProofsOfTheRecursion) {
  const auto leaves = numbered_leaves(kEverySize);
  const TableOfHashes table(leaves);
  TiledTree tree;
  for (std::size_t size = 0; size <= kEverySize; ++size) {
    if (size > 0) tree.append(std::span(leaves).subspan(size - 1, 1));
    const auto reader = tree.reader();
    const auto prefix = std::span(leaves).first(size);
    const Digest expected = naive_root(prefix);
    ASSERT_EQ(tree.frontier().root(), expected) << size;
    ASSERT_EQ(root(TreeSize{size}, reader).value(), expected) << size;
    const auto proofs = tree.frontier().inclusion_proofs(LogIndex{0}, size);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(inclusion_proof(LogIndex{i}, TreeSize{size}, table).value(), proofs[i]);
      if ((i + size) % 41 == 0) {
        ASSERT_EQ(inclusion_proof(LogIndex{i}, TreeSize{size}, tree.reader()).value(), proofs[i]);
      }
      ASSERT_TRUE(
          verify_inclusion(LogIndex{i}, TreeSize{size}, leaves[i], proofs[i], expected).has_value())
          << i << " of " << size;
    }
  }
}

TEST(Merkle, ProofsAreThoseOfTheRecursionHashByHash) {
  const auto leaves = numbered_leaves(130);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const auto prefix = std::span(leaves).first(size);
    const auto proofs = grown(prefix).inclusion_proofs(LogIndex{0}, size);
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(proofs[i], naive_inclusion(i, prefix)) << i << " of " << size;
    }
  }
}

// One cache beside a tree that grows by leaps, over more tiles than it has room for above level 1.
TEST(Merkle, WhatACacheKeepsStaysRightAsTheTreeGrows) {
  std::mt19937_64 random(testing::chosen_seed());
  const auto leaves = numbered_leaves(80'000);
  TiledTree tree;
  TileCache cache;
  std::size_t size = 0;
  while (size < leaves.size()) {
    const std::size_t more = std::min<std::size_t>(1 + random() % 9'000, leaves.size() - size);
    tree.append(std::span(leaves).subspan(size, more));
    size += more;
    for (int i = 0; i < 40; ++i) {
      const TreeSize of{1 + random() % size};
      const LogIndex index{random() % of.value};
      const auto plain = tree.reader();
      const auto cached = tree.reader(&cache);
      ASSERT_EQ(inclusion_proof(index, of, cached).value(),
                inclusion_proof(index, of, plain).value())
          << index.value << " of " << of.value;
      ASSERT_EQ(consistency_proof(of, TreeSize{size}, cached).value(),
                consistency_proof(of, TreeSize{size}, plain).value());
    }
  }
}

TEST(Merkle, AnyTwoSizesAreProvedConsistent) {
  const auto leaves = numbered_leaves(kEverySize);
  TiledTree tree;
  tree.append(leaves);
  const TableOfHashes table(leaves);
  std::vector<Digest> roots;
  for (std::size_t size = 0; size <= kEverySize; ++size) {
    roots.push_back(naive_root(std::span(leaves).first(size)));
  }
  for (std::size_t second = 1; second <= kEverySize; ++second) {
    for (std::size_t first = 1; first <= second; ++first) {
      const auto proof = consistency_proof(TreeSize{first}, TreeSize{second}, table);
      ASSERT_TRUE(proof.has_value());
      if ((first + second) % 41 == 0) {
        ASSERT_EQ(consistency_proof(TreeSize{first}, TreeSize{second}, tree.reader()), *proof);
      }
      ASSERT_TRUE(verify_consistency(TreeSize{first}, TreeSize{second}, *proof, roots[first],
                                     roots[second]))
          << first << " to " << second;
      if (second <= 70) {
        ASSERT_EQ(*proof, naive_consistency(first, std::span(leaves).first(second)));
      }
    }
  }
}

TEST(Merkle, TilesHoldTheHashesOfTheirSubtrees) {
  const auto leaves = numbered_leaves(2 * 256 * 256 + 256 + 7);
  TiledTree tree;
  tree.append(leaves);
  for (const auto& [id, hashes] : tree.tiles()) {
    const std::size_t covered = std::size_t{1} << (id.level * kTileHeight);
    for (std::size_t i = 0; i < hashes.size(); i += id.level == 0 ? 97 : 1) {
      const std::size_t first = (id.number * kTileWidth + i) * covered;
      ASSERT_EQ(hashes[i], naive_root(std::span(leaves).subspan(first, covered)))
          << tile_path(id) << " hash " << i;
    }
  }
  EXPECT_EQ(tree.tiles().size(), 2 * 256 + 1 + 1 + 2 + 1 + 1);
}

// One size in twenty is large enough for a third level of tiles.
rc::Gen<std::size_t> any_size() {
  return rc::gen::weightedOneOf<std::size_t>({{19, rc::gen::inRange<std::size_t>(1, 3'000)},
                                              {1, rc::gen::inRange<std::size_t>(60'000, 70'000)}});
}

RC_GTEST_PROP(MerkleProperty, LargeTreesAgree, ()) {
  const auto size = *any_size();
  const auto leaves = numbered_leaves(size);
  TiledTree tree;
  tree.append(leaves);
  const auto reader = tree.reader();
  const Digest expected = naive_root(leaves);
  RC_ASSERT(tree.frontier().root() == expected);
  for (int i = 0; i < 2; ++i) {
    const auto index = *rc::gen::inRange<std::size_t>(0, size);
    const auto proof = inclusion_proof(LogIndex{index}, TreeSize{size}, reader);
    RC_ASSERT(proof.value() == naive_inclusion(index, leaves));
    const auto first = *rc::gen::inRange<std::size_t>(1, size + 1);
    RC_ASSERT(consistency_proof(TreeSize{first}, TreeSize{size}, reader).value() ==
              naive_consistency(first, leaves));
  }
}

RC_GTEST_PROP(MerkleProperty, GroupsAreProvedAndDroppedOnesLeaveNoTrace, (std::uint64_t seed)) {
  std::mt19937_64 random(seed);
  const auto leaves = numbered_leaves(1 + random() % 5'000);
  const std::uint64_t largest = std::array{40, 700, 4'096}[random() % 3];
  Frontier committed;
  while (committed.size().value < leaves.size()) {
    const std::size_t done = committed.size().value;
    const auto count = std::min<std::size_t>(leaves.size() - done, 1 + random() % largest);
    committed.begin_group();
    Frontier trial = committed;
    for (std::size_t i = 0; i < count; ++i) trial.append(leaves[done + i]);
    if (random() % 3 == 0) continue;  // the write failed
    committed = std::move(trial);
    const Digest root = committed.root();
    RC_ASSERT(root == naive_root(std::span(leaves).first(done + count)));
    const auto proofs = committed.inclusion_proofs(LogIndex{done}, count);
    for (std::size_t i = 0; i < count; i += (i % 16 == 0 ? 1 : 15)) {
      RC_ASSERT(
          verify_inclusion(LogIndex{done + i}, committed.size(), leaves[done + i], proofs[i], root)
              .has_value());
    }
  }
}

RC_GTEST_PROP(MerkleProperty, AFrontierRestoredFromItsEdgeGoesOnAsTheOldOne, ()) {
  const auto size = *any_size() - 1;
  const auto more = *rc::gen::inRange<std::size_t>(0, 1'000);
  const auto leaves = numbered_leaves(size + more);
  Frontier old = grown(std::span(leaves).first(size));
  auto restored = Frontier::restore(TreeSize{size}, old.edge());
  RC_ASSERT(restored.has_value());
  RC_ASSERT(restored->root() == old.root());
  old.begin_group();
  (void)old.take_completed();
  for (std::size_t i = size; i < leaves.size(); ++i) {
    old.append(leaves[i]);
    restored->append(leaves[i]);
  }
  RC_ASSERT(restored->root() == old.root());
  RC_ASSERT(restored->inclusion_proofs(LogIndex{size}, more) ==
            old.inclusion_proofs(LogIndex{size}, more));
  RC_ASSERT(restored->upper_edge_changed() == old.upper_edge_changed());
  const auto a = old.take_completed();
  const auto b = restored->take_completed();
  RC_ASSERT(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    RC_ASSERT(a[i].id == b[i].id && a[i].hashes == b[i].hashes);
  }
}

RC_GTEST_PROP(MerkleProperty, APackedProofUnpacksToItself, (const std::vector<bool>& bits)) {
  const auto hashes = numbered_leaves(std::min<std::size_t>(bits.size(), 64));
  RC_ASSERT(unpack(pack(hashes)).value() == hashes);
}

// What is changed in a proof, or claimed about it, is noticed.
RC_GTEST_PROP(MerkleProperty, AnyChangeToAnInclusionProofIsNoticed, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 300);
  const auto leaves = numbered_leaves(size);
  auto index = *rc::gen::inRange<std::size_t>(0, size);
  auto proof = naive_inclusion(index, leaves);
  auto leaf = leaves[index];
  auto root = naive_root(leaves);
  const auto flip = [](Digest& hash) {
    hash.bytes[*rc::gen::inRange<std::size_t>(0, 32)] ^= std::byte(1U << *rc::gen::inRange(0U, 8U));
  };
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      flip(leaf);
      break;
    case 1:
      flip(root);
      break;
    case 2:
      index = (index + 1) % (size + 1);
      break;
    case 3:
      RC_PRE(!proof.empty());
      flip(proof[*rc::gen::inRange<std::size_t>(0, proof.size())]);
      break;
    case 4:
      RC_PRE(!proof.empty());
      proof.erase(proof.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(proof)));
      break;
    default:
      proof.insert(proof.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(proof) + 1),
                   leaf);
  }
  RC_ASSERT(!verify_inclusion(LogIndex{index}, TreeSize{size}, leaf, proof, root).has_value());
}

}  // namespace
}  // namespace rapporteur::merkle
