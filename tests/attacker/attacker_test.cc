// The attacker itself: what it says against what can be counted out, and against what others found.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/attacker/equations.h"
#include "tests/attacker/ranges.h"
#include "tests/attacker/register.h"
#include "tests/support/paths.h"

namespace rapporteur::attacker {
namespace {

using nlohmann::json;

Dimension dimension_of(const std::string& name, std::uint32_t leaves) {
  Dimension out{name, leaves, {{"_T", {}}}, 0};
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    out.codes.front().leaves.push_back(leaf);
    out.codes.push_back({std::to_string(leaf), {leaf}});
  }
  return out;
}

// All cells of random cases; each that is not the total may be hidden, or not be said.
PublicTable some_table(Chance& chance, const std::vector<std::uint32_t>& leaves) {
  PublicTable table;
  Counts counts;
  std::vector<std::uint32_t> codes;
  for (const std::uint32_t size : leaves) {
    table.dimensions.push_back(dimension_of("D", size));
    codes.push_back(size + 1);
  }
  for (const Place& atom : combinations(leaves)) {
    if (const auto count = chance.below(4); count > 0) counts.emplace(atom, count);
  }
  for (const auto& [atom, count] : counts) table.atoms.insert(atom);
  for (const Place& place : combinations(codes)) {
    const std::int64_t count = count_of(table, counts, place);
    if (count == 0) continue;
    const bool whole = std::all_of(place.begin(), place.end(), [](auto code) { return code == 0; });
    const Said said = whole || chance.once_in(4) ? Said::kCount
                      : chance.once_in(3)        ? Said::kNothing
                                                 : Said::kHidden;
    table.cells.push_back({place, said, count, 1, !whole});
  }
  return table;
}

// Every table of whole counts that fits, one after the other.
class Counting {
 public:
  explicit Counting(const Puzzle& puzzle) : puzzle_(puzzle), counts_(puzzle.least.size(), 0) {}

  template <typename Use>
  void each(std::int64_t most, const Use& use) {
    place(0, most, use);
  }

 private:
  template <typename Use>
  void place(std::size_t at, std::int64_t most, const Use& use) {
    if (at == counts_.size()) {
      if (fits()) use(counts_);
      return;
    }
    for (counts_[at] = puzzle_.least[at]; counts_[at] <= most; ++counts_[at]) {
      if (!too_much(at)) place(at + 1, most, use);
    }
  }
  [[nodiscard]] std::int64_t value(const Sum& sum, std::size_t until) const {
    std::int64_t out = 0;
    for (const Term& term : sum) {
      if (term.unknown < until) out += term.factor * counts_[term.unknown];
    }
    return out;
  }
  [[nodiscard]] bool too_much(std::size_t at) const {
    return std::any_of(puzzle_.equal.begin(), puzzle_.equal.end(),
                       [&](const Known& k) { return value(k.sum, at + 1) > k.value; });
  }
  [[nodiscard]] bool fits() const {
    return std::all_of(puzzle_.equal.begin(), puzzle_.equal.end(),
                       [&](const Known& k) { return value(k.sum, counts_.size()) == k.value; }) &&
           std::all_of(puzzle_.at_least.begin(), puzzle_.at_least.end(),
                       [&](const Known& k) { return value(k.sum, counts_.size()) >= k.value; });
  }

  const Puzzle& puzzle_;
  std::vector<std::int64_t> counts_;
};

struct Ends {
  std::int64_t least = INT64_MAX;
  std::int64_t most = INT64_MIN;
};

std::vector<Ends> counted_out(const PublicTable& table, const Puzzle& puzzle) {
  std::int64_t total = 0;
  for (const Cell& cell : table.cells) {
    if (cell.said == Said::kCount) total = std::max(total, cell.count);
  }
  std::vector<Sum> sums;
  for (const Cell& cell : table.cells) sums.push_back(atoms_below(table, cell.codes));
  std::vector<Ends> out(sums.size());
  Counting(puzzle).each(total, [&](const std::vector<std::int64_t>& counts) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      std::int64_t value = 0;
      for (const Term& term : sums[i]) value += counts[term.unknown];
      out[i].least = std::min(out[i].least, value);
      out[i].most = std::max(out[i].most, value);
    }
  });
  return out;
}

// Of tables in two dimensions the ends are whole numbers; of more they may lie between two.
TEST(Attacker, FindsTheEndsThatCountingFinds) {
  Chance chance(20261126);
  int open = 0;
  int exact = 0;
  for (int i = 0; i < 200; ++i) {
    const bool cube = i % 4 == 3;
    const PublicTable table =
        some_table(chance, cube ? std::vector<std::uint32_t>{2, 2, 2}
                                : std::vector<std::uint32_t>{2, chance.between(2, 4)});
    const Puzzle puzzle = puzzle_of(table);
    const std::vector<Ends> counted = counted_out(table, puzzle);
    Ranges ranges(puzzle);
    ASSERT_FALSE(ranges.contradictory()) << i;
    for (std::size_t c = 0; c < table.cells.size(); ++c) {
      const Sum sum = atoms_below(table, table.cells[c].codes);
      const double least = ranges.least(sum).value;
      const double most = ranges.most(sum).value;
      if (cube) {
        EXPECT_LE(least, static_cast<double>(counted[c].least) + kApart);
        EXPECT_GE(most, static_cast<double>(counted[c].most) - kApart);
      } else {
        EXPECT_NEAR(least, static_cast<double>(counted[c].least), kApart) << i << ' ' << c;
        EXPECT_NEAR(most, static_cast<double>(counted[c].most), kApart) << i << ' ' << c;
      }
      ++(counted[c].least == counted[c].most ? exact : open);
    }
  }
  EXPECT_GT(open, 200);
  EXPECT_GT(exact, 200);
}

// Without bounds nothing but equations holds a count.
TEST(Attacker, EquationsTellWhatNoBoundIsNeededFor) {
  Chance chance(6);
  constexpr std::int64_t kFar = -1'000'000;
  int told = 0;
  int open = 0;
  for (int i = 0; i < 300; ++i) {
    const PublicTable table = some_table(chance, {2, 3, 2});
    Puzzle puzzle = puzzle_of(table);
    const Equations equations(puzzle);
    ASSERT_FALSE(equations.contradictory());
    puzzle.at_least.clear();
    puzzle.least.assign(puzzle.least.size(), kFar);
    Ranges ranges(puzzle);
    for (const Cell& cell : table.cells) {
      const Sum sum = atoms_below(table, cell.codes);
      const auto value = equations.told(sum);
      const auto least = ranges.least(sum);
      ++(value ? told : open);
      if (!value) {
        EXPECT_LT(least.value, -10'000);
        continue;
      }
      ASSERT_TRUE(value->whole());
      EXPECT_EQ(*value->whole(), cell.count);
      EXPECT_NEAR(least.value, static_cast<double>(cell.count), kApart);
    }
  }
  EXPECT_GT(told, 500);
  EXPECT_GT(open, 500);
}

TEST(Attacker, EquationsThatContradictEachOther) {
  Puzzle puzzle{{0, 0}, {{{{0, 1}, {1, 1}}, 3}, {{{0, 2}, {1, 2}}, 6}}, {}};
  EXPECT_FALSE(Equations(puzzle).contradictory());
  puzzle.equal.push_back({{{0, 1}, {1, 1}}, 4});
  EXPECT_TRUE(Equations(puzzle).contradictory());
  EXPECT_TRUE(Ranges(puzzle).contradictory());
}

TEST(Attacker, WhatIsSafe) {
  // Two counts of at least one that make twelve; beside them two that make eleven and ten.
  const auto found = [](std::int64_t total, const Rule& rule) {
    Puzzle puzzle{{1, 1}, {{{{0, 1}, {1, 1}}, total}}, {}};
    Ranges ranges(puzzle);
    return attack(ranges, {{{{0, 1}}, {}}}, rule).front();
  };
  EXPECT_TRUE(found(11, {3, 10}).safe);
  EXPECT_FALSE(found(10, {3, 10}).safe);
  EXPECT_TRUE(found(10, {3, 9}).safe);
  EXPECT_FALSE(found(11, {10, 10}).safe);
  EXPECT_TRUE(found(11, {9, 10}).safe);
  EXPECT_TRUE(found(2, {3, 10}).exact());
  EXPECT_FALSE(found(3, {3, 10}).exact());
}

// The suppressed cells of a published table as unknowns of its sums.
struct Vector {
  explicit Vector(const json& vector) {
    std::map<std::string, std::int64_t> published;
    for (const json& cell : vector.at("cells")) {
      const std::string key = cell.at("key").dump();
      if (cell.at("suppressed").get<bool>()) {
        unknown.emplace(key, static_cast<std::uint32_t>(unknown.size()));
      } else {
        published.emplace(key, cell.at("value").get<std::int64_t>());
      }
    }
    puzzle.least.assign(unknown.size(),
                        vector.at("attacker").value("cell_lower_bound_leaf", std::int64_t{0}));
    for (const json& constraint : vector.at("constraints")) {
      Known& known = puzzle.equal.emplace_back();
      const auto put = [&](const json& key, std::int64_t factor) {
        if (const auto there = unknown.find(key.dump()); there != unknown.end()) {
          known.sum.push_back({there->second, factor});
        } else {
          known.value -= factor * published.at(key.dump());
        }
      };
      put(constraint.at("total"), -1);
      for (const json& part : constraint.at("parts")) put(part, 1);
      if (const auto total = unknown.find(constraint.at("total").dump()); total != unknown.end()) {
        puzzle.least[total->second] = 0;
      }
    }
  }
  Puzzle puzzle;
  std::map<std::string, std::uint32_t> unknown;
};

void reproduce(const json& vector, const std::string& file) {
  const Vector table(vector);
  const json& expectation = vector.at("published_expectation");
  Ranges ranges(table.puzzle);
  std::map<std::string, std::pair<double, double>> found;
  for (const auto& [key, unknown] : table.unknown) {
    const Sum sum{{unknown, 1}};
    found[key] = {ranges.least(sum).value, ranges.most(sum).value};
  }
  for (const json& interval : expectation.value("intervals", json::array())) {
    const auto& [least, most] = found.at(interval.at("key").dump());
    EXPECT_NEAR(least, interval.at("low").get<double>(), kApart) << file;
    EXPECT_NEAR(most, interval.at("up").get<double>(), kApart) << file;
  }
  std::set<std::string> exact;
  for (const json& cell : vector.at("cells")) {
    const auto one = found.find(cell.at("key").dump());
    if (one == found.end() || one->second.second - one->second.first > kApart) continue;
    exact.insert(one->first);
    EXPECT_NEAR(one->second.first, cell.at("value").get<double>(), kApart) << file;
  }
  for (const json& cell : expectation.value("disclosed_values", json::array())) {
    EXPECT_TRUE(exact.contains(cell.at("key").dump())) << file << ' ' << cell;
  }
  EXPECT_EQ(exact.empty(), expectation.at("verdict") == "safe") << file;
}

TEST(Attacker, FindsWhatOthersPublished) {
  const auto folder = testing::vectors();
  if (!folder || !std::filesystem::is_directory(*folder / "disclosure")) {
    GTEST_SKIP() << "no vectors: set RAPPORTEUR_VECTORS to run them";
  }
  int seen = 0;
  for (const auto& file : testing::files_below(*folder / "disclosure", ".json")) {
    const json vector = json::parse(testing::read_file(file), nullptr, false);
    ASSERT_TRUE(vector.is_object()) << file;
    if (!vector.contains("cells") || !vector.contains("published_expectation")) continue;
    reproduce(vector, file.filename());
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace rapporteur::attacker
