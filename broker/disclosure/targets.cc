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

// Variables that equations tie together.
class Components {
 public:
  explicit Components(const TableSystem& table)
      : table_(table), parents_(table.linear().bounds.size()) {
    std::iota(parents_.begin(), parents_.end(), Variable{0});
    for (const Equation& equation : table.linear().equations) {
      for (const LinearTerm& term : equation.terms) join(equation.terms[0].variable, term.variable);
    }
  }

  [[nodiscard]] Variable root(Variable variable) {
    while (parents_[variable] != variable) {
      parents_[variable] = parents_[parents_[variable]];
      variable = parents_[variable];
    }
    return variable;
  }
  // Each cell of the submission, with the component that it says something of; some repeatedly.
  template <typename Use>
  void each_own(const Use& use) {
    const auto& cells = table_.lattice().cells();
    for (Variable v = 0; v < parents_.size(); ++v) {
      if (from_submission(table_.cell_of(v))) use(root(v), table_.cell_of(v));
    }
    const std::vector<Equation>& equations = table_.linear().equations;
    for (std::uint32_t e = 0; e < equations.size(); ++e) {
      for (const TableMember& member : table_.origin_of(e).members) {
        const Cell& cell = cells[member.cell];
        if (from_submission(cell)) use(root(equations[e].terms[0].variable), cell);
      }
    }
  }

 private:
  void join(Variable a, Variable b) { parents_[root(b)] = root(a); }

  const TableSystem& table_;
  std::vector<Variable> parents_;
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
  std::vector<char> touched(table.linear().bounds.size(), 0);
  components.each_own([&](Variable root, const Cell&) { touched[root] = 1; });
  std::erase_if(targets,
                [&](const Target& t) { return touched[components.root(t.variable)] == 0; });
  if (targets.empty()) return targets;
  const SmallTotals totals(judged);
  for (Target& target : targets) target.small_total = totals.above(table.cell_of(target.variable));
  return targets;
}

std::vector<std::uint32_t> own_rows_tied_to(const TableSystem& table,
                                            std::span<const Variable> variables) {
  Components components(table);
  std::vector<char> asked(table.linear().bounds.size(), 0);
  for (const Variable variable : variables) asked[components.root(variable)] = 1;
  std::vector<std::uint32_t> rows;
  components.each_own([&](Variable root, const Cell& cell) {
    if (asked[root] != 0) rows.push_back(cell.row);
  });
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace rapporteur::disclosure
