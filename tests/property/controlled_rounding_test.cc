// Rounded tables of made-up cases: every sum holds, no count is further away than its step, and who
// has all of the table knows no count better than who has its figure alone.
//
// RAPPORTEUR_FULL=1 takes 3,000 tables, an ordinary run the first 300 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include "adapters/anonymise/rounding/controlled_rounding.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "adapters/anonymise/approximate_slice.h"
#include "tests/attacker/ranges.h"
#include "tests/support/made_register.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using attacker::Place;
using Rounded = std::map<Place, std::int64_t>;  // what is not there is nothing

struct Round {
  MadeRegister made;
  anonymise::RoundOptions options;
};

Round some_round(std::uint64_t number) {
  attacker::Chance chance(number);
  Round out{made_register(chance), {}};
  constexpr std::int64_t kBases[] = {5, 5, 10, 3, 7};
  out.options.base = kBases[chance.below(5)];
  out.made.spec.method = anonymise::Method::kRound;
  out.made.spec.round = out.options;
  out.made.spec.zeros_public = true;
  out.made.named = {};
  return out;
}

std::vector<Place> all_cells(const MadeRegister& made) {
  std::vector<std::uint32_t> sizes;
  for (const auto& one : made.shape.dimensions) {
    sizes.push_back(static_cast<std::uint32_t>(one.codes.size()));
  }
  return attacker::combinations(sizes);
}

std::vector<Place> all_atoms(const MadeRegister& made) {
  std::vector<std::uint32_t> sizes;
  for (const auto& one : made.shape.dimensions) sizes.push_back(one.leaves);
  return attacker::combinations(sizes);
}

std::int64_t value_of(const Rounded& rounded, const Place& codes) {
  const auto found = rounded.find(codes);
  return found == rounded.end() ? 0 : found->second;
}

// The atoms of the shape are all that may be.
attacker::PublicTable shape_of(const MadeRegister& made) {
  attacker::PublicTable shape = made.shape;
  for (const Place& atom : all_atoms(made)) shape.atoms.insert(atom);
  return shape;
}

void expect_sums(const Round& round, const Rounded& rounded) {
  const attacker::PublicTable shape = shape_of(round.made);
  for (const Place& cell : all_cells(round.made)) {
    std::int64_t sum = 0;
    for (const Place& atom : shape.atoms) {
      if (holds(shape, cell, atom)) sum += value_of(rounded, *codes_of(shape, atom));
    }
    EXPECT_EQ(value_of(rounded, cell), sum);
  }
}

void expect_steps(const Round& round, const Rounded& rounded) {
  const std::int64_t base = round.options.base;
  for (const Place& cell : all_cells(round.made)) {
    const std::int64_t count = count_of(round.made.shape, round.made.counts, cell);
    const std::int64_t value = value_of(rounded, cell);
    EXPECT_EQ(value % base, 0);
    EXPECT_LT(std::abs(value - count), base * round.options.steps) << count << " to " << value;
    if (round.options.steps > 1 || count % base != 0) continue;
    EXPECT_EQ(value, count);
  }
}

// Somebody with a solver, all figures, and the rule.
void expect_whole_ranges(const Round& round, const Rounded& rounded) {
  const attacker::PublicTable shape = shape_of(round.made);
  const std::int64_t reach = round.options.base * round.options.steps - 1;
  attacker::Puzzle puzzle;
  puzzle.least.assign(shape.atoms.size(), 0);
  const std::vector<Place> cells = all_cells(round.made);
  for (const Place& cell : cells) {
    const attacker::Sum sum = attacker::atoms_below(shape, cell);
    attacker::Sum negative = sum;
    for (attacker::Term& term : negative) term.factor = -1;
    puzzle.at_least.push_back({sum, value_of(rounded, cell) - reach});
    puzzle.at_least.push_back({negative, -value_of(rounded, cell) - reach});
  }
  attacker::Ranges ranges(puzzle);
  ASSERT_FALSE(ranges.contradictory());
  for (const Place& cell : cells) {
    const attacker::Sum sum = attacker::atoms_below(shape, cell);
    const auto value = static_cast<double>(value_of(rounded, cell));
    EXPECT_NEAR(ranges.most(sum).value, value + static_cast<double>(reach), attacker::kApart);
    EXPECT_NEAR(ranges.least(sum).value, std::max(0.0, value - static_cast<double>(reach)),
                attacker::kApart);
  }
}

Rounded published_of(const anonymise::ReleasedSlice& slice) {
  Rounded out;
  for (const auto& row : slice.rows) {
    out.emplace(Place(row.codes.begin(), row.codes.end()), row.count);
  }
  return out;
}

TEST(ControlledRounding, EverySumHoldsAndNothingIsTold) {
  const std::uint64_t first = named_seed().value_or(0);
  const std::uint64_t tables = full_run() ? 3'000 : 300;
  int refused = 0;
  int changed = 0;
  for (std::uint64_t number = first; number < first + tables; ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    Round round = some_round(number);
    auto slice =
        approximate_slice(round.made.spec, round.made.axes, std::nullopt, round.made.slice());
    if (!slice) {
      ++refused;
      EXPECT_EQ(slice.error().kind, ErrorKind::kRefused);
      EXPECT_NE(slice.error().line().find("steps = 2"), std::string::npos) << slice.error().line();
      round.options.steps = round.made.spec.round.steps = 3;
      slice = approximate_slice(round.made.spec, round.made.axes, std::nullopt, round.made.slice());
      ASSERT_TRUE(slice) << slice.error().line();
    }
    const Rounded rounded = published_of(*slice);
    expect_sums(round, rounded);
    expect_steps(round, rounded);
    if (number % 10 == 0) expect_whole_ranges(round, rounded);
    changed += slice->deviation.largest > 0 ? 1 : 0;
    EXPECT_EQ(slice->deviation.sums_broken, 0U);
    if (HasFailure()) return;
  }
  std::cout << tables << " tables, " << changed << " changed, " << refused
            << " need more than one step\n";
  EXPECT_GT(changed * 10, static_cast<int>(tables) * 9);
  EXPECT_LT(refused * 4, static_cast<int>(tables));
}

TEST(ControlledRounding, TheSameTableIsRoundedTheSameWay) {
  for (std::uint64_t number = 0; number < 20; ++number) {
    const Round round = some_round(number);
    const anonymise::CaseTable table(round.made.axes, round.made.slice().counts);
    const auto once = anonymise::rounded(table, round.options);
    const auto again = anonymise::rounded(table, round.options);
    ASSERT_EQ(once.has_value(), again.has_value());
    if (!once) continue;
    EXPECT_EQ(*once, *again);
  }
}

}  // namespace
}  // namespace rapporteur::testing
