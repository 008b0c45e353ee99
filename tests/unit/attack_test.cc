// What a solver makes of published tables with suppressed cells.
#include "adapters/anonymise/attack.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/support/table_vector.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::Target;
using disclosure::Variable;
using disclosure::WidthRule;
using nlohmann::json;
using testing::VectorTable;

// No more is asked than that a count is not told exactly.
constexpr WidthRule kNotExact{1, 1};

bool has_cells(const json& vector) {
  return vector.is_object() && vector.contains("cells") && vector.contains("constraints");
}

void expect_ends(const VectorTable& table, const json& vector) {
  std::vector<Variable> variables;
  std::vector<std::pair<double, double>> wanted;
  const auto want = [&](const json& key, const json& least, const json& most) {
    variables.push_back(table.variables.at(key.dump()));
    wanted.emplace_back(least.get<double>(), most.get<double>());
  };
  const json computed = vector.value("computed", json::object());
  for (const json& cell : computed.value("suppressed_cells", json::array())) {
    want(cell.at("key"), cell.at("lp").at(0), cell.at("lp").at(1));
  }
  for (const json& cell : vector.at("published_expectation").value("intervals", json::array())) {
    want(cell.at("key"), cell.at("low"), cell.at("up"));
  }
  const auto ends = ends_of(table.system, variables);
  ASSERT_TRUE(ends) << ends.error().line();
  for (std::size_t i = 0; i < variables.size(); ++i) {
    EXPECT_NEAR((*ends)[i].least, wanted[i].first, 1e-6) << table.keys[variables[i]];
    EXPECT_NEAR((*ends)[i].most, wanted[i].second, 1e-6) << table.keys[variables[i]];
  }
}

void expect_verdict(const VectorTable& table, const json& vector) {
  std::vector<Target> targets;
  for (const json& cell : vector.at("cells")) {
    if (!cell.at("suppressed").get<bool>() || !cell.at("primary").get<bool>()) continue;
    targets.push_back({table.variables.at(cell.at("key").dump()), {}});
  }
  const auto found = attack(table.system, targets, kNotExact);
  ASSERT_TRUE(found) << found.error().line();
  std::set<std::string> narrow;
  for (const Variable one : found->narrow) narrow.insert(table.keys[one]);
  const json& expected = vector.at("published_expectation");
  EXPECT_EQ(expected.at("verdict") == "safe", narrow.empty());
  for (const json& value : expected.value("disclosed_values", json::array())) {
    const auto target = std::ranges::find_if(targets, [&](const Target& one) {
      return table.keys[one.variable] == value.at("key").dump();
    });
    if (target == targets.end()) continue;
    EXPECT_TRUE(narrow.contains(value.at("key").dump()));
  }
  for (const disclosure::Witness& witness : found->witnesses) {
    EXPECT_FALSE(disclosure::misfit_of(table.system, witness));
  }
  EXPECT_EQ(not_shown(targets, found->witnesses, kNotExact).size(), narrow.size());
}

TEST(Attack, FindsWhatPublishedTablesGiveAway) {
  const auto folder = testing::vectors();
  if (!folder || !std::filesystem::is_directory(*folder / "disclosure")) {
    GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  }
  int tables = 0;
  for (const auto& file : testing::files_below(*folder / "disclosure", ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    if (!has_cells(vector)) continue;
    SCOPED_TRACE(file);
    const VectorTable table(vector);
    expect_ends(table, vector);
    expect_verdict(table, vector);
    ++tables;
  }
  EXPECT_GT(tables, 0);
}

TEST(Attack, NothingFitsFiguresThatContradictEachOther) {
  disclosure::LinearSystem system{{{1, {}}, {1, {}}}, {{{{0, 1}, {1, 1}}, 1}}};
  const std::vector<Target> targets{{0, {}}};
  EXPECT_FALSE(attack(system, targets, kNotExact));
}

}  // namespace
}  // namespace rapporteur::anonymise
