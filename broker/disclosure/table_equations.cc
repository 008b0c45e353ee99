#include "broker/disclosure/table_equations.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "broker/disclosure/line_parts.h"
#include "broker/rules/families.h"
#include "broker/rules/relations.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::Int128;
using Line = CellLattice::Line;

// Lines that stand or fall together: dimension, table, codes in ascending order.
struct Group {
  std::vector<std::uint32_t> table;
  std::vector<std::uint32_t> codes;
  auto operator<=>(const Group&) const = default;
};

class EquationsBuilder {
 public:
  explicit EquationsBuilder(const CellLattice& lattice) : lattice_(lattice) {}

  std::vector<TableEquation> run() {
    for (const Dimension d : rules::kPersonalDimensions) {
      if (d == Dimension::kCitizen && sabotaged("dimension-not-added-up")) continue;
      lattice_.each_line(d, [&](Line line) { add_line(d, line); });
    }
    for (const LineSum& sum : indicator_sums(lattice_)) {
      if (sabotaged("linked-tables-forgotten")) break;
      add(Dimension::kIndicator, sum.total, sum.parts, sum.parts);
    }
    std::vector<TableEquation> kept;
    for (Candidate& candidate : candidates_) {
      if (!leaves(*candidate.group)) kept.push_back(std::move(candidate.equation));
    }
    std::sort(kept.begin(), kept.end());
    return kept;
  }

 private:
  struct Candidate {
    TableEquation equation;
    const Group* group;
  };

  [[nodiscard]] const Cell& cell(std::uint32_t number) const { return lattice_.cells()[number]; }

  void add_line(Dimension d, Line line) {
    const auto total = lattice_.beside(cell(line.front()), d, lattice_.total_code(d));
    if (d == Dimension::kAge) {
      add_ages(line, total);
    } else if (total && !mixes_areas(lattice_, d, line)) {
      add(d, *total, line, line);
    }
  }

  [[nodiscard]] const Group& group_of(Dimension d, Line line) {
    const Cell& first = cell(line.front());
    Group group;
    group.table.push_back(static_cast<std::uint32_t>(d));
    for (const Dimension fixed : {Dimension::kFreq, Dimension::kRefArea, Dimension::kIndicator,
                                  Dimension::kUnitMeasure, Dimension::kTimePeriod}) {
      group.table.push_back(fixed == d ? 0 : first.code(fixed));
    }
    for (const std::uint32_t part : line) group.codes.push_back(cell(part).code(d));
    std::sort(group.codes.begin(), group.codes.end());
    return *groups_.insert(std::move(group)).first;
  }

  void add(Dimension d, std::uint32_t total, std::span<const std::uint32_t> parts, Line line) {
    const Verdict verdict = verdict_on(total, parts);
    // Most lines are known in full and add up.
    if (verdict == Verdict::kHolds) return;
    TableEquation equation{d, {{total, 1}}};
    for (const std::uint32_t part : parts) equation.members.push_back({part, -1});
    const Group& group = group_of(d, line);
    if (verdict == Verdict::kContradicted) violated_[group.table].insert(&group);
    candidates_.push_back({std::move(equation), &group});
  }

  enum class Verdict { kHolds, kOpen, kContradicted };
  // By exact figures: they differ, or parts are above their total.
  [[nodiscard]] Verdict verdict_on(std::uint32_t total,
                                   std::span<const std::uint32_t> parts) const {
    const auto whole = exact_count(cell(total));
    if (!whole) return Verdict::kOpen;
    Int128 rest = *whole;
    bool all_known = true;
    for (const std::uint32_t part : parts) {
      const auto count = exact_count(cell(part));
      if (count) rest -= *count;
      all_known = all_known && count;
    }
    if (rest < 0 || (all_known && rest != 0)) return Verdict::kContradicted;
    return all_known ? Verdict::kHolds : Verdict::kOpen;
  }

  void add_ages(Line line, std::optional<std::uint32_t> total) {
    const AgeLine ages = ages_of(lattice_, line);
    if (ages.bands.empty()) return;
    check_chains(ages, total, line);
    for (const LineSum& sum : age_sums(ages, total))
      add(Dimension::kAge, sum.total, sum.parts, line);
  }

  // Exact figures of two ways between the same ages may differ where no one equation shows it.
  void check_chains(const AgeLine& ages, std::optional<std::uint32_t> total, Line line) {
    std::vector<rules::AgeEdge> exact;
    for (const rules::AgeEdge& band : ages.bands) {
      if (exact_count(cell(band.member))) exact.push_back(band);
    }
    const auto sum = [&](const rules::AgeWay& way) {
      Int128 out = 0;
      for (const std::uint32_t member : way) out += *exact_count(cell(member));
      return out;
    };
    const rules::AgeWays ways = rules::follow_ages(std::move(exact));
    bool differ = std::any_of(ways.equal.begin(), ways.equal.end(), [&](const auto& pair) {
      return sum(pair.first) != sum(pair.second);
    });
    const auto whole = total ? exact_count(cell(*total)) : std::nullopt;
    const auto rest = ages.unknown ? exact_count(cell(*ages.unknown)) : 0;
    if (whole && rest && !ways.all.empty()) differ |= sum(ways.all) + *rest != *whole;
    if (!differ) return;
    const Group& group = group_of(Dimension::kAge, line);
    violated_[group.table].insert(&group);
  }

  // Parts that are not all there are do not become all by leaving some out.
  [[nodiscard]] bool leaves(const Group& group) const {
    const auto found = violated_.find(group.table);
    if (found == violated_.end()) return false;
    const auto dimension = static_cast<Dimension>(group.table.front());
    const bool taken_as_all = dimension != Dimension::kSex && dimension != Dimension::kAge &&
                              dimension != Dimension::kIndicator;
    return std::any_of(found->second.begin(), found->second.end(), [&](const Group* other) {
      return other == &group ||
             (taken_as_all && std::includes(other->codes.begin(), other->codes.end(),
                                            group.codes.begin(), group.codes.end()));
    });
  }

  const CellLattice& lattice_;
  std::vector<Candidate> candidates_;
  std::set<Group> groups_;
  std::map<std::vector<std::uint32_t>, std::set<const Group*>> violated_;
};

}  // namespace

std::vector<TableEquation> equations_of(const CellLattice& lattice) {
  return EquationsBuilder(lattice).run();
}

}  // namespace rapporteur::disclosure
