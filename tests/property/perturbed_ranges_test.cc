// What GUARANTEES.md says is not guaranteed of cell keys, measured: how many small counts somebody
// with a solver, all figures and the rule tells exactly, or nearly, by adding up.
//
// The shares are not promised; that they are no larger than the document says is.
// RAPPORTEUR_FULL=1 takes 1,000 tables, an ordinary run the first 100 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

#include "adapters/anonymise/cell_key/perturbation_table.h"
#include "tests/attacker/code_choice.h"
#include "tests/attacker/ranges.h"
#include "tests/attacker/register.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using anonymise::PerturbationTable;
using attacker::Place;

struct Tally {
  int small = 0;   // counts from 1 to 9 that are a breakdown
  int exact = 0;   // of these told
  int narrow = 0;  // within a range of less than 3
  int tables = 0;
  int tables_with_exact = 0;
};

struct MadeTable {
  attacker::PublicTable shape;
  attacker::Counts counts;
  std::vector<Place> cells;
};

MadeTable some_table(attacker::Chance& chance) {
  MadeTable out;
  out.shape.dimensions = attacker::dimensions_by_chance(chance, {});
  out.counts = attacker::counts_by_chance(chance, out.shape.dimensions);
  std::vector<std::uint32_t> leaves;
  std::vector<std::uint32_t> codes;
  for (const auto& one : out.shape.dimensions) {
    leaves.push_back(one.leaves);
    codes.push_back(static_cast<std::uint32_t>(one.codes.size()));
  }
  for (const Place& atom : attacker::combinations(leaves)) out.shape.atoms.insert(atom);
  out.cells = attacker::combinations(codes);
  return out;
}

// A count is at least one where its figure is not zero, and no further away than the rule says.
attacker::Puzzle puzzle_of(const MadeTable& made, const PerturbationTable& perturbation,
                           std::uint64_t seed) {
  std::vector<std::uint64_t> keys;
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < made.shape.atoms.size(); ++i) keys.push_back(random());
  const std::int64_t reach = perturbation.rule().max_deviation;
  attacker::Puzzle puzzle;
  puzzle.least.assign(made.shape.atoms.size(), 0);
  for (const Place& cell : made.cells) {
    attacker::Sum sum = attacker::atoms_below(made.shape, cell);
    std::uint64_t key = 0;
    for (const attacker::Term& term : sum) key += keys[term.unknown];
    const std::int64_t figure =
        perturbation.perturbed(count_of(made.shape, made.counts, cell), key);
    puzzle.at_least.push_back({sum, figure == 0 ? 0 : std::max<std::int64_t>(1, figure - reach)});
    for (attacker::Term& term : sum) term.factor = -1;
    puzzle.at_least.push_back({sum, -(figure + reach)});
  }
  return puzzle;
}

void attack(const MadeTable& made, const attacker::Puzzle& puzzle, Tally& tally) {
  attacker::Ranges ranges(puzzle);
  ASSERT_FALSE(ranges.contradictory());
  ++tally.tables;
  int exact = 0;
  for (const Place& cell : made.cells) {
    const std::int64_t count = count_of(made.shape, made.counts, cell);
    if (count < 1 || count > 9) continue;
    const attacker::Sum sum = attacker::atoms_below(made.shape, cell);
    // Counts are whole.
    const double least = std::ceil(ranges.least(sum).value - attacker::kApart);
    const double most = std::floor(ranges.most(sum).value + attacker::kApart);
    ASSERT_LE(least, static_cast<double>(count));
    ASSERT_GE(most, static_cast<double>(count));
    ++tally.small;
    if (most - least < 1) ++exact;
    if (most - least < 3) ++tally.narrow;
  }
  tally.exact += exact;
  if (exact > 0) ++tally.tables_with_exact;
}

Tally measured(const anonymise::PerturbationRule& rule) {
  const auto perturbation = PerturbationTable::of(rule);
  EXPECT_TRUE(perturbation) << perturbation.error().line();
  const std::uint64_t first = named_seed().value_or(0);
  const std::uint64_t tables = full_run() ? 1'000 : 100;
  Tally tally;
  for (std::uint64_t number = first; number < first + tables; ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    attacker::Chance chance(number);
    const MadeTable made = some_table(chance);
    attack(made, puzzle_of(made, *perturbation, number), tally);
    if (::testing::Test::HasFailure()) break;
  }
  std::cout << "D " << rule.max_deviation << ", V " << rule.variance << ", js " << rule.js
            << ": of " << tally.small << " small counts " << tally.exact << " told exactly, "
            << tally.narrow << " within less than 3; in " << tally.tables_with_exact << " of "
            << tally.tables << " tables\n";
  return tally;
}

TEST(PerturbedRanges, AsTheHubTakesThem) {
  const Tally tally = measured({10, 4, 9});
  EXPECT_GT(tally.small, 100);
  EXPECT_LT(tally.exact * 100, tally.small);
}

TEST(PerturbedRanges, WithSmallCountsShown) {
  const Tally tally = measured({5, 4, 0});
  EXPECT_GT(tally.small, 100);
  EXPECT_LT(tally.exact * 20, tally.small);
}

}  // namespace
}  // namespace rapporteur::testing
