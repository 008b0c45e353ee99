// The p-table does what its parameters say, exactly.
#include "adapters/anonymise/cell_key/perturbation_table.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace rapporteur::anonymise {
namespace {

using Row = PerturbationRow;

PerturbationTable table_of(const PerturbationRule& rule) {
  auto table = PerturbationTable::of(rule);
  EXPECT_TRUE(table) << table.error().line();
  return std::move(*table);
}

// What a row could have at the least and at the most with mean zero.
struct Ends {
  double least = 0;
  double most = 0;
};
Ends variances_of(std::int64_t count, const PerturbationRule& rule) {
  std::vector<std::int64_t> all;
  for (std::int64_t d = -rule.max_deviation; d <= rule.max_deviation; ++d) {
    if (count + d == 0 || count + d > rule.js) all.push_back(d);
  }
  // Of two points around zero: their product.
  Ends ends{HUGE_VAL, 0};
  for (const std::int64_t below : all) {
    for (const std::int64_t above : all) {
      if (below > 0 || above < 0) continue;
      const auto variance = static_cast<double>(-below * above);
      ends.least = std::min(ends.least, variance);
      ends.most = std::max(ends.most, variance);
    }
  }
  return ends;
}

void expect_row(std::int64_t count, const Row& row, const PerturbationRule& rule) {
  std::uint64_t whole = 0;
  std::int64_t mean = 0;
  std::int64_t last = INT64_MIN;
  for (const Row::Step& step : row.steps) {
    EXPECT_GT(step.weight, 0U);
    EXPECT_GT(step.deviation, last);
    EXPECT_LE(std::abs(step.deviation), rule.max_deviation);
    const std::int64_t becomes = count + step.deviation;
    EXPECT_TRUE(becomes == 0 || becomes > rule.js) << becomes;
    whole += step.weight;
    mean += step.deviation * static_cast<std::int64_t>(step.weight);
    last = step.deviation;
  }
  EXPECT_EQ(whole, row.whole);
  EXPECT_EQ(mean, 0);  // not nearly: exactly
  const Ends ends = variances_of(count, rule);
  const auto wanted = static_cast<double>(rule.variance);
  if (wanted > ends.least + 0.03 * (ends.most - ends.least) &&
      wanted < ends.most - 0.03 * (ends.most - ends.least)) {
    EXPECT_NEAR(variance_of(row), wanted, 1e-4 * (1 + wanted));
  } else {
    EXPECT_GE(variance_of(row), ends.least - 1e-4);
    EXPECT_LE(variance_of(row), ends.most + 1e-4);
  }
}

TEST(PerturbationTable, IsUnbiasedAndKeepsItsBounds) {
  int rules = 0;
  for (std::int64_t deviation = 1; deviation <= 20; ++deviation) {
    for (std::int64_t js = 0; js <= deviation; js += js < 3 ? 1 : 3) {
      for (const std::int64_t variance : {1L, 2L, 4L, deviation, deviation * deviation / 2}) {
        if (variance < 1) continue;
        const PerturbationRule rule{deviation, variance, js};
        SCOPED_TRACE(std::to_string(deviation) + " " + std::to_string(variance) + " " +
                     std::to_string(js));
        const PerturbationTable table = table_of(rule);
        std::int64_t count = 0;
        for (const Row& row : table.rows()) expect_row(++count, row, rule);
        ++rules;
        ASSERT_FALSE(HasFailure());
      }
    }
  }
  EXPECT_GT(rules, 300);
}

// Of the law with the most entropy the logarithm is a polynomial of the second degree.
TEST(PerturbationTable, HasTheMostEntropy) {
  const PerturbationTable table = table_of({5, 3, 0});
  for (const Row& row : table.rows()) {
    std::vector<double> seconds;
    for (std::size_t i = 0; i + 2 < row.steps.size(); ++i) {
      const auto log = [&](std::size_t at) {
        return std::log(static_cast<double>(row.steps[at].weight));
      };
      seconds.push_back(log(i) - 2 * log(i + 1) + log(i + 2));
    }
    ASSERT_GT(seconds.size(), 2U);
    for (const double second : seconds) EXPECT_NEAR(second, seconds.front(), 1e-4);
  }
}

TEST(PerturbationTable, FarFromZeroItIsSymmetric) {
  const PerturbationTable table = table_of({10, 4, 9});
  const Row& row = table.rows().back();
  ASSERT_EQ(row.steps.size(), 21U);
  for (std::size_t i = 0; i < row.steps.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(row.steps[i].weight),
                static_cast<double>(row.steps[20 - i].weight), 64);
  }
}

TEST(PerturbationTable, AKeyChoosesAsOftenAsTheRowSays) {
  const PerturbationTable table = table_of({10, 4, 9});
  constexpr std::uint64_t kDraws = 1 << 20;
  for (const std::int64_t count : {1L, 5L, 9L, 10L, 15L, 1000L}) {
    std::map<std::int64_t, std::uint64_t> seen;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      ++seen[table.perturbed(count, (UINT64_MAX / kDraws) * i) - count];
    }
    const Row& row = table.rows()[std::min<std::size_t>(static_cast<std::size_t>(count), 20) - 1];
    for (const Row::Step& step : row.steps) {
      const double share = static_cast<double>(step.weight) / static_cast<double>(row.whole);
      EXPECT_NEAR(static_cast<double>(seen[step.deviation]) / kDraws, share, 1e-5);
    }
  }
}

TEST(PerturbationTable, TheLastKeysLandInTheLastStepAndZeroStaysZero) {
  const PerturbationTable table = table_of({10, 4, 9});
  for (std::int64_t count = 1; count <= 40; ++count) {
    const auto at = std::min(static_cast<std::size_t>(count), table.rows().size()) - 1;
    EXPECT_EQ(table.perturbed(count, 0), count + table.rows()[at].steps.front().deviation);
    EXPECT_EQ(table.perturbed(count, UINT64_MAX), count + table.rows()[at].steps.back().deviation);
  }
  for (const std::uint64_t key : {std::uint64_t{0}, UINT64_MAX / 3, UINT64_MAX}) {
    EXPECT_EQ(table.perturbed(0, key), 0);
  }
}

TEST(PerturbationTable, WhatCannotBeIsRefused) {
  const auto none = PerturbationTable::of({5, 4, 9});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::kConfiguration);
  EXPECT_NE(none.error().what.find("a count of 1"), std::string::npos) << none.error().line();
}

}  // namespace
}  // namespace rapporteur::anonymise
