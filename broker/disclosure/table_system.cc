#include "broker/disclosure/table_system.h"

#include <algorithm>
#include <utility>

#include "broker/rules/relations.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Amount;
using rules::Cell;
using rules::CellState;

constexpr Variable kNoVariable = UINT32_MAX;

// Rounded down; empty for what no count is.
std::optional<std::int64_t> whole_below(Amount amount) {
  constexpr rules::Int128 kMost = INT64_MAX;
  const rules::Int128 units = amount.millionths / Amount::kPerUnit;
  if (amount.millionths < 0 || units > kMost) return std::nullopt;
  return static_cast<std::int64_t>(units);
}

}  // namespace

TableSystem::TableSystem(CellLattice lattice, const rules::Policy& policy,
                         std::optional<std::vector<TableEquation>> equations)
    : lattice_(std::move(lattice)), policy_(policy), protection_(lattice_.pool(), policy) {
  add_variables();
  add_equations(equations ? std::move(*equations) : equations_of(lattice_));
  add_recalled();
  for (const std::uint32_t cell : cells_) {
    system_.bounds.push_back(bounds_of(lattice_.cells()[cell]));
  }
}

void TableSystem::add_variables() {
  const std::vector<Cell>& cells = lattice_.cells();
  variables_.assign(cells.size(), kNoVariable);
  for (std::uint32_t i = 0; i < cells.size(); ++i) {
    if (exact_count(cells[i])) continue;
    variables_[i] = static_cast<Variable>(cells_.size());
    cells_.push_back(i);
  }
  derived_.resize(cells_.size());
}

void TableSystem::add_equations(std::vector<TableEquation> equations) {
  for (TableEquation& origin : equations) {
    Equation equation;
    for (const TableMember& member : origin.members) {
      if (const auto variable = variable_of(member.cell)) {
        equation.terms.push_back({*variable, member.factor});
      } else {
        equation.constant -= member.factor * *exact_count(lattice_.cells()[member.cell]);
      }
    }
    if (equation.terms.empty()) continue;
    std::sort(equation.terms.begin(), equation.terms.end(),
              [](const LinearTerm& a, const LinearTerm& b) { return a.variable < b.variable; });
    system_.equations.push_back(std::move(equation));
    origins_.push_back(std::move(origin));
  }
}

void TableSystem::add_recalled() {
  if (sabotaged("ledger-forgotten")) return;
  for (const CellLattice::Recalled& one : lattice_.recalled()) {
    system_.equations.push_back({{{*variable_of(one.cell), 1}}, one.count});
    origins_.push_back({Dimension::kTimePeriod, {{one.cell, 1}}});
  }
}

std::optional<std::int64_t> TableSystem::recalled_count(std::uint32_t cell) const {
  for (std::size_t i = origins_.size(); i-- > 0 && is_recalled(static_cast<std::uint32_t>(i));) {
    if (origins_[i].members.front().cell == cell) return system_.equations[i].constant;
  }
  return std::nullopt;
}

std::optional<Variable> TableSystem::variable_of(std::uint32_t cell) const {
  const Variable variable = variables_[cell];
  return variable == kNoVariable ? std::nullopt : std::optional(variable);
}

Bounds TableSystem::bounds_of(const Cell& cell) const {
  switch (cell.state) {
    case CellState::kHidden:
      return {policy_.zeros_sensitive || below_small_total(cell) || sabotaged("hidden-may-be-zero")
                  ? 0
                  : 1,
              std::nullopt};
    case CellState::kBelow:
    case CellState::kAbove: {
      const Interval known = interval_of(cell);
      return {whole_below(known.least).value_or(0),
              known.most ? whole_below(*known.most) : std::nullopt};
    }
    default:
      return {0, std::nullopt};
  }
}

bool TableSystem::below_small_total(const Cell& cell) const {
  bool below = false;
  lattice_.each_margin(cell, [&](std::uint32_t margin) {
    const auto most = most_of(margin);
    below = below || (most && *most < policy_.k);
  });
  return below;
}

std::optional<std::int64_t> TableSystem::most_of(std::uint32_t number) const {
  const Cell& cell = lattice_.cells()[number];
  if (const auto count = exact_count(cell)) return count;
  if (const auto variable = variable_of(number); variable && derived_[*variable]) {
    return derived_[*variable];
  }
  return cell.state == CellState::kBelow ? bounds_of(cell).most : std::nullopt;
}

std::vector<ProofTerm> TableSystem::recalled_equations() const {
  std::vector<ProofTerm> all;
  for (std::uint32_t i = 0; i < origins_.size(); ++i) {
    if (is_recalled(i)) all.push_back({i, 1});
  }
  return all;
}

void TableSystem::leave_out(std::span<const ProofTerm> equations) {
  std::vector<char> out(origins_.size(), 0);
  for (const ProofTerm& term : equations) out[term.equation] = 1;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] != 0) continue;
    if (kept != i) {
      system_.equations[kept] = std::move(system_.equations[i]);
      origins_[kept] = std::move(origins_[i]);
    }
    ++kept;
  }
  system_.equations.resize(kept);
  origins_.resize(kept);
}

void TableSystem::loosen(const Derivation& derivation) {
  for (const Derived& one : derivation.derived) derived_[one.variable] = one.value;
  for (Variable v = 0; v < cells_.size(); ++v) {
    const Cell& cell = cell_of(v);
    if (cell.state == CellState::kHidden && system_.bounds[v].least > 0) {
      system_.bounds[v] = bounds_of(cell);
    }
  }
}

}  // namespace rapporteur::disclosure
