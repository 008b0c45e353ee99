#include "broker/disclosure/plain_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "broker/disclosure/cell_lattice.h"
#include "broker/disclosure/margin_sums.h"
#include "broker/disclosure/protection.h"
#include "broker/rules/families.h"
#include "broker/rules/relations.h"
#include "proto/base/sabotage.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::CellState;
using rules::DimensionMask;

struct Figure {
  std::uint32_t cell = 0;
  std::optional<std::int64_t> count;  // empty: missing
};
// Figures that are broken down along the same dimensions.
struct Level {
  DimensionMask mask = 0;
  std::vector<Figure> figures;
};
// What no dimension of persons tells apart.
using Base = std::array<std::uint32_t, 5>;
using Levels = std::vector<Level>;

bool within(DimensionMask coarser, DimensionMask finer) {
  return (coarser & ~finer) == 0;
}

// The sums of a most detailed level, made as they are asked for.
class Margins {
 public:
  explicit Margins(MarginSums detailed) { made_.push_back(std::move(detailed)); }

  [[nodiscard]] DimensionMask mask() const { return made_.front().level(); }
  [[nodiscard]] const MarginSums& at(const std::vector<Cell>& cells, DimensionMask mask) {
    const MarginSums* from = nullptr;
    for (const MarginSums& one : made_) {
      if (one.level() == mask) return one;
      const bool smaller = from == nullptr || one.sums().size() < from->sums().size();
      if (smaller && within(mask, one.level())) from = &one;
    }
    MarginSums sums(cells, mask, from->sums().size());
    sums.add(*from);
    return made_.emplace_back(std::move(sums));
  }

 private:
  std::deque<MarginSums> made_;
};

class PlainTable {
 public:
  PlainTable(const rules::CellPool& pool, const rules::Policy& policy)
      : pool_(pool), policy_(policy), protection_(pool, policy) {}

  [[nodiscard]] bool gives_nothing_away() {
    // What nobody counted is taken as nothing here.
    if (policy_.zeros_sensitive || any_linked() || !take_ages() || !take_figures()) return false;
    return std::all_of(tables_.begin(), tables_.end(),
                       [&](auto& table) { return fits(table.second); });
  }

 private:
  [[nodiscard]] bool any_linked() const {
    const auto there = [&](std::string_view code) {
      return pool_.position(Dimension::kIndicator, code) ? 1 : 0;
    };
    if (pool_.code_count(Dimension::kIndicator) < 2) return false;
    const auto indicators = codelists::indicators();
    return std::any_of(indicators.begin(), indicators.end(), [&](const auto& whole) {
      int members = whole.parts.empty() ? 0 : there(whole.code);
      for (const std::string_view part : whole.parts) members += there(part);
      return members > 1;
    });
  }

  // False where bands overlap, or something is no band.
  bool take_ages() {
    std::vector<rules::AgeEdge> edges;
    is_band_.assign(pool_.code_count(Dimension::kAge), 0);
    for (std::uint32_t code = 0; code < is_band_.size(); ++code) {
      const std::string_view text = pool_.code(Dimension::kAge, code);
      if (rules::is_total_or_none(text) || text == "_U") continue;
      const auto edge = rules::age_edge(text, code);
      if (!edge) return false;
      is_band_[code] = 1;
      edges.push_back(*edge);
    }
    std::sort(edges.begin(), edges.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    bands_ = static_cast<std::int64_t>(edges.size());
    return std::adjacent_find(edges.begin(), edges.end(), [](const auto& a, const auto& b) {
             return a.end > b.first;
           }) == edges.end();
  }

  bool take_figures() {
    Levels* levels = nullptr;
    Base last{};
    for (std::uint32_t i = 0; i < pool_.cells().size(); ++i) {
      const Cell& cell = pool_.cells()[i];
      if (cell.source == rules::kSupersededSource) return false;
      const auto count = exact_count(cell);
      if (!count && cell.state != CellState::kMissing) return false;
      const Base base{cell.code(Dimension::kFreq), cell.code(Dimension::kRefArea),
                      cell.code(Dimension::kIndicator), cell.code(Dimension::kUnitMeasure),
                      cell.code(Dimension::kTimePeriod)};
      if (levels == nullptr || base != last) {
        levels = &tables_[base];
        last = base;
      }
      const DimensionMask mask = protection_.broken_down(cell);
      auto level = std::find_if(levels->begin(), levels->end(),
                                [&](const Level& one) { return one.mask == mask; });
      if (level == levels->end()) level = levels->insert(level, Level{mask, {}});
      level->figures.push_back({i, count});
    }
    return true;
  }

  [[nodiscard]] bool fits(Levels& levels) const {
    // So that what is coarser is added up from what is a little less coarse.
    std::stable_sort(levels.begin(), levels.end(), [](const Level& a, const Level& b) {
      return std::popcount(a.mask) > std::popcount(b.mask);
    });
    std::vector<Margins> detailed;
    for (const Level& level : levels) {
      if (!ages_are_whole(level)) return false;
      bool is_detailed = true;
      for (Margins& finer : detailed) {
        if (!within(level.mask, finer.mask())) continue;
        is_detailed = false;
        if (!adds_up(level, finer.at(pool_.cells(), level.mask))) return false;
      }
      if (!is_detailed) continue;
      auto sums = sums_of(level);
      if (!sums) return false;
      detailed.emplace_back(std::move(*sums));
    }
    return agree(detailed);
  }

  // Else a band between limits that others have would overlap theirs.
  [[nodiscard]] bool ages_are_whole(const Level& level) const {
    if ((level.mask & rules::mask_of(Dimension::kAge)) == 0) return true;
    MarginSums lines(pool_.cells(), level.mask & ~rules::mask_of(Dimension::kAge),
                     level.figures.size());
    for (const Figure& figure : level.figures) {
      const std::uint32_t code = pool_.cells()[figure.cell].code(Dimension::kAge);
      if (is_band_[code] != 0) lines.add(figure.cell, 1);
    }
    return std::all_of(lines.sums().begin(), lines.sums().end(),
                       [&](const MarginSums::Sum& line) { return line.count == bands_; });
  }

  // Empty where a figure is small, or stands there twice.
  [[nodiscard]] std::optional<MarginSums> sums_of(const Level& level) const {
    MarginSums sums(pool_.cells(), level.mask, level.figures.size());
    for (const Figure& figure : level.figures) {
      const std::int64_t count = figure.count.value_or(0);
      const bool small = count > 0 && count < policy_.k;
      if (small && protection_.is_protected(pool_.cells()[figure.cell])) return std::nullopt;
      sums.add(figure.cell, count);
    }
    return sums.sums().size() == level.figures.size() ? std::optional(std::move(sums))
                                                      : std::nullopt;
  }

  [[nodiscard]] bool adds_up(const Level& level, const MarginSums& sums) const {
    return sabotaged("plain-totals-unread") ||
           std::all_of(level.figures.begin(), level.figures.end(), [&](const Figure& figure) {
             return !figure.count || *figure.count == sums.of(pool_.cells()[figure.cell]);
           });
  }

  // Breakdowns of the same: by sex, and by age. What three or more that share dimensions tell
  // together may be more than the sums that they share.
  [[nodiscard]] bool agree(std::vector<Margins>& detailed) const {
    for (std::size_t i = 0; i < detailed.size(); ++i) {
      for (std::size_t j = i + 1; j < detailed.size(); ++j) {
        const DimensionMask common = detailed[i].mask() & detailed[j].mask();
        if (common != 0 && detailed.size() > 2) return false;
        const MarginSums& one = detailed[i].at(pool_.cells(), common);
        if (!one.same_as(detailed[j].at(pool_.cells(), common))) return false;
      }
    }
    return true;
  }

  const rules::CellPool& pool_;
  const rules::Policy& policy_;
  Protection protection_;
  std::vector<char> is_band_;  // by code
  std::int64_t bands_ = 0;
  std::map<Base, Levels> tables_;
};

}  // namespace

bool gives_nothing_away(const rules::CellPool& pool, const rules::Policy& policy) {
  return PlainTable(pool, policy).gives_nothing_away();
}

}  // namespace rapporteur::disclosure
