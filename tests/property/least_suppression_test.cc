// The pattern with the least loss: never more than the ordinary method's, never less than what
// trying all patterns finds, and an attacker with a solver of his own (tests/attacker) learns from
// it no more than from others.
//
// RAPPORTEUR_FULL=1 takes 1,000 tables, an ordinary run the first 60 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include "adapters/anonymise/least/least_suppression.h"

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "adapters/anonymise/box.h"
#include "tests/attacker/ranges.h"
#include "tests/support/made_register.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using anonymise::Method;
using anonymise::ReleasedSlice;
using anonymise::Weight;

std::uint64_t loss_of(const anonymise::ReleasedRow& row, Weight weight) {
  if (!row.hidden) return 0;
  if (weight == Weight::kCells) return 1;
  return weight == Weight::kCount ? static_cast<std::uint64_t>(row.count)
                                  : anonymise::price_of(row.count);
}

std::uint64_t loss_of(const ReleasedSlice& slice, Weight weight) {
  std::uint64_t out = 0;
  for (const auto& row : slice.rows) out += loss_of(row, weight);
  return out;
}

bool is_safe(const MadeRegister& made, const ReleasedSlice& slice) {
  const attacker::PublicTable published = as_published(made, slice);
  const Secrets secrets = secrets_of(made, published);
  if (secrets.targets.empty()) return true;
  attacker::Ranges ranges(attacker::puzzle_of(published));
  if (ranges.contradictory()) return false;
  const auto found = attacker::attack(ranges, secrets.targets, secrets.rule);
  return std::all_of(found.begin(), found.end(), [](const auto& one) { return one.safe; });
}

Weight some_weight(std::uint64_t number) {
  constexpr Weight kWeights[] = {Weight::kInformation, Weight::kCells, Weight::kCount};
  return kWeights[number % 3];
}

Result<ReleasedSlice> released(MadeRegister& made, Method method) {
  made.spec.method = method;
  return release_slice(made.spec, made.axes, made.named, made.slice());
}

struct Tally {
  int tables = 0;
  int better = 0;
  int found_where_the_ordinary_is_not = 0;
  int refused = 0;
  int too_complex = 0;
  std::uint64_t ordinary = 0;
  std::uint64_t least = 0;
};

void compare(std::uint64_t number, Tally& tally) {
  attacker::Chance chance(number);
  attacker::ChoiceOptions options;
  options.most_cells = 48;
  MadeRegister made = made_register(chance, options);
  made.spec.weight = some_weight(number);
  const auto ordinary = released(made, Method::kSuppress);
  const auto least = released(made, Method::kSuppressOptimal);
  ++tally.tables;
  if (!least) {
    // Too much work is a refusal of its own, with advice.
    const bool too_complex = least.error().line().find("more work") != std::string::npos;
    EXPECT_TRUE(too_complex || !ordinary) << least.error().line();
    ++(too_complex ? tally.too_complex : tally.refused);
    return;
  }
  EXPECT_TRUE(is_safe(made, *least));
  if (!ordinary) {
    ++tally.found_where_the_ordinary_is_not;
    return;
  }
  const std::uint64_t most = loss_of(*ordinary, made.spec.weight);
  const std::uint64_t loss = loss_of(*least, made.spec.weight);
  EXPECT_LE(loss, most);
  tally.ordinary += most;
  tally.least += loss;
  if (loss < most) ++tally.better;
}

TEST(LeastSuppression, LosesNoMoreThanTheOrdinaryMethodAndTellsNoMore) {
  const std::uint64_t first = named_seed().value_or(0);
  const std::uint64_t tables = full_run() ? 1'000 : 60;
  Tally tally;
  for (std::uint64_t number = first; number < first + tables; ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    compare(number, tally);
    if (HasFailure()) return;
  }
  std::cout << tally.tables << " tables: " << tally.better << " lose less, "
            << tally.found_where_the_ordinary_is_not << " only this method protects, "
            << tally.refused << " are refused, " << tally.too_complex
            << " take too much work; weight " << tally.least << " of " << tally.ordinary << '\n';
  EXPECT_GT(tally.better * 4, tally.tables);
  EXPECT_LT(tally.refused * 4, tally.tables);
  EXPECT_LT(tally.too_complex * 10, tally.tables);
}

// The least loss of all patterns, by trying them; empty where there are too many.
std::optional<std::uint64_t> least_of_all(const MadeRegister& made, const ReleasedSlice& slice) {
  constexpr std::size_t kMostFree = 9;
  ReleasedSlice tried = slice;
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < tried.rows.size(); ++i) {
    auto& row = tried.rows[i];
    row.hidden = row.primary;
    if (!row.primary && (row.count > 0 || !made.spec.zeros_public)) free.push_back(i);
  }
  if (free.size() > kMostFree) return std::nullopt;
  std::optional<std::uint64_t> least;
  for (std::uint32_t choice = 0; choice < 1U << free.size(); ++choice) {
    for (std::size_t i = 0; i < free.size(); ++i) {
      tried.rows[free[i]].hidden = (choice >> i & 1U) != 0;
    }
    const std::uint64_t loss = loss_of(tried, made.spec.weight);
    if (least && loss >= *least) continue;
    if (is_safe(made, tried)) least = loss;
  }
  return least;
}

TEST(LeastSuppression, NoPatternLosesLess) {
  attacker::ChoiceOptions options;
  options.fewest = 2;
  options.most = 2;
  options.most_cells = 16;
  int compared = 0;
  int hiding_more = 0;
  for (std::uint64_t number = 0; number < 400 && compared < 40; ++number) {
    SCOPED_TRACE(number);
    attacker::Chance chance(number);
    MadeRegister made = made_register(chance, options);
    made.spec.weight = some_weight(number);
    const auto least = released(made, Method::kSuppressOptimal);
    if (!least) continue;
    const bool small_total = secrets_of(made, as_published(made, *least)).small_total.has_value();
    if (small_total || least->variables.empty()) continue;
    const auto known = least_of_all(made, *least);
    if (!known) continue;
    EXPECT_EQ(loss_of(*least, made.spec.weight), *known);
    ++compared;
    const bool more = std::any_of(least->rows.begin(), least->rows.end(),
                                  [](const auto& row) { return row.hidden && !row.primary; });
    hiding_more += more ? 1 : 0;
  }
  std::cout << compared << " tables, " << hiding_more << " hide more than they must\n";
  EXPECT_GE(compared, 30);
  EXPECT_GT(hiding_more, 10);
}

TEST(LeastSuppression, ATableThatIsTooLargeIsRefusedWithAdvice) {
  anonymise::Axis axis;
  axis.total = 0;
  axis.codes.push_back({"_T", {}, {}});
  for (std::uint32_t leaf = 0; leaf < 30; ++leaf) {
    axis.codes.front().leaves.push_back(leaf);
    axis.codes.front().parts.push_back(leaf + 1);
    axis.codes.push_back({"C" + std::to_string(leaf), {leaf}, {}});
  }
  axis.leaves = 30;
  std::map<anonymise::Key, std::int64_t> counts;
  for (std::uint16_t a = 0; a < 30; ++a) {
    for (std::uint16_t b = 0; b < 30; ++b) counts[{a, b}] = 20;
  }
  const anonymise::CaseTable table({axis, axis}, counts);
  const std::vector<char> none(table.cells(), 0);
  const anonymise::PatternTask task{table, {3, 10}, true, none, none, none};
  const auto result = protect_with_least(task, Weight::kCells);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().line().find("method = \"suppress\""), std::string::npos)
      << result.error().line();
}

}  // namespace
}  // namespace rapporteur::testing
