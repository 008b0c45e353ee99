#include "adapters/anonymise/public_system.h"

#include <algorithm>
#include <utility>

#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

// For tests alone: an attack on less than what is public.
bool forgotten(const CaseTable::Line& line) {
  return (sabotaged("equation-dropped") && line.total % 4 == 0) ||
         (sabotaged("total-of-all-forgotten") && line.total == 0);
}

}  // namespace

std::int64_t least_hidden(const PatternTask& task) {
  return task.zeros_public && !sabotaged("zeros-policy-forgotten") ? 1 : 0;
}

PublicSystem public_system(const PatternTask& task, std::span<const char> hidden) {
  PublicSystem out;
  std::vector<disclosure::Variable> variable(hidden.size(), 0);
  for (std::uint32_t cell = 0; cell < hidden.size(); ++cell) {
    if (hidden[cell] == 0) continue;
    variable[cell] = static_cast<disclosure::Variable>(out.cells.size());
    if (task.is_protected[cell] != 0) out.targets.push_back({variable[cell], {}});
    out.cells.push_back(cell);
    out.linear.bounds.push_back({least_hidden(task), {}});
  }
  for (const CaseTable::Line& line : task.table.lines()) {
    disclosure::Equation equation;
    const auto put = [&](std::uint32_t cell, std::int32_t factor) {
      if (hidden[cell] != 0) {
        equation.terms.push_back({variable[cell], factor});
      } else {
        equation.constant -= factor * task.table.count(cell);
      }
    };
    put(line.total, -1);
    for (const std::uint32_t part : line.parts) put(part, 1);
    if (equation.terms.empty() || forgotten(line)) continue;
    std::ranges::sort(equation.terms, {}, &disclosure::LinearTerm::variable);
    out.linear.equations.push_back(std::move(equation));
  }
  return out;
}

}  // namespace rapporteur::anonymise
