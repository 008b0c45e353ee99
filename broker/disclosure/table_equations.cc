#include "broker/disclosure/table_equations.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "broker/rules/families.h"
#include "broker/rules/relations.h"
#include "proto/base/sabotage.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::Int128;
using Line = CellLattice::Line;

// No population is larger; sums of so many cells stay within 64 bits.
constexpr std::int64_t kLargestCount = std::int64_t{1} << 44U;

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
    for (const codelists::Indicator& whole : codelists::indicators()) {
      if (!whole.parts.empty() && !sabotaged("linked-tables-forgotten")) add_indicators(whole);
    }
    std::vector<TableEquation> kept;
    for (Candidate& candidate : candidates_) {
      if (!leaves(*candidate.group)) kept.push_back(std::move(candidate.equation));
    }
    std::sort(kept.begin(), kept.end(), [](const TableEquation& a, const TableEquation& b) {
      const auto key = [](const TableMember& m) { return std::pair(m.cell, m.factor); };
      if (a.dimension != b.dimension) return a.dimension < b.dimension;
      return std::lexicographical_compare(
          a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
          [&](const TableMember& x, const TableMember& y) { return key(x) < key(y); });
    });
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
    } else if (total && !mixes_areas(d, line)) {
      add(d, *total, {line.begin(), line.end()}, line);
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

  // Of countries and groups of countries, which nobody can add up.
  [[nodiscard]] bool mixes_areas(Dimension d, Line line) const {
    if (d != Dimension::kCitizen && d != Dimension::kRegOrg && d != Dimension::kCounterpartArea) {
      return false;
    }
    bool countries = false;
    bool collectives = false;
    for (const std::uint32_t part : line) {
      const std::string_view code = lattice_.code(d, part);
      if (code == "_O" || code == "_U") continue;
      (code.size() == 2 ? countries : collectives) = true;
    }
    return countries && collectives;
  }

  void add(Dimension d, std::uint32_t total, const std::vector<std::uint32_t>& parts, Line line) {
    TableEquation equation{d, {{total, 1}}};
    for (const std::uint32_t part : parts) equation.members.push_back({part, -1});
    const Verdict verdict = verdict_on(equation);
    // Most lines are known in full and add up.
    if (verdict == Verdict::kHolds) return;
    const Group& group = group_of(d, line);
    if (verdict == Verdict::kContradicted) violated_[group.table].insert(&group);
    candidates_.push_back({std::move(equation), &group});
  }

  enum class Verdict { kHolds, kOpen, kContradicted };
  // By exact figures: they differ, or parts are above their total.
  [[nodiscard]] Verdict verdict_on(const TableEquation& equation) const {
    Int128 sum = 0;
    bool all_known = true;
    for (const TableMember& member : equation.members) {
      const auto count = exact_count(cell(member.cell));
      if (!count && member.factor > 0) return Verdict::kOpen;
      all_known = all_known && count;
      if (count) sum += static_cast<Int128>(member.factor) * *count;
    }
    if (sum < 0 || (all_known && sum != 0)) return Verdict::kContradicted;
    return all_known ? Verdict::kHolds : Verdict::kOpen;
  }

  void add_ages(Line line, std::optional<std::uint32_t> total) {
    std::vector<rules::AgeEdge> bands;
    std::optional<std::uint32_t> unknown;
    for (const std::uint32_t part : line) {
      const std::string_view code = lattice_.code(Dimension::kAge, part);
      if (code == "_U") unknown = part;
      if (const auto edge = rules::age_edge(code, part)) bands.push_back(*edge);
    }
    if (bands.empty()) return;
    check_chains(bands, total, unknown, line);
    const std::map<int, rules::AgeEdge> inner = innermost(bands);
    for (const rules::AgeEdge& band : bands) {
      if (inner.at(band.first).member == band.member) continue;
      const auto parts = between(inner, band.first, band.end);
      if (!parts.empty()) add(Dimension::kAge, band.member, parts, line);
    }
    auto parts = between(inner, 0, codelists::AgeBand::kNoUpperEnd);
    if (!total || parts.empty()) return;
    if (unknown) parts.push_back(*unknown);
    std::sort(parts.begin(), parts.end());
    add(Dimension::kAge, *total, parts, line);
  }

  // Empty if there is a gap.
  [[nodiscard]] static std::vector<std::uint32_t> between(
      const std::map<int, rules::AgeEdge>& inner, int first, int end) {
    std::vector<std::uint32_t> parts;
    int reached = first;
    while (reached < end) {
      const auto next = inner.find(reached);
      if (next == inner.end()) return {};
      parts.push_back(next->second.member);
      reached = next->second.end;
    }
    return reached == end ? parts : std::vector<std::uint32_t>{};
  }

  // By first age: the narrowest band, of equal ones the first.
  [[nodiscard]] static std::map<int, rules::AgeEdge> innermost(
      const std::vector<rules::AgeEdge>& bands) {
    std::map<int, rules::AgeEdge> inner;
    for (const rules::AgeEdge& band : bands) {
      const auto [there, is_new] = inner.try_emplace(band.first, band);
      if (!is_new &&
          std::tie(band.end, band.member) < std::tie(there->second.end, there->second.member)) {
        there->second = band;
      }
    }
    return inner;
  }

  // Exact figures of two ways between the same ages may differ where no one equation shows it.
  void check_chains(const std::vector<rules::AgeEdge>& bands, std::optional<std::uint32_t> total,
                    std::optional<std::uint32_t> unknown, Line line) {
    std::vector<rules::AgeEdge> exact;
    for (const rules::AgeEdge& band : bands) {
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
    const auto rest = unknown ? exact_count(cell(*unknown)) : 0;
    if (whole && rest && !ways.all.empty()) differ |= sum(ways.all) + *rest != *whole;
    if (!differ) return;
    const Group& group = group_of(Dimension::kAge, line);
    violated_[group.table].insert(&group);
  }

  void add_indicators(const codelists::Indicator& whole) {
    const auto& pool = lattice_.pool();
    const auto total = pool.position(Dimension::kIndicator, whole.code);
    std::vector<std::uint32_t> codes;
    for (const std::string_view part : whole.parts) {
      if (const auto code = pool.position(Dimension::kIndicator, part)) codes.push_back(*code);
    }
    if (!total || codes.size() < whole.parts.size()) return;
    lattice_.each_line(Dimension::kIndicator, [&](Line line) {
      const auto all = lattice_.beside(cell(line.front()), Dimension::kIndicator, *total);
      std::vector<std::uint32_t> parts;
      for (const std::uint32_t code : codes) {
        const auto part = lattice_.beside(cell(line.front()), Dimension::kIndicator, code);
        if (part) parts.push_back(*part);
      }
      if (!all || parts.size() < codes.size()) return;
      std::sort(parts.begin(), parts.end());
      add(Dimension::kIndicator, *all, parts, parts);
    });
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

std::optional<std::int64_t> exact_count(const Cell& cell) {
  if (cell.state == rules::CellState::kCannotExist) return 0;
  const auto largest = rules::Amount::whole(kLargestCount);
  if (!cell.exact() || !cell.amount.is_whole() || cell.amount < rules::Amount{} ||
      cell.amount > largest) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(cell.amount.millionths / rules::Amount::kPerUnit);
}

std::vector<TableEquation> equations_of(const CellLattice& lattice) {
  return EquationsBuilder(lattice).run();
}

}  // namespace rapporteur::disclosure
