// Published tables with what is known to follow from their sums.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "broker/disclosure/derivation.h"
#include "tests/support/paths.h"
#include "tests/support/table_vector.h"

namespace rapporteur::disclosure {
namespace {

using nlohmann::json;
using testing::VectorTable;

std::vector<std::string> derived_keys(const json& vector) {
  const VectorTable table(vector);
  const Derivation derivation = derive(table.system, {10'000'000});
  EXPECT_EQ(derivation.outcome, Derivation::Outcome::kDone);
  std::map<std::string, std::int64_t> values;
  for (const json& cell : vector.at("cells")) {
    values.emplace(cell.at("key").dump(), cell.at("value").get<std::int64_t>());
  }
  std::vector<std::string> found;
  for (const Derived& one : derivation.derived) {
    EXPECT_EQ(one.value, values.at(table.keys[one.variable]));
    EXPECT_FALSE(one.proof.empty());
    found.push_back(table.keys[one.variable]);
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST(DisclosureVectors, ExactlyWhatFollowsIsDerived) {
  const auto folder = testing::vectors();
  if (!folder || !std::filesystem::is_directory(*folder / "disclosure")) {
    GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  }
  int safe = 0;
  int unsafe = 0;
  for (const auto& file : testing::files_below(*folder / "disclosure", ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    ASSERT_TRUE(vector.is_object()) << file;
    if (!vector.contains("cells") || !vector.contains("constraints")) continue;
    const json computed = vector.value("computed", json::object());
    if (!computed.contains("exactly_disclosed_linear")) continue;
    std::vector<std::string> wanted;
    for (const json& key : computed.at("exactly_disclosed_linear")) wanted.push_back(key.dump());
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(derived_keys(vector), wanted) << file;
    ++(wanted.empty() ? safe : unsafe);
  }
  const bool public_set = std::getenv("RAPPORTEUR_VECTORS") == nullptr;
  EXPECT_GT(public_set ? std::min(safe, unsafe) : safe + unsafe, 0)
      << safe << " safe, " << unsafe << " not";
}

}  // namespace
}  // namespace rapporteur::disclosure
