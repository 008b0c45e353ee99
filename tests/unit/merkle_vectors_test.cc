// Public conformance vectors of proof verification, wherever they lie below the folder.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/tree.h"
#include "tests/support/paths.h"

namespace rapporteur::merkle {
namespace {

using nlohmann::json;

// Empty for what no caller could hand over: it is refused before any proof is looked at.
template <typename T>
using Field = std::optional<T>;

Field<std::uint64_t> number(const json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

// Some vectors have roots of another length that are only compared: such a one becomes a digest
// that is equal where it is.
Field<Digest> digest(const json& value) {
  const auto bytes = crypto::parse_base64(value.is_string() ? value.get<std::string>() : "");
  if (!bytes || bytes->empty()) return std::nullopt;
  const auto exact = Digest::from(*bytes);
  return exact ? exact : crypto::sha256("a hash of another length: " + *bytes);
}

Field<std::vector<Digest>> proof(const json& value) {
  std::vector<Digest> hashes;
  if (value.is_null()) return hashes;
  for (const json& one : value) {
    const auto hash = digest(one);
    if (!hash) return std::nullopt;
    hashes.push_back(*hash);
  }
  return hashes;
}

bool inclusion_holds(const json& vector) {
  const auto index = number(vector.at("leafIdx"));
  const auto size = number(vector.at("treeSize"));
  const auto leaf = digest(vector.at("leafHash"));
  const auto root = digest(vector.at("root"));
  const auto hashes = proof(vector.at("proof"));
  return index && size && leaf && root && hashes &&
         verify_inclusion(LogIndex{*index}, TreeSize{*size}, *leaf, *hashes, *root).has_value();
}

bool consistency_holds(const json& vector) {
  const auto first = number(vector.at("size1"));
  const auto second = number(vector.at("size2"));
  const auto first_root = digest(vector.at("root1"));
  const auto second_root = digest(vector.at("root2"));
  const auto hashes = proof(vector.at("proof"));
  return first && second && first_root && second_root && hashes &&
         verify_consistency(TreeSize{*first}, TreeSize{*second}, *hashes, *first_root, *second_root)
             .has_value();
}

// Takes every file that has the fields; the folder's name says nothing.
void run(const char* distinguishing_field, bool (*holds)(const json&)) {
  const auto folder = testing::vectors();
  if (!folder) GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  int good = 0;
  int bad = 0;
  for (const auto& file : testing::files_below(*folder / "merkle", ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    ASSERT_FALSE(vector.is_discarded()) << file;
    if (!vector.contains(distinguishing_field)) continue;
    const bool wanted = !vector.at("wantErr").get<bool>();
    EXPECT_EQ(holds(vector), wanted) << file;
    ++(wanted ? good : bad);
  }
  EXPECT_GT(good, 0);
  EXPECT_GT(bad, 0);
}

TEST(MerkleVectors, Inclusion) {
  run("leafIdx", inclusion_holds);
}

TEST(MerkleVectors, Consistency) {
  run("size1", consistency_holds);
}

TEST(MerkleVectors, ReadsTheEdgesOfJson) {
  EXPECT_FALSE(digest("AAA").has_value());
  EXPECT_FALSE(digest("").has_value());
  EXPECT_FALSE(digest(nullptr).has_value());
  EXPECT_FALSE(number(-1).has_value());
  EXPECT_FALSE(number(1.0e30).has_value());
  EXPECT_EQ(number(UINT64_MAX), UINT64_MAX);
  EXPECT_TRUE(proof(nullptr)->empty());
}

}  // namespace
}  // namespace rapporteur::merkle
