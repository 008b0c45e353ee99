#include <algorithm>

#include <gtest/gtest.h>

#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/digest_set.h"
#include "store/merkle/frontier.h"
#include "tests/support/naive_merkle.h"

namespace rapporteur::merkle {
namespace {

using testing::numbered_leaves;

TEST(Tree, HashesAsRfc6962Says) {
  EXPECT_EQ(crypto::hex(empty_root().span()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(leaf_hash(bytes_of("L123456")), crypto::sha256(std::string_view("\0L123456", 8)));
  const Digest left = leaf_hash(bytes_of("a"));
  const Digest right = leaf_hash(bytes_of("b"));
  EXPECT_EQ(node_hash(left, right), crypto::sha256("\x01" + left.string() + right.string()));
}

TEST(Tree, ALeafEntryIsItsVersionAndTheHashOfNonceAndRecord) {
  const std::string nonce(32, 'n');
  const std::string record = "record";
  using namespace std::string_literals;
  const std::string expected =
      "\x01" + crypto::sha256("rapporteur/v1/record\0"s + nonce + record).string();
  EXPECT_EQ(leaf_entry(bytes_of(nonce), bytes_of(record)).view(), expected);
  EXPECT_EQ(record_leaf_hash(bytes_of(nonce), bytes_of(record)), leaf_hash(bytes_of(expected)));
}

TEST(Tree, ConsistencyWithNothingIsAnErrorAlsoWithItself) {
  const Digest empty = empty_root();
  EXPECT_FALSE(verify_consistency(TreeSize{0}, TreeSize{0}, {}, empty, empty));
  EXPECT_FALSE(verify_consistency(TreeSize{0}, TreeSize{5}, {}, empty, empty));
}

TEST(Tree, ProofsOfWhatTheTreeDoesNotHaveAreRefused) {
  const TileHashReader none([](TileId) -> Result<std::vector<Digest>> {
    return fail(ErrorKind::kNotFound, "nothing here");
  });
  EXPECT_EQ(inclusion_proof(LogIndex{3}, TreeSize{3}, none).error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(inclusion_proof(LogIndex{0}, TreeSize{0}, none));
  EXPECT_FALSE(consistency_proof(TreeSize{0}, TreeSize{3}, none));
  EXPECT_FALSE(consistency_proof(TreeSize{4}, TreeSize{3}, none));
  EXPECT_FALSE(root(TreeSize{UINT64_MAX}, none));
  EXPECT_EQ(root(TreeSize{0}, none).value(), empty_root());
}

TEST(Tree, AListOfHashesHasWholeHashesAndNoMoreThanAProofHas) {
  EXPECT_TRUE(unpack("").value().empty());
  EXPECT_FALSE(unpack(std::string(31, 'x')));
  EXPECT_FALSE(unpack(std::string(33, 'x')));
  EXPECT_TRUE(unpack(std::string(std::size_t{64} * 32, 'x')));
  EXPECT_FALSE(unpack(std::string(std::size_t{65} * 32, 'x')));
}

TEST(DigestSet, TheRootIsThatOfTheHashesInAscendingOrder) {
  EXPECT_EQ(DigestSet::of({}).root(), empty_root());
  const Digest a = crypto::sha256("a");
  const Digest b = crypto::sha256("b");
  const Digest c = crypto::sha256("c");
  std::vector<Digest> sorted{a, b, c};
  std::sort(sorted.begin(), sorted.end());
  const DigestSet set = DigestSet::of({c, a, b, a});
  EXPECT_EQ(set.size(), 3U);
  EXPECT_EQ(set.root(),
            node_hash(node_hash(leaf_hash(sorted[0].span()), leaf_hash(sorted[1].span())),
                      leaf_hash(sorted[2].span())));
  EXPECT_EQ(set.hashes(), sorted);
  EXPECT_EQ(DigestSet::parse(set.packed(), 3).value().root(), set.root());
}

TEST(DigestSet, OnlyAscendingHashesOfTheirLengthAreRead) {
  const std::string low(32, 'a');
  const std::string high(32, 'b');
  EXPECT_TRUE(DigestSet::parse("", 0));
  EXPECT_TRUE(DigestSet::parse(low + high, 2));
  for (const std::string& wrong : {high + low, low + low, low + high + "x", low.substr(1)}) {
    EXPECT_FALSE(DigestSet::parse(wrong, 3));
  }
  EXPECT_FALSE(DigestSet::parse(low + high, 1));
}

TEST(Tile, PathsAreThoseOfTlogTiles) {
  EXPECT_EQ(tile_path({0, 0}), "tile/0/000");
  EXPECT_EQ(tile_path({1, 67}, 5), "tile/1/067.p/5");
  EXPECT_EQ(tile_path({0, 1'234'067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({2, 1'000}, 255), "tile/2/x001/000.p/255");
}

TEST(Tile, ATileShorterThanItsTreeIsDamage) {
  const TileHashReader reader(
      [](TileId) -> Result<std::vector<Digest>> { return numbered_leaves(3); });
  EXPECT_TRUE(reader.subtree(1, 0));
  EXPECT_EQ(reader.subtree(2, 0).error().kind, ErrorKind::kStorage);
}

TEST(Tile, OneProofFetchesATileOnce) {
  const auto leaves = numbered_leaves(256);
  int fetches = 0;
  const TileHashReader reader([&](TileId) -> Result<std::vector<Digest>> {
    ++fetches;
    return leaves;
  });
  EXPECT_TRUE(inclusion_proof(LogIndex{77}, TreeSize{256}, reader));
  EXPECT_EQ(fetches, 1);
}

TEST(TileCache, KeepsATileOfLevelOneAndFetchesItAgainOnlyWhenItGrew) {
  const auto hashes = numbered_leaves(256);
  std::size_t width = 5;
  int fetches = 0;
  TileCache cache;
  const auto subtree = [&](unsigned level, std::uint64_t index) {
    const TileHashReader reader(
        [&](TileId) -> Result<std::vector<Digest>> {
          ++fetches;
          return std::vector(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(width));
        },
        &cache);
    return reader.subtree(level, index);
  };
  EXPECT_EQ(subtree(8, 4).value(), hashes[4]);
  EXPECT_EQ(subtree(9, 1).value(), node_hash(hashes[2], hashes[3]));
  EXPECT_EQ(fetches, 1);
  EXPECT_EQ(subtree(8, 5).error().kind, ErrorKind::kStorage);
  width = 256;
  EXPECT_EQ(subtree(16, 0).value(), hashes[0]) << "of level 2";
  fetches = 0;
  EXPECT_EQ(subtree(15, 1).value(), complete_root(std::span(hashes).subspan(128)));
  EXPECT_EQ(subtree(8, 4).value(), hashes[4]);
  EXPECT_EQ(fetches, 1);
  EXPECT_EQ(subtree(0, 4).value(), hashes[4]) << "leaves are not kept";
  EXPECT_EQ(subtree(0, 4).value(), hashes[4]);
  EXPECT_EQ(fetches, 3);
}

TEST(Frontier, RefusesAnEdgeThatDoesNotFitItsSize) {
  const auto leaves = numbered_leaves(300);
  Frontier frontier;
  for (const Digest& leaf : leaves) frontier.append(leaf);
  const auto edge = frontier.edge();
  ASSERT_EQ(edge.size(), 2U);
  EXPECT_TRUE(Frontier::restore(TreeSize{300}, edge));
  EXPECT_FALSE(Frontier::restore(TreeSize{299}, edge));
  EXPECT_FALSE(Frontier::restore(TreeSize{300}, std::span(edge).first(1)));
  EXPECT_FALSE(Frontier::restore(TreeSize{300}, std::span(edge).last(1)));
  EXPECT_FALSE(Frontier::restore(TreeSize{300}, {}));
  EXPECT_FALSE(Frontier::restore(TreeSize{0}, edge));
  const std::vector<Tile> twice = {edge[0], edge[0], edge[1]};
  EXPECT_FALSE(Frontier::restore(TreeSize{300}, twice));
  std::vector<Tile> moved = edge;
  moved[0].id.number = 0;
  EXPECT_FALSE(Frontier::restore(TreeSize{300}, moved));
  EXPECT_TRUE(Frontier::restore(TreeSize{0}, {}));
}

TEST(Frontier, SaysWhenTheUpperEdgeChanged) {
  const auto leaves = numbered_leaves(257);
  Frontier frontier;
  for (std::size_t i = 0; i < 255; ++i) frontier.append(leaves[i]);
  frontier.begin_group();
  EXPECT_FALSE(frontier.upper_edge_changed());
  EXPECT_TRUE(frontier.upper_edge().empty());
  frontier.append(leaves[255]);
  EXPECT_TRUE(frontier.upper_edge_changed());
  ASSERT_EQ(frontier.upper_edge().size(), 1U);
  EXPECT_EQ(frontier.take_completed().size(), 1U);
  EXPECT_TRUE(frontier.take_completed().empty());
  frontier.begin_group();
  frontier.append(leaves[256]);
  EXPECT_FALSE(frontier.upper_edge_changed());
}

}  // namespace
}  // namespace rapporteur::merkle
