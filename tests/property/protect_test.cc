// Tables of random cases: what the method leaves published never tells a small count.
#include "adapters/anonymise/protect.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/disclosure/derivation.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::Target;
using disclosure::Variable;
using disclosure::Witness;

Axis axis_of(std::uint32_t leaves, bool groups) {
  Axis axis;
  axis.leaves = leaves;
  axis.total = 0;
  Code total{"_T", {}, {}};
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    total.leaves.push_back(leaf);
    total.parts.push_back(leaf + 1);
  }
  axis.codes.push_back(total);
  for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
    axis.codes.push_back({"C" + std::to_string(leaf), {leaf}, {}});
  }
  // Two groups that overlap in one leaf.
  if (groups && leaves > 2) {
    axis.codes.push_back({"G1", {0, 1}, {1, 2}});
    axis.codes.push_back({"G2", {1, 2}, {2, 3}});
  }
  return axis;
}

struct Register {
  std::vector<Axis> axes;
  std::map<Key, std::int64_t> counts;
};

Register register_of(bool groups) {
  Register out;
  const auto dimensions = *rc::gen::inRange<std::size_t>(1, 4);
  for (std::size_t i = 0; i < dimensions; ++i) {
    out.axes.push_back(axis_of(*rc::gen::inRange<std::uint32_t>(2, 5), groups && i == 0));
  }
  Key key(dimensions, 0);
  while (true) {
    // Ones and nothings are frequent, as they are in registers.
    const auto count =
        *rc::gen::weightedOneOf<std::int64_t>({{3, rc::gen::just<std::int64_t>(0)},
                                               {3, rc::gen::just<std::int64_t>(1)},
                                               {4, rc::gen::inRange<std::int64_t>(2, 30)},
                                               {3, rc::gen::inRange<std::int64_t>(30, 300)}});
    if (count > 0) out.counts.emplace(key, count);
    std::size_t i = 0;
    while (i < dimensions && ++key[i] == out.axes[i].leaves) key[i++] = 0;
    if (i == dimensions) return out;
  }
}

PatternTask task_of(const CaseTable& table) {
  PatternTask task{table, {3, 10}, true, {}, {}, std::vector<char>(table.cells(), 0)};
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    bool whole = true;
    for (std::size_t i = 0; i < table.axes().size(); ++i) {
      whole = whole && table.key(cell)[i] == table.axes()[i].total;
    }
    task.is_protected.push_back(whole ? 0 : 1);
    task.primary.push_back(!whole && table.count(cell) < 10 ? 1 : 0);
  }
  return task;
}

// The published sums alone, in the order that the method gives its variables.
disclosure::LinearSystem public_system(const CaseTable& table, const ProtectedTable& result) {
  disclosure::LinearSystem system;
  std::map<std::uint32_t, Variable> variables;
  for (const std::uint32_t cell : result.hidden_cells) {
    variables.emplace(cell, static_cast<Variable>(system.bounds.size()));
    system.bounds.push_back({1, {}});
  }
  for (const CaseTable::Line& line : table.lines()) {
    disclosure::Equation equation;
    const auto put = [&](std::uint32_t cell, std::int32_t factor) {
      const auto variable = variables.find(cell);
      if (variable == variables.end()) {
        equation.constant -= factor * table.count(cell);
      } else {
        equation.terms.push_back({variable->second, factor});
      }
    };
    put(line.total, -1);
    for (const std::uint32_t part : line.parts) put(part, 1);
    if (equation.terms.empty()) {
      RC_ASSERT(equation.constant == 0);
      continue;
    }
    std::ranges::sort(equation.terms, {}, &disclosure::LinearTerm::variable);
    system.equations.push_back(equation);
  }
  return system;
}

void expect_protected(const Register& cases) {
  const CaseTable table(cases.axes, cases.counts);
  const PatternTask task = task_of(table);
  const auto result = protect(task);
  // Some tables are too small for their small counts: that is said, and nothing comes out.
  RC_CLASSIFY(!result, "too small");
  RC_CLASSIFY(result && !result->witnesses.empty(), "with hidden cells");
  if (!result) return;
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    if (task.primary[cell] != 0) RC_ASSERT(result->hidden[cell] != 0);
  }
  const disclosure::LinearSystem system = public_system(table, *result);
  for (const Witness& witness : result->witnesses) {
    RC_ASSERT(!disclosure::misfit_of(system, witness));
  }
  std::vector<Target> targets;
  for (Variable v = 0; v < result->hidden_cells.size(); ++v) {
    if (task.is_protected[result->hidden_cells[v]] != 0) targets.push_back({v, {}});
  }
  RC_ASSERT(not_shown(targets, result->witnesses, task.rule).empty());
  const auto derived = disclosure::derive(system, {100'000'000});
  RC_ASSERT(derived.outcome == disclosure::Derivation::Outcome::kDone);
  for (const disclosure::Derived& one : derived.derived) {
    RC_ASSERT(task.is_protected[result->hidden_cells[one.variable]] == 0);
  }
}

RC_GTEST_PROP(Protect, NoHiddenCountIsTold, ()) {
  expect_protected(register_of(false));
}
RC_GTEST_PROP(Protect, NorWhereGroupsOverlap, ()) {
  expect_protected(register_of(true));
}

RC_GTEST_PROP(Protect, TheSameTableGivesTheSamePattern, ()) {
  const Register cases = register_of(true);
  const CaseTable table(cases.axes, cases.counts);
  const PatternTask task = task_of(table);
  const auto once = protect(task);
  const auto again = protect(task);
  RC_ASSERT(once.has_value() == again.has_value());
  if (once) RC_ASSERT(once->hidden == again->hidden);
}

}  // namespace
}  // namespace rapporteur::anonymise
