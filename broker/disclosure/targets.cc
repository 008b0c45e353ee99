#include "broker/disclosure/targets.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "broker/rules/relations.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::CellState;

// Variables that equations tie together, and whether the submission has a part in them.
class Components {
 public:
  explicit Components(const TableSystem& table)
      : parents_(table.linear().bounds.size()), touched_(parents_.size(), 0) {
    std::iota(parents_.begin(), parents_.end(), Variable{0});
    const std::vector<Equation>& equations = table.linear().equations;
    for (const Equation& equation : equations) {
      for (const LinearTerm& term : equation.terms) join(equation.terms[0].variable, term.variable);
    }
    const auto& cells = table.lattice().cells();
    for (Variable v = 0; v < parents_.size(); ++v) {
      if (from_submission(table.cell_of(v))) touched_[root(v)] = 1;
    }
    for (std::uint32_t e = 0; e < equations.size(); ++e) {
      const auto& members = table.origin_of(e).members;
      const bool own = std::any_of(members.begin(), members.end(), [&](const TableMember& member) {
        return from_submission(cells[member.cell]);
      });
      if (own) touched_[root(equations[e].terms[0].variable)] = 1;
    }
  }

  [[nodiscard]] bool touched(Variable variable) { return touched_[root(variable)] != 0; }

 private:
  Variable root(Variable variable) {
    while (parents_[variable] != variable) {
      parents_[variable] = parents_[parents_[variable]];
      variable = parents_[variable];
    }
    return variable;
  }
  void join(Variable a, Variable b) { parents_[root(b)] = root(a); }

  std::vector<Variable> parents_;
  std::vector<char> touched_;
};

class SmallTotals {
 public:
  explicit SmallTotals(const JudgedTable& judged) : table_(judged.table()) {
    const std::vector<Cell>& cells = table_.lattice().cells();
    known_.resize(cells.size());
    for (std::uint32_t i = 0; i < cells.size(); ++i) known_[i] = exact_count(cells[i]);
    for (const Derived& one : judged.derived()) known_[table_.number_of(one.variable)] = one.value;
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      if (known_[i] && *known_[i] < judged.policy().k &&
          cells[i].state != CellState::kCannotExist) {
        totals_.emplace(i, true);
      }
    }
    if (totals_.empty()) return;
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      if (!says_something(i)) continue;
      table_.lattice().each_margin(cells[i], [&](std::uint32_t margin) {
        if (const auto total = totals_.find(margin); total != totals_.end()) total->second = false;
      });
    }
  }

  // The least of those that a cell lies under and nothing beside is known of.
  [[nodiscard]] std::optional<std::int64_t> above(const Cell& cell) const {
    std::optional<std::int64_t> least;
    if (totals_.empty()) return least;
    table_.lattice().each_margin(cell, [&](std::uint32_t margin) {
      const auto total = totals_.find(margin);
      if (total == totals_.end() || !total->second) return;
      if (!least || *known_[margin] < *least) least = known_[margin];
    });
    return least;
  }

 private:
  // That a cell cannot exist says nothing of those that can.
  [[nodiscard]] bool says_something(std::uint32_t number) const {
    if (sabotaged("small-total-taken-alone")) return false;
    switch (table_.lattice().cells()[number].state) {
      case CellState::kCannotExist:
        return false;
      case CellState::kBelow:
      case CellState::kAbove:
        return true;
      default:
        return known_[number].has_value();
    }
  }

  const TableSystem& table_;
  std::vector<std::optional<std::int64_t>> known_;  // by cell
  std::map<std::uint32_t, bool> totals_;            // whether nothing below is known
};

}  // namespace

std::vector<Target> targets_of(const JudgedTable& judged) {
  const TableSystem& table = judged.table();
  std::vector<Target> targets;
  auto derived = judged.derived().begin();
  for (Variable v = 0; v < table.linear().bounds.size(); ++v) {
    while (derived != judged.derived().end() && derived->variable < v) ++derived;
    if (derived != judged.derived().end() && derived->variable == v) continue;
    const Cell& cell = table.cell_of(v);
    if (cell.state == CellState::kHidden && table.protection().is_protected(cell) &&
        (from_submission(cell) || !sabotaged("published-cells-not-asked"))) {
      targets.push_back({v, std::nullopt});
    }
  }
  if (targets.empty()) return targets;
  Components components(table);
  std::erase_if(targets, [&](const Target& t) { return !components.touched(t.variable); });
  if (targets.empty()) return targets;
  const SmallTotals totals(judged);
  for (Target& target : targets) target.small_total = totals.above(table.cell_of(target.variable));
  return targets;
}

}  // namespace rapporteur::disclosure
