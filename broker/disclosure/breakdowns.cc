#include "broker/disclosure/breakdowns.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "broker/disclosure/line_parts.h"
#include "broker/rules/relations.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::Int128;
using Line = CellLattice::Line;

// One area, period and indicator, and the dimension of its parts.
using TableAlong = std::vector<std::uint32_t>;

bool parts_are_known(Dimension d) {
  return d == Dimension::kSex || d == Dimension::kAge || d == Dimension::kIndicator;
}

class BreakdownFinder {
 public:
  BreakdownFinder(const CellLattice& lattice, const std::set<std::string, std::less<>>& incomplete)
      : lattice_(lattice), incomplete_(incomplete) {}

  std::vector<Breakdown> run() {
    for (const Dimension d : rules::kPersonalDimensions) {
      if (parts_are_known(d)) continue;
      lattice_.each_line(d, [&](Line line) { note_codes(d, line); });
    }
    for (const Dimension d : rules::kPersonalDimensions) {
      lattice_.each_line(d, [&](Line line) { add_line(d, line); });
    }
    for (const LineSum& sum : indicator_sums(lattice_)) add(Dimension::kIndicator, sum);
    for (Breakdown& one : found_) {
      one.taken = one.fits && !refuted_.contains(table_along(one.equation.dimension,
                                                             one.equation.members.front().cell));
    }
    std::sort(found_.begin(), found_.end(),
              [](const Breakdown& a, const Breakdown& b) { return a.equation < b.equation; });
    return std::move(found_);
  }

 private:
  [[nodiscard]] const Cell& cell(std::uint32_t number) const { return lattice_.cells()[number]; }

  [[nodiscard]] TableAlong table_along(Dimension d, std::uint32_t number) const {
    TableAlong table{static_cast<std::uint32_t>(d)};
    for (const Dimension fixed : {Dimension::kFreq, Dimension::kRefArea, Dimension::kIndicator,
                                  Dimension::kUnitMeasure, Dimension::kTimePeriod}) {
      table.push_back(cell(number).code(fixed));
    }
    return table;
  }

  void note_codes(Dimension d, Line line) {
    std::set<std::uint32_t>& codes = codes_[table_along(d, line.front())];
    for (const std::uint32_t part : line) codes.insert(cell(part).code(d));
  }

  // Every code stands once in a line.
  [[nodiscard]] bool is_whole(Dimension d, Line line) const {
    if (d == Dimension::kSex) {
      if (line.size() == 1) return lattice_.code(d, line.front()) == "_U";
      const auto required = rules::required_parts(d);
      return std::all_of(required.begin(), required.end(), [&](std::string_view code) {
        return std::any_of(line.begin(), line.end(),
                           [&](std::uint32_t part) { return lattice_.code(d, part) == code; });
      });
    }
    return !incomplete_.contains(lattice_.code(Dimension::kIndicator, line.front())) &&
           !mixes_areas(lattice_, d, line) &&
           codes_.at(table_along(d, line.front())).size() == line.size();
  }

  void add_line(Dimension d, Line line) {
    const auto total = lattice_.beside(cell(line.front()), d, lattice_.total_code(d));
    if (!total) return;
    if (d == Dimension::kAge) {
      add_ages(*total, line);
    } else if (is_whole(d, line)) {
      add(d, {*total, {line.begin(), line.end()}});
    }
  }

  void add_ages(std::uint32_t total, Line line) {
    const AgeLine ages = ages_of(lattice_, line);
    if (ages.unknown && line.size() == 1) add(Dimension::kAge, {total, {*ages.unknown}});
    for (const LineSum& sum : age_sums(ages, total)) add(Dimension::kAge, sum);
  }

  void add(Dimension d, const LineSum& sum) {
    Breakdown made;
    made.equation = {d, {{sum.total, 1}}};
    for (const std::uint32_t part : sum.parts) made.equation.members.push_back({part, -1});
    made.fits = can_add_up(sum);
    if (!made.fits && !parts_are_known(d)) refuted_.insert(table_along(d, sum.total));
    found_.push_back(std::move(made));
  }

  [[nodiscard]] bool can_add_up(const LineSum& sum) const {
    const Interval total = published_interval(cell(sum.total));
    Int128 least = 0;
    std::optional<Int128> most = 0;
    for (const std::uint32_t part : sum.parts) {
      const Interval one = published_interval(cell(part));
      least += one.least.millionths;
      most = most && one.most ? std::optional(*most + one.most->millionths) : std::nullopt;
    }
    return (!most || total.least.millionths <= *most) &&
           (!total.most || least <= total.most->millionths);
  }

  const CellLattice& lattice_;
  const std::set<std::string, std::less<>>& incomplete_;
  std::map<TableAlong, std::set<std::uint32_t>> codes_;
  std::set<TableAlong> refuted_;
  std::vector<Breakdown> found_;
};

}  // namespace

std::vector<Breakdown> breakdowns_of(const CellLattice& lattice,
                                     const std::set<std::string, std::less<>>& incomplete) {
  return BreakdownFinder(lattice, incomplete).run();
}

Interval published_interval(const Cell& cell) {
  switch (cell.state) {
    case rules::CellState::kExact:
    case rules::CellState::kBelow:
    case rules::CellState::kAbove:
      return interval_of(cell);
    case rules::CellState::kCannotExist:
      return {rules::Amount{}, rules::Amount{}};
    default:
      return {rules::Amount{}, std::nullopt};
  }
}

}  // namespace rapporteur::disclosure
