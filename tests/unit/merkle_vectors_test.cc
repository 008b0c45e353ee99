// Public conformance vectors of proof verification, wherever they lie below the folder.
#include <algorithm>
#include <cstdlib>

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

bool is_inclusion(const json& vector) {
  return vector.contains("leafIdx");
}

bool is_consistency(const json& vector) {
  return vector.contains("size1");
}

// What is said of one file: nothing when it behaves as wanted, or is a vector of the other kind.
std::string complaint(const json& vector, bool (*of_this_kind)(const json&),
                      bool (*holds)(const json&)) {
  if (!vector.is_object()) return "no JSON object";
  if (!is_inclusion(vector) && !is_consistency(vector)) return "of no known layout";
  if (!of_this_kind(vector)) return {};
  const bool wanted = !vector.at("wantErr").get<bool>();
  if (holds(vector) == wanted) return {};
  return wanted ? "does not hold" : "holds";
}

struct Seen {
  int good = 0;
  int bad = 0;
};

// Takes every file below the folder; the names of folders and files say nothing.
Seen walk(const std::filesystem::path& folder, bool (*of_this_kind)(const json&),
          bool (*holds)(const json&)) {
  Seen seen;
  for (const auto& file : testing::files_below(folder, ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    EXPECT_EQ(complaint(vector, of_this_kind, holds), "") << file;
    if (!vector.is_object() || !of_this_kind(vector)) continue;
    ++(vector.at("wantErr").get<bool>() ? seen.bad : seen.good);
  }
  return seen;
}

// The public set has vectors that hold and such that do not; a folder that somebody names may have
// one of them alone.
void run(bool (*of_this_kind)(const json&), bool (*holds)(const json&)) {
  const auto folder = testing::vectors();
  if (!folder || !std::filesystem::is_directory(*folder / "merkle")) {
    GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  }
  const Seen seen = walk(*folder / "merkle", of_this_kind, holds);
  const bool public_set = std::getenv("RAPPORTEUR_VECTORS") == nullptr;
  EXPECT_GT(public_set ? std::min(seen.good, seen.bad) : seen.good + seen.bad, 0)
      << seen.good << " hold, " << seen.bad << " do not";
}

TEST(MerkleVectors, Inclusion) {
  run(is_inclusion, inclusion_holds);
}

TEST(MerkleVectors, Consistency) {
  run(is_consistency, consistency_holds);
}

// The walk says so when a vector does not behave, and of what it cannot read.
TEST(MerkleVectors, AVectorThatDoesNotBehaveIsNamed) {
  const std::string hash = crypto::base64(leaf_hash(bytes_of("leaf")).span());
  json vector{{"leafIdx", 0U}, {"treeSize", 1U},   {"leafHash", hash},
              {"root", hash},  {"proof", nullptr}, {"wantErr", false}};
  const auto said = [](const json& one) { return complaint(one, is_inclusion, inclusion_holds); };
  EXPECT_EQ(said(vector), "");
  EXPECT_EQ(complaint(vector, is_consistency, consistency_holds), "");
  vector["wantErr"] = true;
  EXPECT_EQ(said(vector), "holds");
  vector["root"] = crypto::base64(leaf_hash(bytes_of("another")).span());
  EXPECT_EQ(said(vector), "");
  vector["wantErr"] = false;
  EXPECT_EQ(said(vector), "does not hold");
  EXPECT_EQ(said(json::array()), "no JSON object");
  EXPECT_EQ(said(json::object()), "of no known layout");
  EXPECT_EQ(said(json::parse("{", nullptr, false)), "no JSON object");
}

TEST(MerkleVectors, BothKindsAreCounted) {
  const testing::TempDir folder;
  const std::string hash = crypto::base64(leaf_hash(bytes_of("leaf")).span());
  json vector{{"leafIdx", 0U}, {"treeSize", 1U},   {"leafHash", hash},
              {"root", hash},  {"proof", nullptr}, {"wantErr", false}};
  testing::write_file(folder / "good.json", vector.dump());
  EXPECT_EQ(walk(folder.path(), is_inclusion, inclusion_holds).bad, 0);
  vector["treeSize"] = 2U;
  vector["wantErr"] = true;
  testing::write_file(folder / "bad.json", vector.dump());
  const Seen seen = walk(folder.path(), is_inclusion, inclusion_holds);
  EXPECT_EQ(seen.good, 1);
  EXPECT_EQ(seen.bad, 1);
  EXPECT_EQ(walk(folder.path(), is_consistency, consistency_holds).good, 0);
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
