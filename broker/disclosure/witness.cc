#include "broker/disclosure/witness.h"

#include <cstddef>

#include "broker/rules/amount.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

// 128 bits hold what 2^32 terms of 32-bit factors and 63-bit numerators add up to.
using rules::Int128;

bool fits(const Equation& equation, const Witness& witness) {
  Int128 sum = 0;
  for (const LinearTerm& term : equation.terms) {
    RAPPORTEUR_CHECK(term.variable < witness.numerators.size());
    sum += static_cast<Int128>(term.factor) * witness.numerators[term.variable];
  }
  return sum == static_cast<Int128>(equation.constant) * witness.denominator;
}

bool fits(const Bounds& bounds, std::int64_t numerator, std::int64_t denominator) {
  const auto scaled = [&](std::int64_t bound) { return static_cast<Int128>(bound) * denominator; };
  return numerator >= scaled(bounds.least) && (!bounds.most || numerator <= scaled(*bounds.most));
}

}  // namespace

std::optional<Misfit> misfit_of(const LinearSystem& system, const Witness& witness) {
  if (witness.numerators.size() != system.bounds.size() || witness.denominator < 1 ||
      witness.denominator > kMaxDenominator) {
    return Misfit{Misfit::Kind::kShape, 0};
  }
  for (std::size_t v = 0; v < system.bounds.size(); ++v) {
    if (!fits(system.bounds[v], witness.numerators[v], witness.denominator) &&
        !sabotaged("witness-bounds-unchecked")) {
      return Misfit{Misfit::Kind::kBound, static_cast<std::uint32_t>(v)};
    }
  }
  for (std::size_t e = 0; e < system.equations.size(); ++e) {
    if (!fits(system.equations[e], witness) && !sabotaged("witness-sums-unchecked")) {
      return Misfit{Misfit::Kind::kEquation, static_cast<std::uint32_t>(e)};
    }
  }
  return std::nullopt;
}

}  // namespace rapporteur::disclosure
