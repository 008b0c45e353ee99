// Tables of made-up cases, protected, and attacked by somebody who has what is published and a
// solver of his own (tests/attacker).
//
// RAPPORTEUR_FULL=1 takes 10,000 tables, an ordinary run the first 1,000 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include <algorithm>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "tests/attacker/ranges.h"
#include "tests/support/made_register.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using attacker::Place;
using attacker::Said;

std::string text_of(const attacker::PublicTable& table, const Place& codes) {
  std::string out;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    out += (i == 0 ? "" : " ") + table.dimensions[i].codes[codes[i]].name;
  }
  return out;
}

// What must be hidden is; what is published is as it was counted.
void expect_rules_kept(const MadeRegister& from, const attacker::PublicTable& published) {
  const auto below = [&](std::int64_t count) {
    return count < from.spec.rule.k && (count > 0 || !from.spec.zeros_public);
  };
  for (const attacker::Cell& cell : published.cells) {
    if (cell.said != Said::kCount) continue;
    const std::int64_t count = attacker::count_of(from.shape, from.counts, cell.codes);
    EXPECT_EQ(cell.count, count) << text_of(published, cell.codes);
    EXPECT_FALSE(cell.is_protected && below(count)) << text_of(published, cell.codes);
  }
  // Where zeros are sensitive, a row that is not there would say that there is nobody.
  const bool all = from.spec.zeros_public || secrets_of(from, published).small_total ||
                   published.cells.size() == attacker::cells_of(published.dimensions);
  EXPECT_TRUE(all) << published.cells.size() << " rows";
}

void expect_unknown(const MadeRegister& from, const attacker::PublicTable& published) {
  const Secrets secrets = secrets_of(from, published);
  if (secrets.targets.empty()) return;
  attacker::Ranges ranges(attacker::puzzle_of(published));
  ASSERT_FALSE(ranges.contradictory());
  const auto found = attacker::attack(ranges, secrets.targets, secrets.rule);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found[i].safe) << text_of(published, published.cells[secrets.cells[i]].codes)
                               << " lies from " << found[i].least << " to " << found[i].most;
  }
}

// The tables that are given as proof fit all that is public, and show what they are to show.
void expect_proof(const MadeRegister& from, const attacker::PublicTable& published,
                  const anonymise::ReleasedSlice& released) {
  const Secrets secrets = secrets_of(from, published);
  std::vector<attacker::Found> shown(secrets.cells.size(), attacker::nothing_found());
  for (const auto& witness : released.witnesses) {
    ASSERT_EQ(witness.numerators.size(), released.variables.size());
    ASSERT_GT(witness.denominator, 0);
    std::vector<std::int64_t> numerators;
    for (const attacker::Cell& cell : published.cells) {
      numerators.push_back(cell.count * witness.denominator);
    }
    for (std::size_t v = 0; v < released.variables.size(); ++v) {
      numerators[released.variables[v]] = witness.numerators[v];
    }
    EXPECT_TRUE(attacker::fits(published, numerators, witness.denominator));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      shown[i].see(static_cast<double>(numerators[secrets.cells[i]]) /
                   static_cast<double>(witness.denominator));
    }
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    EXPECT_TRUE(is_safe(shown[i], secrets.targets[i], secrets.rule))
        << text_of(published, published.cells[secrets.cells[i]].codes);
  }
}

void describe(const MadeRegister& made, const attacker::PublicTable& published) {
  std::cout << "k " << made.spec.rule.k << ", width " << made.spec.rule.width << ", zeros "
            << (made.spec.zeros_public ? "public" : "sensitive") << ", protected from depth "
            << made.spec.depth_from << '\n';
  for (const anonymise::Key& key : made.named.hide) {
    std::cout << "to be hidden: " << text_of(published, Place(key.begin(), key.end())) << '\n';
  }
  for (const attacker::Cell& cell : published.cells) {
    std::cout << text_of(published, cell.codes) << ": "
              << attacker::count_of(made.shape, made.counts, cell.codes)
              << (cell.said == Said::kHidden ? " hidden" : "") << '\n';
  }
}

struct Tally {
  int tables = 0;
  int refused = 0;
  int hiding = 0;
  int small_totals = 0;
};

void attack_table(std::uint64_t number, Tally& tally) {
  attacker::Chance chance(number);
  const MadeRegister made = made_register(chance);
  ++tally.tables;
  const auto released = release_slice(made.spec, made.axes, made.named, made.slice());
  if (!released) {
    EXPECT_EQ(released.error().kind, ErrorKind::kRefused);
    ++tally.refused;
    return;
  }
  const attacker::PublicTable published = as_published(made, *released);
  if (!released->variables.empty()) ++tally.hiding;
  if (secrets_of(made, published).small_total) ++tally.small_totals;
  expect_rules_kept(made, published);
  expect_unknown(made, published);
  expect_proof(made, published, *released);
  if (::testing::Test::HasFailure()) describe(made, published);
}

TEST(ProtectedTables, TellNobodyWhatIsHidden) {
  const std::uint64_t first = named_seed().value_or(0);
  const int tables = full_run() ? 10'000 : 1'000;
  Tally tally;
  for (std::uint64_t number = first; tally.tables < tables; ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    attack_table(number, tally);
    if (HasFailure()) return;
  }
  std::cout << tally.tables << " tables: " << tally.hiding << " hide something, "
            << tally.small_totals << " have a small total, " << tally.refused << " are refused\n";
  EXPECT_GT(tally.hiding * 2, tally.tables);
  EXPECT_GT(tally.small_totals * 100, tally.tables);
  // What nothing can be hidden for must be coarser; most tables are not of that kind.
  EXPECT_LT(tally.refused * 4, tally.tables);
}

}  // namespace
}  // namespace rapporteur::testing
