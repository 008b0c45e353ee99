// Elimination modulo a prime against a dense one in rational numbers.
#include "broker/disclosure/derivation.h"

#include <map>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/rules/amount.h"

namespace rapporteur::disclosure {
namespace {

using rules::Int128;

constexpr DerivationBound kPlenty{10'000'000};

struct Fraction {
  Int128 above = 0;
  Int128 below = 1;

  static Fraction of(Int128 a, Int128 b) {
    Int128 x = a < 0 ? -a : a;
    Int128 y = b < 0 ? -b : b;
    while (y != 0) x = std::exchange(y, x % y);
    if (b < 0) x = -x;
    return {a / x, b / x};
  }
  [[nodiscard]] bool zero() const { return above == 0; }
  [[nodiscard]] Fraction minus_product(const Fraction& a, const Fraction& b) const {
    const Fraction product = of(a.above * b.above, a.below * b.below);
    return of(above * product.below - product.above * below, below * product.below);
  }
  [[nodiscard]] Fraction over(const Fraction& other) const {
    return of(above * other.below, below * other.above);
  }
};

// Reduced row echelon form of the system with its constants in the last column.
std::vector<std::vector<Fraction>> reduced(const LinearSystem& system) {
  const std::size_t width = system.bounds.size() + 1;
  std::vector<std::vector<Fraction>> rows;
  for (const Equation& equation : system.equations) {
    auto& row = rows.emplace_back(width);
    for (const LinearTerm& term : equation.terms) row[term.variable] = {term.factor, 1};
    row.back() = {equation.constant, 1};
  }
  std::size_t rank = 0;
  for (std::size_t column = 0; column < width && rank < rows.size(); ++column) {
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][column].zero()) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    const Fraction factor = rows[rank][column];
    for (Fraction& entry : rows[rank]) entry = entry.over(factor);
    for (std::size_t other = 0; other < rows.size(); ++other) {
      if (other == rank || rows[other][column].zero()) continue;
      const Fraction times = rows[other][column];
      for (std::size_t i = 0; i < width; ++i) {
        rows[other][i] = rows[other][i].minus_product(times, rows[rank][i]);
      }
    }
    ++rank;
  }
  rows.resize(rank);
  return rows;
}

struct Naive {
  bool contradicts = false;
  std::map<Variable, std::int64_t> values;
};

Naive naive(const LinearSystem& system) {
  Naive found;
  for (const auto& row : reduced(system)) {
    std::vector<Variable> held;
    for (Variable v = 0; v + 1 < row.size(); ++v) {
      if (!row[v].zero()) held.push_back(v);
    }
    const Fraction& constant = row.back();
    if (held.empty() || (held.size() == 1 && constant.below != 1)) {
      found.contradicts = true;
    } else if (held.size() == 1) {
      found.values.emplace(held.front(), static_cast<std::int64_t>(constant.above));
    }
  }
  return found;
}

// The equations times their multipliers, in integers.
void check_proof(const LinearSystem& system, const Derived& derived) {
  std::map<Variable, Int128> left;
  Int128 constant = 0;
  for (const ProofTerm& term : derived.proof) {
    for (const LinearTerm& t : system.equations[term.equation].terms) {
      left[t.variable] += static_cast<Int128>(term.multiplier) * t.factor;
    }
    constant += static_cast<Int128>(term.multiplier) * system.equations[term.equation].constant;
  }
  std::erase_if(left, [](const auto& term) { return term.second == 0; });
  RC_ASSERT(left.size() == 1U);
  RC_ASSERT(left.begin()->first == derived.variable);
  RC_ASSERT(left.begin()->second == static_cast<Int128>(derived.divisor));
  RC_ASSERT(constant == static_cast<Int128>(derived.divisor) * derived.value);
}

// Of a hidden table, so that the equations hold; `wrong` adds to some constants.
LinearSystem some_system(bool wrong, bool unit_factors) {
  const auto variables = *rc::gen::inRange<std::size_t>(1, 9);
  const auto equations = *rc::gen::inRange<std::size_t>(0, 10);
  const auto table =
      *rc::gen::container<std::vector<std::int64_t>>(variables, rc::gen::inRange(0, 50));
  LinearSystem system;
  system.bounds.resize(variables);
  for (std::size_t e = 0; e < equations; ++e) {
    Equation& equation = system.equations.emplace_back();
    for (Variable v = 0; v < variables; ++v) {
      const auto factor =
          unit_factors ? *rc::gen::element(0, 0, 1, -1) : *rc::gen::element(0, 0, 0, 1, -1, 2, 3);
      if (factor == 0) continue;
      equation.terms.push_back({v, factor});
      equation.constant += factor * table[v];
    }
    if (wrong) equation.constant += *rc::gen::element(0, 0, 0, 1);
  }
  return system;
}

void compare(const LinearSystem& system) {
  const Naive wanted = naive(system);
  const Derivation found = derive(system, kPlenty);
  if (wanted.contradicts) {
    RC_ASSERT(found.outcome == Derivation::Outcome::kContradiction);
    RC_ASSERT(!found.contradiction.empty());
    return;
  }
  RC_ASSERT(found.outcome == Derivation::Outcome::kDone);
  std::map<Variable, std::int64_t> values;
  for (const Derived& one : found.derived) {
    values.emplace(one.variable, one.value);
    check_proof(system, one);
  }
  RC_ASSERT(values == wanted.values);
  RC_TAG(values.empty() ? "safe" : "unsafe");
}

RC_GTEST_PROP(DerivationProperty, SumsOfATable, ()) {
  compare(some_system(false, true));
}

RC_GTEST_PROP(DerivationProperty, AnyFactors, ()) {
  compare(some_system(false, false));
}

RC_GTEST_PROP(DerivationProperty, SystemsThatMayContradictThemselves, ()) {
  compare(some_system(true, true));
}

}  // namespace
}  // namespace rapporteur::disclosure
