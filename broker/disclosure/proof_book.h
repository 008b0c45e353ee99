// How variables were solved one after the other, and what follows from equations once these are
// taken out: in integers, exactly.
//
// Threads: one. Lifetime: borrows system and bound.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/derivation.h"
#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/row_elimination.h"
#include "broker/disclosure/work_bound.h"
#include "broker/rules/amount.h"

namespace rapporteur::disclosure {

// The sum of multiplied equations: what is left of their terms, and of their constants.
struct Combination {
  std::vector<ProofTerm> terms;                          // ascending equations, no zero multiplier
  std::vector<std::pair<Variable, rules::Int128>> left;  // ascending variables, no zero factor
  rules::Int128 constant = 0;
};

class ProofBook {
 public:
  ProofBook(const LinearSystem& system, WorkBound& bound);

  // All other variables of the equation are in the book already.
  void solve(Variable variable, std::uint32_t equation);
  [[nodiscard]] bool knows(Variable variable) const { return order_[variable] != kUnknown; }

  // Of a variable of the book from its equation: left is that variable alone.
  // Empty when numbers grow too large, or the bound is exceeded.
  [[nodiscard]] std::optional<Combination> derivation_of(Variable variable);
  // The equations with all variables of the book taken out.
  [[nodiscard]] std::optional<Combination> without_known(std::span<const ProofTerm> terms);

 private:
  static constexpr std::uint32_t kUnknown = UINT32_MAX;
  struct Step {
    Variable variable = 0;
    std::uint32_t equation = 0;
    std::int32_t factor = 1;  // of the variable
  };
  class Sum;

  const LinearSystem& system_;
  WorkBound& bound_;
  std::vector<std::uint32_t> order_;  // by variable: its step
  std::vector<Step> steps_;
};

// Multipliers as whole numbers; the rows then add up to a multiple of what they added up to.
// `equation_of` says which equation a row is. Empty if they are no fractions of small numbers.
[[nodiscard]] std::optional<std::vector<ProofTerm>> whole_multipliers(
    std::span<const RowFactor> rows, std::span<const std::uint32_t> equation_of);

}  // namespace rapporteur::disclosure
