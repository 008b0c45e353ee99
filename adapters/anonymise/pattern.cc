#include "adapters/anonymise/pattern.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "adapters/anonymise/box.h"
#include "adapters/anonymise/public_system.h"
#include "adapters/anonymise/secondary_suppression.h"
#include "broker/disclosure/bounds.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::Bounds;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::Tightened;

// Bounds are looked at anew after so many boxes at the most, of those that are to be found.
constexpr std::size_t kLooks = 64;
// More than the rule asks, so that a solver's optimum is shown by a table beside it, too.
constexpr std::int64_t kRoom = 1;

// Sums of the small cells of a line that are not all of it, where they leave no room: hidden
// together, each would be told to be small.
std::vector<std::vector<std::uint32_t>> small_sums(const PatternTask& task) {
  std::set<std::vector<std::uint32_t>> sums;
  for (const CaseTable::Line& line : task.table.lines()) {
    std::vector<std::uint32_t> atoms;
    std::int64_t sum = 0;
    std::size_t small = 0;
    for (const std::uint32_t part : line.parts) {
      if (task.primary[part] == 0) continue;
      ++small;
      sum += task.table.count(part);
      const auto& of = task.table.atoms_of(part);
      atoms.insert(atoms.end(), of.begin(), of.end());
    }
    const auto room = task.rule.k + static_cast<std::int64_t>(atoms.size()) - 1;
    if (small < 2 || small == line.parts.size() || sum >= room) continue;
    std::ranges::sort(atoms);
    sums.insert(std::move(atoms));
  }
  return {sums.begin(), sums.end()};
}

}  // namespace

Pattern::Pattern(const PatternTask& task) : task_(task) {
  hide_primaries();
  widen_by_bounds();
}

void Pattern::hide_primaries() {
  const CaseTable& table = task_.table;
  Incidence incidence{table.atoms(), table.atoms_of_cells()};
  std::vector<std::uint32_t> primaries;
  std::vector<std::uint32_t> order(table.cells());
  std::iota(order.begin(), order.end(), 0U);
  for (const std::uint32_t cell : order) {
    if (task_.primary[cell] != 0) primaries.push_back(cell);
  }
  for (auto& sum : small_sums(task_)) {
    primaries.push_back(static_cast<std::uint32_t>(incidence.atoms_of.size()));
    incidence.atoms_of.push_back(std::move(sum));
  }
  // What must stay is published first; then by decreasing count.
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (task_.kept[a] != task_.kept[b]) return task_.kept[a] != 0;
    return table.count(a) > table.count(b);
  });
  const auto forced = static_cast<std::size_t>(
      std::ranges::count_if(task_.kept, [](char kept) { return kept != 0; }));
  hidden_ = suppress({incidence, order, primaries, forced}).hidden;
  hidden_.resize(table.cells());
}

Bounds Pattern::bounds_of(std::uint32_t cell) const {
  if (hidden_[cell] == 0) return {task_.table.count(cell), task_.table.count(cell)};
  return {least_hidden(task_), {}};
}

bool Pattern::is_narrow(std::uint32_t cell, const Bounds& bounds) const {
  if (hidden_[cell] == 0 || task_.is_protected[cell] == 0 || !bounds.most) return false;
  return *bounds.most - bounds.least < task_.rule.width + kRoom ||
         (bounds.least > 0 && *bounds.most < task_.rule.k + kRoom);
}

void Pattern::widen_by_bounds() {
  const CaseTable& table = task_.table;
  LinearSystem all;  // over all cells, so that only bounds change
  for (const CaseTable::Line& line : table.lines()) {
    Equation& equation = all.equations.emplace_back();
    equation.terms.push_back({line.total, -1});
    for (const std::uint32_t part : line.parts) equation.terms.push_back({part, 1});
    std::ranges::sort(equation.terms, {}, &disclosure::LinearTerm::variable);
  }
  all.bounds.resize(table.cells());
  const auto look = [&] {
    for (std::uint32_t cell = 0; cell < table.cells(); ++cell) all.bounds[cell] = bounds_of(cell);
    return disclosure::tighten(all);
  };
  std::vector<char> tried(table.cells(), 0);
  for (Tightened known = look();; known = look()) {
    std::vector<std::uint32_t> narrow;
    for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
      if (is_narrow(cell, known.bounds[cell]) && tried[cell] == 0) narrow.push_back(cell);
    }
    if (narrow.empty()) return;
    // Those that lack least first: a small box often serves the others.
    std::ranges::stable_sort(narrow, [&](std::uint32_t a, std::uint32_t b) {
      return *known.bounds[a].most > *known.bounds[b].most;
    });
    const std::size_t most = std::max<std::size_t>(1, narrow.size() / kLooks);
    for (const std::uint32_t cell : std::span(narrow).first(most)) {
      tried[cell] = 1;
      // Where there is no box the solver has the last word.
      static_cast<void>(widen(cell));
    }
  }
}

bool Pattern::widen(std::uint32_t cell) {
  const std::int64_t lacking = task_.rule.k + kRoom - task_.table.count(cell);
  const auto box =
      cheapest_box(task_.table, hidden_, task_.kept,
                   {cell, std::max(lacking, task_.rule.width + kRoom), task_.zeros_public ? 1 : 0});
  if (!box) return false;
  for (const std::uint32_t one : box->to_hide) hidden_[one] = 1;
  return true;
}

}  // namespace rapporteur::anonymise
