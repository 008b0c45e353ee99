// Warnings: figures that are possible, and seldom right.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/rules/checks.h"
#include "broker/rules/comparison.h"
#include "broker/rules/relations.h"
#include "broker/rules/rule_codes.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::rules {
namespace {

using CellPointers = std::vector<const Cell*>;

// Parameters of the warnings; the first three in the indicator's unit.
constexpr Amount kLeastRemarkable = Amount::whole(100);  // equal figures
constexpr Amount kLeastJump = Amount::whole(50);
constexpr Amount kNothing = Amount::whole(0);
constexpr int kJumpFactor = 5;
constexpr std::size_t kNamesListed = 5;

std::string listed(std::vector<std::string> names, std::string_view and_more) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesListed); ++i) {
    if (i > 0) text += ", ";
    text += names[i];
  }
  if (names.size() <= kNamesListed) return text;
  return text + " " + std::string(and_more) + " " + std::to_string(names.size() - kNamesListed);
}

bool is_count(const Comparison& comparison, const Cell& cell) {
  return kind_of_unit(comparison.code(Dimension::kUnitMeasure, cell)) == UnitKind::kCount;
}

// Cells alike but for `d` with the same remarkable figure.
template <typename Use>
void each_repeated_figure(const Comparison& comparison, Dimension d, const Use& use) {
  if (comparison.pool().code_count(d) < 2) return;
  comparison.pool().each_group(mask_of(d), [&](CellPool::Group group) {
    if (!is_count(comparison, comparison.cell(group.front()))) return;
    CellPointers cells;
    for (const std::uint32_t position : group) {
      const Cell& cell = comparison.cell(position);
      if (cell.exact() && cell.amount >= kLeastRemarkable) cells.push_back(&cell);
    }
    std::sort(cells.begin(), cells.end(),
              [](const Cell* a, const Cell* b) { return a->amount < b->amount; });
    for (auto run = cells.begin(); run != cells.end();) {
      const auto end = std::find_if(
          run, cells.end(), [&](const Cell* cell) { return cell->amount != (*run)->amount; });
      const CellPointers equal(run, end);
      if (equal.size() >= 2 && comparison.concerns(equal)) use(equal);
      run = end;
    }
  });
}

std::vector<std::string> codes_of(const Comparison& comparison, Dimension d,
                                  const CellPointers& cells) {
  std::vector<std::string> codes;
  for (const Cell* cell : cells) codes.emplace_back(comparison.code(d, *cell));
  return codes;
}

void check_identical_figures(const Comparison& comparison) {
  each_repeated_figure(comparison, Dimension::kRefArea, [&](const CellPointers& equal) {
    comparison.add(code::kIdenticalFigures, name(Dimension::kRefArea),
                   comparison.representative(equal), [&] {
                     const std::string figure = equal.front()->amount.text();
                     const auto areas = codes_of(comparison, Dimension::kRefArea, equal);
                     return Detail{figure + " stands for " + listed(areas, "and more:"),
                                   figure + " figure pour " + listed(areas, "et d’autres :")};
                   });
  });
}

// Members of one equation may well be equal: one of the parts is none.
bool in_one_equation(const std::vector<std::string>& indicators) {
  const auto together = judged_together(indicators.front());
  return std::all_of(indicators.begin() + 1, indicators.end(), [&](const std::string& other) {
    return std::find(together.begin(), together.end(), other) != together.end();
  });
}

void check_same_figure_twice(const Comparison& comparison) {
  each_repeated_figure(comparison, Dimension::kIndicator, [&](const CellPointers& equal) {
    const auto indicators = codes_of(comparison, Dimension::kIndicator, equal);
    if (in_one_equation(indicators)) return;
    comparison.add(code::kSameFigureTwice, name(Dimension::kIndicator),
                   comparison.representative(equal), [&] {
                     const std::string figure = equal.front()->amount.text();
                     return Detail{figure + " stands under " + listed(indicators, "and more:"),
                                   figure + " figure sous " + listed(indicators, "et d’autres :")};
                   });
  });
}

bool is_jump(Amount before, Amount now) {
  const Amount low = std::min(before, now);
  const Amount high = std::max(before, now);
  const auto difference = high.minus(low);
  if (low < kNothing || !difference || *difference < kLeastJump) return false;
  return high.millionths / kJumpFactor >= low.millionths;
}

// For each period of the pool, where the same period a year before is, if it is there.
std::vector<std::optional<std::uint32_t>> periods_before(const CellPool& pool) {
  std::vector<std::optional<std::uint32_t>> before(pool.code_count(Dimension::kTimePeriod));
  for (std::uint32_t i = 0; i < before.size(); ++i) {
    const auto earlier = one_year_before(pool.code(Dimension::kTimePeriod, i));
    if (earlier) before[i] = pool.position(Dimension::kTimePeriod, *earlier);
  }
  return before;
}

void check_jumps(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  if (pool.code_count(Dimension::kTimePeriod) < 2) return;
  const auto before = periods_before(pool);
  if (std::none_of(before.begin(), before.end(), [](const auto& b) { return b.has_value(); })) {
    return;
  }
  pool.each_group(mask_of(Dimension::kTimePeriod), [&](CellPool::Group group) {
    if (!is_count(comparison, comparison.cell(group.front()))) return;
    std::map<std::uint32_t, const Cell*> by_period;
    for (const std::uint32_t position : group) {
      const Cell& cell = comparison.cell(position);
      if (cell.exact()) by_period.emplace(cell.code(Dimension::kTimePeriod), &cell);
    }
    for (const auto& [period, now] : by_period) {
      const auto earlier = before[period] ? by_period.find(*before[period]) : by_period.end();
      if (earlier == by_period.end() || !is_jump(earlier->second->amount, now->amount)) continue;
      const CellPointers both{now, earlier->second};
      if (!comparison.concerns(both)) continue;
      comparison.add(
          code::kImplausibleJump, "OBS_VALUE", now->published() ? *earlier->second : *now, [&] {
            const std::string figures = both[1]->amount.text() + " -> " + both[0]->amount.text();
            const std::string year(comparison.code(Dimension::kTimePeriod, *both[1]));
            return Detail{figures + " against " + year, figures + " par rapport à " + year};
          });
    }
  });
}

void check_denials(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  for (const Denial& denial : kDenials) {
    const auto denied = pool.position(Dimension::kIndicator, denial.denied);
    const auto given = pool.position(Dimension::kIndicator, denial.given);
    if (!denied || !given) continue;
    constexpr DimensionMask kTable = mask_of(Dimension::kRefArea) | mask_of(Dimension::kTimePeriod);
    pool.each_group(~kTable, [&](CellPool::Group group) {
      CellPointers no;
      CellPointers figures;
      for (const std::uint32_t position : group) {
        const Cell& cell = comparison.cell(position);
        if (!cell.exact()) continue;
        const std::uint32_t indicator = cell.code(Dimension::kIndicator);
        if (indicator == *denied && cell.amount == kNothing) no.push_back(&cell);
        if (indicator == *given) figures.push_back(&cell);
      }
      if (no.empty() || figures.empty()) return;
      CellPointers involved = no;
      involved.insert(involved.end(), figures.begin(), figures.end());
      if (!comparison.concerns(involved)) return;
      comparison.add(code::kContradiction, "OBS_VALUE", comparison.representative(involved), [&] {
        const std::string no_is = std::string(denial.denied) + " = 0";
        const std::string given_is =
            std::string(denial.given) + " = " + figures.front()->amount.text();
        return Detail{no_is + ", yet " + given_is, no_is + ", et pourtant " + given_is};
      });
    });
  }
}

}  // namespace

void check_plausibility(const Comparison& comparison) {
  check_identical_figures(comparison);
  check_same_figure_twice(comparison);
  check_jumps(comparison);
  check_denials(comparison);
}

void check_expected_breakdowns(const Comparison& comparison, std::string_view indicator,
                               std::uint32_t threshold) {
  const codelists::Indicator* entry = codelists::find_indicator(indicator);
  if (entry == nullptr) return;
  using Table = std::pair<std::uint32_t, std::uint32_t>;
  for (const Dimension d : entry->expected_breakdowns) {
    std::set<Table> totals;
    std::set<Table> broken_down;
    for (const Cell& cell : comparison.pool().cells()) {
      if (comparison.code(Dimension::kIndicator, cell) != indicator) continue;
      const Table table{cell.code(Dimension::kRefArea), cell.code(Dimension::kTimePeriod)};
      if (!is_total_or_none(comparison.code(d, cell))) {
        broken_down.insert(table);
      } else if (!cell.published() && cell.has_number() &&
                 cell.amount >= Amount::whole(threshold)) {
        // Below the threshold the breakdown has to stay hidden.
        totals.insert(table);
      }
    }
    std::vector<std::string> bare;
    for (const Table& table : totals) {
      if (broken_down.contains(table)) continue;
      bare.push_back(std::string(comparison.pool().code(Dimension::kRefArea, table.first)) + " " +
                     std::string(comparison.pool().code(Dimension::kTimePeriod, table.second)));
    }
    if (bare.empty()) continue;
    comparison.add_whole(code::kBreakdownMissing, name(d), [&] {
      const std::string by(name(d));
      const std::string of(indicator);
      return Detail{
          "no breakdown of " + of + " by " + by + " for " + listed(bare, "and more:"),
          "pas de ventilation de " + of + " par " + by + " pour " + listed(bare, "et d’autres :")};
    });
  }
}

void check_marks(const Submission& submission, FindingSink& sink) {
  const ObservationSet& observations = submission.observations;
  const Column& statuses = observations.column(Attribute::kObsStatus);
  const auto unreliable = std::find(statuses.codes.begin(), statuses.codes.end(), "U");
  const auto mark = static_cast<std::uint32_t>(unreliable - statuses.codes.begin());
  bool any_number = false;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    if (!observations.value(row)) continue;
    any_number = true;
    if (statuses.index(row) != mark) continue;
    sink.add_at(code::kUnreliable, name(Attribute::kObsStatus), observations, row, [&] {
      const std::string value = observations.value(row)->text();
      return Detail{value + " is marked as unreliable", value + " est signalé comme peu fiable"};
    });
  }
  for (const Overlap& overlap : kOverlaps) {
    if (submission.indicator != overlap.mixed || !any_number) continue;
    sink.add(code::kMixedInvestigations, name(Dimension::kIndicator), 0, "", [&] {
      const std::string mixed(overlap.mixed);
      return Detail{mixed + " mixes investigations with prosecutions",
                    mixed + " mêle enquêtes et poursuites"};
    });
  }
}

void check_silent_years(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  if (pool.code_count(Dimension::kTimePeriod) < 2) return;
  pool.each_group(mask_of(Dimension::kTimePeriod), [&](CellPool::Group group) {
    std::set<int> years;
    CellPointers cells;
    for (const std::uint32_t position : group) {
      const Cell& cell = comparison.cell(position);
      if (comparison.code(Dimension::kFreq, cell) != "A" || cell.published()) continue;
      const std::string_view period = comparison.code(Dimension::kTimePeriod, cell);
      if (!TimePeriod::parse(period)) continue;
      years.insert(std::stoi(std::string(period)));
      cells.push_back(&cell);
    }
    std::vector<std::string> silent;
    if (years.empty()) return;
    for (int year = *years.begin(); year < *years.rbegin(); ++year) {
      if (!years.contains(year)) silent.push_back(std::to_string(year));
    }
    if (silent.empty()) return;
    comparison.add(code::kSilentYears, name(Dimension::kTimePeriod),
                   comparison.representative(cells), [&] {
                     return Detail{"nothing is said of " + listed(silent, "and more:"),
                                   "rien n’est dit de " + listed(silent, "et d’autres :")};
                   });
  });
}

// Judged only where the file gives the figure for some area: else the file is not about it.
void check_assistance(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  const auto said = pool.position(Dimension::kIndicator, kSaidToAssist);
  const auto figure = pool.position(Dimension::kIndicator, kAssisted);
  if (!said || !figure) return;
  std::set<std::uint32_t> assisted;
  for (const Cell& cell : pool.cells()) {
    if (cell.code(Dimension::kIndicator) == *figure && cell.has_number()) {
      assisted.insert(cell.code(Dimension::kRefArea));
    }
  }
  for (const Cell& cell : pool.cells()) {
    const bool yes = cell.code(Dimension::kIndicator) == *said && cell.exact() &&
                     cell.amount == Amount::whole(1) && !cell.published();
    if (!yes || assisted.contains(cell.code(Dimension::kRefArea))) continue;
    comparison.add(code::kAssistWithoutFigure, name(Dimension::kRefArea), cell, [&] {
      const std::string area(comparison.code(Dimension::kRefArea, cell));
      const std::string missing(kAssisted);
      return Detail{"there is no " + missing + " for " + area,
                    "il n’y a pas de " + missing + " pour " + area};
    });
  }
}

}  // namespace rapporteur::rules
