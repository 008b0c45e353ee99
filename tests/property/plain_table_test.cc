// Where it is seen at a glance that a table gives nothing away, nothing follows that is small:
// tables of many kinds with figures left out, not counted, and wrong by chance, against the whole
// check.
//
// RAPPORTEUR_FULL=1 takes 100,000 tables, an ordinary run the first 5,000 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include "broker/disclosure/plain_table.h"

#include <array>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/disclosure/judged_table.h"
#include "proto/base/limits.h"
#include "tests/attacker/register.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using attacker::Chance;

constexpr std::array kBrokenDown{Dimension::kExplForm, Dimension::kSex, Dimension::kAge,
                                 Dimension::kCitizen};
constexpr std::uint32_t kLevels = 1U << kBrokenDown.size();
using Codes = std::array<std::string, kBrokenDown.size()>;

// How a table is told.
struct Telling {
  std::uint32_t left_out;     // of 64 figures
  std::uint32_t not_counted;  // likewise
  std::uint32_t wrong;        // likewise
  std::uint32_t bands;        // 0: two bands; 1: three; 2: either, citizenship by citizenship
};
Telling some_telling(Chance& chance) {
  constexpr std::array<std::uint32_t, 4> kLeftOut{0, 0, 3, 24};
  constexpr std::array<std::uint32_t, 4> kNotCounted{0, 0, 0, 6};
  constexpr std::array<std::uint32_t, 4> kWrong{0, 0, 0, 1};
  return {kLeftOut[chance.below(4)], kNotCounted[chance.below(4)], kWrong[chance.below(4)],
          chance.below(8) == 0 ? 2 : chance.below(2)};
}

// Cases by form, sex, age and citizenship.
std::map<Codes, std::int64_t> some_cases(Chance& chance, std::uint32_t bands) {
  const bool small_ones = chance.once_in(4);
  std::map<Codes, std::int64_t> cases;
  for (const std::string form : {"LAB", "SEX"}) {
    for (const std::string sex : {"F", "M", "_U"}) {
      for (const std::string citizen : {"BG", "NG", "RO"}) {
        const bool three = bands == 2 ? citizen == "RO" : bands == 1;
        std::vector<std::string> ages{"Y_GE18", "Y_LT18", "_U"};
        if (three) ages = {"Y12T17", "Y_GE18", "Y_LT12"};
        for (const std::string& age : ages) {
          std::int64_t& count = cases[{form, sex, age, citizen}];
          if (!chance.once_in(3)) count = 10 + chance.below(30);
          if (small_ones && chance.once_in(16)) count = 1 + chance.below(9);
        }
      }
    }
  }
  return cases;
}

std::map<Codes, std::int64_t> added_up(const std::map<Codes, std::int64_t>& cases,
                                       std::uint32_t along) {
  std::map<Codes, std::int64_t> sums;
  for (const auto& [codes, count] : cases) {
    Codes margin = codes;
    for (std::size_t i = 0; i < margin.size(); ++i) {
      if ((along >> i & 1U) == 0) margin[i] = "_T";
    }
    sums[margin] += count;
  }
  return sums;
}

Observation observation_of(const Codes& codes, std::int64_t count, bool counted) {
  Observation out;
  out.key.fill("_Z");
  out[Dimension::kFreq] = "A";
  out[Dimension::kRefArea] = "LV";
  out[Dimension::kIndicator] = "VIC_IDENT";
  out[Dimension::kUnitMeasure] = "PER";
  out[Dimension::kTimePeriod] = "2007";
  for (std::size_t i = 0; i < codes.size(); ++i) out[kBrokenDown[i]] = codes[i];
  out[Attribute::kObsStatus] = counted ? "A" : "O";
  if (counted) out.value = Decimal(count);
  return out;
}

ObservationSet some_table(Chance& chance) {
  const Telling telling = some_telling(chance);
  const auto cases = some_cases(chance, telling.bands);
  std::array<bool, kLevels> told{};
  for (std::uint32_t level = 1 + chance.below(5); level > 0; --level) {
    told[chance.below(kLevels)] = true;
  }
  ObservationSetBuilder builder;
  for (std::uint32_t along = 0; along < told.size(); ++along) {
    if (!told[along]) continue;
    for (const auto& [codes, count] : added_up(cases, along)) {
      if (chance.below(64) < telling.left_out) continue;
      const std::int64_t error = chance.below(64) < telling.wrong ? 1 + chance.below(12) : 0;
      builder.add(observation_of(codes, count + error, chance.below(64) >= telling.not_counted));
    }
  }
  return builder.build();
}

void expect_no_zero_below_a_small_total(const disclosure::JudgedTable& judged) {
  const disclosure::TableSystem& table = judged.table();
  std::set<std::uint32_t> small;
  for (const disclosure::Derived& one : judged.derived()) {
    if (judged.is_small(one.value)) small.insert(table.number_of(one.variable));
  }
  for (const rules::Cell& cell : table.lattice().cells()) {
    if (!disclosure::from_submission(cell) || disclosure::exact_count(cell) != 0) continue;
    if (!table.protection().is_protected(cell)) continue;
    table.lattice().each_margin(cell, [&](std::uint32_t margin) {
      EXPECT_FALSE(small.contains(margin)) << table.key_text(cell);
    });
  }
}

// What the whole check has to say of it.
void expect_nothing(rules::CellPool pool, const rules::Policy& policy) {
  pool.settle_repeated();
  auto lattice = disclosure::CellLattice::of(std::move(pool), limits::kDisclosureCells);
  ASSERT_TRUE(lattice);
  disclosure::JudgedTable judged(std::move(*lattice), policy);
  ASSERT_TRUE(judged.judge({limits::kDerivationMultiplications}));
  EXPECT_TRUE(judged.contradictions().empty());
  for (const disclosure::Derived& one : judged.derived()) {
    EXPECT_FALSE(judged.fails(one.variable, one.value))
        << judged.table().key_text(judged.table().cell_of(one.variable)) << " is " << one.value;
  }
  expect_no_zero_below_a_small_total(judged);
}

TEST(PlainTable, NothingSmallFollowsWhereNothingIsSeenToFollow) {
  const std::uint64_t first = named_seed().value_or(0);
  const int tables = full_run() ? 100'000 : 5'000;
  int plain = 0;
  for (int i = 0; i < tables; ++i) {
    const std::uint64_t number = first + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    Chance chance(number);
    rules::Policy policy;
    policy.depth_from = chance.once_in(4) ? 2 : 1;
    const ObservationSet set = some_table(chance);
    rules::CellPool pool;
    pool.add(set, 0);
    if (!disclosure::gives_nothing_away(pool, policy)) continue;
    ++plain;
    expect_nothing(std::move(pool), policy);
    if (HasFailure()) return;
  }
  std::cout << plain << " of " << tables << " tables are plain\n";
  EXPECT_GT(plain * 10, tables);
  EXPECT_LT(plain * 10, tables * 9);
}

}  // namespace
}  // namespace rapporteur::testing
