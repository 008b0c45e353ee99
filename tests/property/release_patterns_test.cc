// The hub's check of a release against an attacker who shares nothing with it (tests/attacker): on
// tables with cells hidden and left out by chance, safe and unsafe.
//
// RAPPORTEUR_FULL=1 takes 10,000 tables, an ordinary run the first 1,000 of them.
// RAPPORTEUR_SEED=N begins with table N.
#include <algorithm>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "broker/rules/rule_codes.h"
#include "tests/support/made_submission.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using attacker::Said;
namespace code = rules::code;

void describe(const MadeSubmission& made, const Verdict& verdict) {
  std::cout << made.indicator << ", k " << made.policy.k << ", width " << made.policy.interval_width
            << ", zeros " << (made.policy.zeros_sensitive ? "sensitive" : "public")
            << ", protected from depth " << made.policy.depth_from << '\n';
  for (std::size_t i = 0; i < made.table.cells.size(); ++i) {
    const attacker::Cell& cell = made.table.cells[i];
    std::cout << made.key(i) << (made.is_new[i] != 0 ? " sent " : " published ") << made.count(i)
              << (cell.said == Said::kHidden    ? " hidden"
                  : cell.said == Said::kNothing ? " not said"
                                                : "");
    for (const auto& [key, rule] : verdict) {
      if (key == made.key(i)) std::cout << ' ' << rule;
    }
    std::cout << '\n';
  }
}

struct Tally {
  int tables = 0;
  int safe = 0;
  int told = 0;
  int narrow = 0;
  int targets = 0;
  int refused_in_vain = 0;
};

class Comparison {
 public:
  Comparison(const MadeSubmission& made, Tally& tally)
      : made_(made),
        tally_(tally),
        now_(learned_from(made.table, made.policy)),
        before_(learned_from(made.table_before(), made.policy)),
        verdict_(verdict_on(made, anonymise::certify)) {}

  void run() {
    ++tally_.tables;
    const auto& cells = made_.table.cells;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      SCOPED_TRACE(made_.key(i) + " " + std::to_string(made_.count(i)));
      if (cells[i].said == Said::kCount) {
        compare_count(i);
      } else {
        compare_told(i);
      }
    }
    EXPECT_FALSE(says("", code::kTooComplex));
    if (says("", code::kNeedsCertificate)) {
      tally_.refused_in_vain += static_cast<int>(now_.targets.size());
    } else {
      for (std::size_t t = 0; t < now_.targets.size(); ++t) compare_range(t);
    }
    tally_.targets += static_cast<int>(now_.targets.size());
    if (::testing::Test::HasFailure()) describe(made_, verdict_);
    if (std::ranges::all_of(verdict_, [](const auto& one) { return one.first.empty(); })) {
      ++tally_.safe;
    }
  }

 private:
  [[nodiscard]] bool says(const std::string& key, std::string_view what) const {
    return verdict_.contains({key, std::string(what)});
  }
  [[nodiscard]] bool says(std::size_t cell, std::string_view what) const {
    return says(made_.key(cell), what);
  }
  [[nodiscard]] bool is_small(std::int64_t count) const {
    return count < made_.policy.k && (count > 0 || (count == 0 && made_.policy.zeros_sensitive));
  }
  [[nodiscard]] bool has_small_total(std::size_t cell) const {
    const attacker::Place& codes = made_.table.cells[cell].codes;
    return std::ranges::any_of(made_.table.cells, [&](const attacker::Cell& total) {
      if (total.said != Said::kCount || total.count == 0 || total.count >= made_.policy.k) {
        return false;
      }
      bool above = total.codes != codes;
      for (std::size_t d = 0; d < codes.size(); ++d) {
        const bool person = made_.table.dimensions[d].name != "INDICATOR";
        above = above && (total.codes[d] == codes[d] ||
                          (person && total.codes[d] == made_.table.dimensions[d].total));
      }
      return above;
    });
  }

  // A small figure that is sent as such.
  void compare_count(std::size_t i) {
    const attacker::Cell& cell = made_.table.cells[i];
    const bool small = cell.is_protected && made_.is_new[i] != 0 &&
                       (is_small(cell.count) || (cell.count == 0 && has_small_total(i)));
    if (small) {
      EXPECT_TRUE(says(i, code::kSmallCell));
    }
    // Nothing below a total that is the sum of small figures may be zero, either.
    if (!small && cell.count > 0) {
      EXPECT_FALSE(says(i, code::kSmallCell));
    }
    EXPECT_FALSE(says(i, code::kLinearExact));
  }

  void compare_told(std::size_t i) {
    const attacker::Cell& cell = made_.table.cells[i];
    const bool hidden = cell.said == Said::kHidden;
    const bool fails =
        now_.told[i] != 0 && cell.is_protected && (hidden || is_small(made_.count(i)));
    if (!fails) {
      EXPECT_FALSE(says(i, code::kLinearExact));
      return;
    }
    if (before_.told[i] != 0) {
      EXPECT_FALSE(says(i, code::kLinearExact));
      return;
    }
    ++tally_.told;
    // A total that nobody sent says no more than the small figures that it is the sum of.
    EXPECT_TRUE(says(i, code::kLinearExact) || (!hidden && any_small_figure()));
  }
  [[nodiscard]] bool any_small_figure() const {
    return std::ranges::any_of(made_.table.cells, [&](const attacker::Cell& cell) {
      return cell.said == Said::kCount && cell.is_protected && is_small(cell.count);
    });
  }

  void compare_range(std::size_t t) {
    const std::size_t cell = now_.cells[t];
    SCOPED_TRACE(made_.key(cell) + " lies from " + std::to_string(now_.found[t].least) + " to " +
                 std::to_string(now_.found[t].most));
    const bool says_narrow = says(cell, code::kInterval);
    if (now_.found[t].safe) {
      if (says_narrow) ++tally_.refused_in_vain;
      return;
    }
    ++tally_.narrow;
    if (!says(cell, code::kAlreadyPublic)) {
      EXPECT_TRUE(says_narrow);
      return;
    }
    // Then it was no wider before.
    const attacker::Sum sum = attacker::atoms_below(made_.table, made_.table.cells[cell].codes);
    attacker::Ranges now(now_.puzzle);
    attacker::Ranges before(before_.puzzle);
    EXPECT_LE(now.least(sum).value, before.least(sum).value + attacker::kApart);
    EXPECT_GE(now.most(sum).value, before.most(sum).value - attacker::kApart);
    EXPECT_FALSE(before.most(sum).endless);
  }

  const MadeSubmission& made_;
  Tally& tally_;
  Learned now_;
  Learned before_;
  Verdict verdict_;
};

TEST(ReleasePatterns, TheHubFindsWhatAnAttackerFinds) {
  const std::uint64_t first = named_seed().value_or(0);
  const int tables = full_run() ? 10'000 : 1'000;
  Tally tally;
  for (std::uint64_t number = first; tally.tables < tables; ++number) {
    SCOPED_TRACE("RAPPORTEUR_SEED=" + std::to_string(number));
    attacker::Chance chance(number);
    const MadeSubmission made = made_submission(chance);
    Comparison(made, tally).run();
    if (HasFailure()) return;
  }
  std::cout << tally.tables << " tables: " << tally.safe << " safe; " << tally.told
            << " counts are told, of " << tally.targets << " others " << tally.narrow
            << " are narrow, and " << tally.refused_in_vain << " more are refused\n";
  EXPECT_GT(tally.safe * 10, tally.tables);
  EXPECT_GT(tally.told, tally.tables / 10);
  EXPECT_GT(tally.narrow, tally.tables / 10);
  // A range of no more than what is asked for cannot always be shown by exact tables.
  EXPECT_LT(tally.refused_in_vain * 50, tally.targets);
}

}  // namespace
}  // namespace rapporteur::testing
