// Patterns of secondary suppression that others found by elimination alone.
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/anonymise/secondary_suppression.h"
#include "tests/support/paths.h"

namespace rapporteur::anonymise {
namespace {

using nlohmann::json;

// Numbers of the files count from 1.
std::vector<std::uint32_t> numbers(const json& list) {
  std::vector<std::uint32_t> out;
  for (const json& number : list.is_array() ? list : json::array({list})) {
    out.push_back(number.get<std::uint32_t>() - 1);
  }
  return out;
}

std::set<std::uint32_t> hidden_in(const json& vector) {
  Incidence incidence;
  incidence.atoms = vector.at("n_inner").get<std::size_t>();
  for (const json& cell : vector.at("incidence_cell_to_inner_1based")) {
    incidence.atoms_of.push_back(numbers(cell));
  }
  const auto order = numbers(vector.at("candidate_order_1based"));
  const auto primaries = numbers(vector.at("primary_index_1based"));
  const Suppression found = suppress({incidence, order, primaries});
  EXPECT_TRUE(found.disclosed.empty());
  std::set<std::uint32_t> out;
  for (std::uint32_t cell = 0; cell < found.hidden.size(); ++cell) {
    if (found.hidden[cell] != 0) out.insert(cell);
  }
  return out;
}

TEST(SuppressionVectors, ThePatternIsTheOneThatWasPublished) {
  const auto folder = testing::vectors();
  if (!folder || !std::filesystem::is_directory(*folder / "disclosure")) {
    GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  }
  int seen = 0;
  for (const auto& file : testing::files_below(*folder / "disclosure", ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    ASSERT_TRUE(vector.is_object()) << file;
    if (!vector.contains("incidence_cell_to_inner_1based")) continue;
    const auto wanted = numbers(vector.at("suppressed_index_1based"));
    EXPECT_EQ(hidden_in(vector), std::set<std::uint32_t>(wanted.begin(), wanted.end())) << file;
    ++seen;
  }
  EXPECT_TRUE(seen > 0 || std::getenv("RAPPORTEUR_VECTORS") != nullptr);
}

}  // namespace
}  // namespace rapporteur::anonymise
