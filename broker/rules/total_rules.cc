// Totals and their parts; figures that count the same things.
//
// Method: exact additivity in integers. A part that is said not to exist (status M) is nothing; one
// that is missing, hidden, or bounded by a qualifier leaves its equation unjudged.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "broker/rules/checks.h"
#include "broker/rules/comparison.h"
#include "broker/rules/families.h"
#include "broker/rules/relations.h"
#include "broker/rules/rule_codes.h"

namespace rapporteur::rules {
namespace {

using CellPointers = std::vector<const Cell*>;

// One side of an equation: cells and their sum.
struct Sum {
  CellPointers cells;
  CellPointers impossible;  // those that cannot exist
  Amount amount;
  bool known = true;  // every cell is exact, or cannot exist

  void add(const Cell& cell) {
    if (cell.state == CellState::kCannotExist) {
      impossible.push_back(&cell);
      return;
    }
    const auto more = cell.exact() ? amount.plus(cell.amount) : std::nullopt;
    if (!more) {
      known = false;
      return;
    }
    amount = *more;
    cells.push_back(&cell);
  }
};

class Equations {
 public:
  Equations(const Comparison& comparison, Dimension dimension)
      : comparison_(comparison), dimension_(dimension) {}

  // Says so if total and parts differ. True if it did.
  bool check(const Sum& total, const Sum& parts) const {
    if (!total.known || !parts.known || total.cells.empty() || parts.cells.empty()) return false;
    if (total.amount == parts.amount) return false;
    CellPointers involved = total.cells;
    involved.insert(involved.end(), parts.cells.begin(), parts.cells.end());
    if (!comparison_.concerns(involved)) return false;
    const auto detail = [&] {
      const std::string names = text(total, true) + " = " + text(parts, true);
      const std::string numbers = text(total, false) + " = " + text(parts, false);
      return Detail{
          names + ": " + numbers + " does not hold" + published(involved, " (published: "),
          names + " : " + numbers + " est faux" + published(involved, " (publié : ")};
    };
    CellPointers rested_on = involved;
    rested_on.insert(rested_on.end(), total.impossible.begin(), total.impossible.end());
    rested_on.insert(rested_on.end(), parts.impossible.begin(), parts.impossible.end());
    comparison_.add(code::kNonAdditive, name(dimension_), place_of(total, involved), detail,
                    comparison_.waived_by(rested_on));
    return true;
  }

  void check_part(const Cell& total, const Cell& part) const {
    if (!part.exact() || part.amount <= total.amount) return;
    const std::array<const Cell*, 2> involved{&part, &total};
    if (!comparison_.concerns(involved)) return;
    const Cell& place = part.published() ? total : part;
    const auto detail = [&] {
      const std::string part_is = name_of(part) + " = " + part.amount.text();
      const std::string total_is = name_of(total) + " = " + total.amount.text();
      return Detail{part_is + " is above its total " + total_is,
                    part_is + " dépasse son total " + total_is};
    };
    comparison_.add(code::kNonAdditive, name(dimension_), place, detail,
                    comparison_.waived_by(involved));
  }

 private:
  [[nodiscard]] std::string name_of(const Cell& cell) const {
    return std::string(comparison_.code(dimension_, cell));
  }
  [[nodiscard]] std::string text(const Sum& sum, bool names) const {
    CellPointers ordered = sum.cells;
    std::sort(ordered.begin(), ordered.end(), [&](const Cell* a, const Cell* b) {
      return comparison_.code(dimension_, *a) < comparison_.code(dimension_, *b);
    });
    std::string out;
    for (const Cell* cell : ordered) {
      if (!out.empty()) out += " + ";
      out += names ? name_of(*cell) : cell->amount.text();
    }
    return out;
  }
  [[nodiscard]] std::string published(const CellPointers& cells, std::string_view opening) const {
    std::string out;
    for (const Cell* cell : cells) {
      if (!cell->published()) continue;
      out += out.empty() ? std::string(opening) : ", ";
      out += name_of(*cell);
    }
    return out.empty() ? out : out + ")";
  }
  [[nodiscard]] const Cell& place_of(const Sum& total, const CellPointers& involved) const {
    const Cell& first = *total.cells.front();
    return total.cells.size() == 1 && !first.published() ? first
                                                         : comparison_.representative(involved);
  }

  const Comparison& comparison_;
  Dimension dimension_;
};

// The cells of one group, by code of the dimension.
struct Family {
  const Cell* total = nullptr;    // exact
  const Cell* unknown = nullptr;  // _U
  CellPointers parts;             // all others but _Z, and _U among them
};

Family family_of(const Comparison& comparison, Dimension d, CellPool::Group group) {
  Family family;
  for (const std::uint32_t position : group) {
    const Cell& cell = comparison.cell(position);
    const std::string_view code = comparison.code(d, cell);
    if (code == "_Z") continue;
    if (code == "_T") {
      if (family.total == nullptr && cell.exact()) family.total = &cell;
      continue;
    }
    if (code == "_U") family.unknown = &cell;
    family.parts.push_back(&cell);
  }
  return family;
}

Sum sum_of(const CellPointers& cells) {
  Sum sum;
  for (const Cell* cell : cells) sum.add(*cell);
  return sum;
}

bool all_supplied(const Comparison& comparison, Dimension d, const CellPointers& parts,
                  std::span<const std::string_view> required) {
  if (required.empty() || parts.size() < required.size()) return false;
  return std::all_of(required.begin(), required.end(), [&](std::string_view code) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const Cell* part) { return comparison.code(d, *part) == code; });
  });
}

// True if some ages do not add up.
bool check_ages(const Comparison& comparison, const Equations& equations, const Family& family) {
  std::vector<AgeEdge> bands;
  for (std::uint32_t i = 0; i < family.parts.size(); ++i) {
    const auto band = age_edge(comparison.code(Dimension::kAge, *family.parts[i]), i);
    if (band && family.parts[i]->exact()) bands.push_back(*band);
  }
  const auto sum_along = [&](const AgeWay& way) {
    Sum sum;
    for (const std::uint32_t part : way) sum.add(*family.parts[part]);
    return sum;
  };
  bool said = false;
  const AgeWays ways = follow_ages(std::move(bands));
  for (const auto& [fewer, more] : ways.equal) {
    said |= equations.check(sum_along(fewer), sum_along(more));
  }
  if (ways.all.empty() || family.total == nullptr) return said;
  Sum parts = sum_along(ways.all);
  if (family.unknown != nullptr) parts.add(*family.unknown);
  Sum total;
  total.add(*family.total);
  return equations.check(total, parts) || said;
}

void check_breakdown(const Comparison& comparison, Dimension d) {
  const CellPool& pool = comparison.pool();
  if (pool.code_count(d) < 2) return;
  if (!pool.position(d, "_T") && d != Dimension::kAge) return;
  const Equations equations(comparison, d);
  const std::span<const std::string_view> required = required_parts(d);
  pool.each_group(mask_of(d), [&](CellPool::Group group) {
    const Family family = family_of(comparison, d, group);
    bool said = false;
    if (d == Dimension::kAge) said = check_ages(comparison, equations, family);
    if (family.total == nullptr || said) return;
    if (all_supplied(comparison, d, family.parts, required)) {
      Sum total;
      total.add(*family.total);
      said = equations.check(total, sum_of(family.parts));
    }
    if (said) return;
    for (const Cell* part : family.parts) equations.check_part(*family.total, *part);
  });
}

// VIC_REG = VIC_IDENT + VIC_PRES, as the catalogue says.
void check_indicator_parts(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  if (pool.code_count(Dimension::kIndicator) < 2) return;
  const Equations equations(comparison, Dimension::kIndicator);
  for (const codelists::Indicator& whole : codelists::indicators()) {
    if (whole.parts.empty() || !pool.position(Dimension::kIndicator, whole.code)) continue;
    const std::span<const std::string_view> required = whole.parts;
    pool.each_group(mask_of(Dimension::kIndicator), [&](CellPool::Group group) {
      Sum total;
      CellPointers parts;
      for (const std::uint32_t position : group) {
        const Cell& cell = comparison.cell(position);
        const std::string_view code = comparison.code(Dimension::kIndicator, cell);
        if (code == whole.code) total.add(cell);
        if (std::find(required.begin(), required.end(), code) != required.end()) {
          parts.push_back(&cell);
        }
      }
      if (!all_supplied(comparison, Dimension::kIndicator, parts, required)) return;
      equations.check(total, sum_of(parts));
    });
  }
}

}  // namespace

void check_totals(const Comparison& comparison) {
  for (const Dimension d : kPersonalDimensions) check_breakdown(comparison, d);
  check_indicator_parts(comparison);
}

void check_overlaps(const Comparison& comparison) {
  const CellPool& pool = comparison.pool();
  for (const Overlap& overlap : kOverlaps) {
    const auto mixed = pool.position(Dimension::kIndicator, overlap.mixed);
    const auto separate = pool.position(Dimension::kIndicator, overlap.separate);
    if (!mixed || !separate) continue;
    constexpr DimensionMask kTable = mask_of(Dimension::kRefArea) | mask_of(Dimension::kTimePeriod);
    pool.each_group(~kTable, [&](CellPool::Group group) {
      CellPointers involved;
      bool has_mixed = false;
      bool has_separate = false;
      for (const std::uint32_t position : group) {
        const Cell& cell = comparison.cell(position);
        if (!cell.has_number()) continue;
        const std::uint32_t indicator = cell.code(Dimension::kIndicator);
        has_mixed = has_mixed || indicator == *mixed;
        has_separate = has_separate || indicator == *separate;
        if (indicator == *mixed || indicator == *separate) involved.push_back(&cell);
      }
      if (!has_mixed || !has_separate || !comparison.concerns(involved)) return;
      comparison.add(code::kNotSummable, name(Dimension::kIndicator),
                     comparison.representative(involved), [&] {
                       const std::string both =
                           std::string(overlap.mixed) + " + " + std::string(overlap.separate);
                       return Detail{both + " would count the same cases twice",
                                     both + " compterait deux fois les mêmes affaires"};
                     });
    });
  }
}

}  // namespace rapporteur::rules
