#include "adapters/anonymise/exact_tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapporteur::anonymise {
namespace {

using disclosure::Column;
using disclosure::Elimination;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::LinearTerm;
using disclosure::Residue;
using disclosure::Term;
using disclosure::Witness;

// Divided by all up to 10, so that fractions which such divisors leave are whole numerators.
constexpr std::int64_t kDivisible = 2520;
constexpr std::int64_t kDenominator = kDivisible * 1024;

Column column_of_equation(const Equation& equation, std::uint32_t constant_row) {
  Column column;
  column.reserve(equation.terms.size() + 1);
  for (const LinearTerm& term : equation.terms) {
    column.push_back({term.variable, Residue::of(term.factor)});
  }
  if (equation.constant != 0) column.push_back({constant_row, Residue::of(equation.constant)});
  return column;
}

// What a residue stands for when it is a small number.
std::int64_t small_number(Residue residue) {
  const std::uint64_t value = residue.value();
  return value <= Residue::kPrime / 2 ? static_cast<std::int64_t>(value)
                                      : -static_cast<std::int64_t>(Residue::kPrime - value);
}

}  // namespace

ExactTables::ExactTables(const LinearSystem& system)
    : system_(system), is_solved_(system.bounds.size(), 0) {
  const auto constant_row = static_cast<std::uint32_t>(system.bounds.size());
  std::vector<std::size_t> uses(system.bounds.size(), 0);
  for (const Equation& equation : system.equations) {
    for (const LinearTerm& term : equation.terms) ++uses[term.variable];
  }
  // Short ones first: what is left of the long ones is short then.
  std::vector<std::uint32_t> order(system.equations.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {},
                           [&](std::uint32_t e) { return system.equations[e].terms.size(); });
  Elimination elimination(system.bounds.size() + 1);
  for (const std::uint32_t e : order) {
    Column left = elimination.reduced(column_of_equation(system.equations[e], constant_row));
    if (left.empty()) continue;
    if (left.front().row == constant_row) {
      contradictory_ = true;
      return;
    }
    const auto end = left.back().row == constant_row ? left.end() - 1 : left.end();
    const auto fewer_uses = [&](const Term& a, const Term& b) { return uses[a.row] < uses[b.row]; };
    const std::uint32_t row = std::min_element(left.begin(), end, fewer_uses)->row;
    elimination.publish(std::move(left), row);
    independent_.push_back(e);
    is_solved_[row] = 1;
    Solved solved{row, elimination.newest()};
    std::erase_if(solved.rest, [&](const Term& term) { return term.row == row; });
    solved_.push_back(std::move(solved));
  }
  std::ranges::sort(independent_);
}

std::optional<Witness> ExactTables::nearest(std::span<const double> values) const {
  if (contradictory_) return std::nullopt;
  for (const std::int64_t multiples : {std::int64_t{1}, kDivisible}) {
    auto witness = rounded(values, multiples);
    if (witness) return witness;
  }
  return std::nullopt;
}

std::optional<Witness> ExactTables::rounded(std::span<const double> values,
                                            std::int64_t multiples) const {
  const std::size_t variables = system_.bounds.size();
  std::vector<Residue> numerators(variables + 1);
  numerators[variables] = Residue::of(-kDenominator);
  Witness witness;
  witness.denominator = kDenominator;
  witness.numerators.assign(variables, 0);
  for (std::size_t v = 0; v < variables; ++v) {
    if (is_solved_[v] != 0) continue;
    const double parts =
        values[v] * static_cast<double>(kDenominator) / static_cast<double>(multiples);
    if (!(std::abs(parts) < static_cast<double>(std::int64_t{1} << 50U))) return std::nullopt;
    witness.numerators[v] = std::llround(parts) * multiples;
    numerators[v] = Residue::of(witness.numerators[v]);
  }
  for (auto solved = solved_.rbegin(); solved != solved_.rend(); ++solved) {
    Residue sum;
    for (const Term& term : solved->rest) {
      sum = sum.minus(term.factor.times(numerators[term.row]));
    }
    numerators[solved->variable] = sum;
    witness.numerators[solved->variable] = small_number(sum);
  }
  // Smaller numbers say the same.
  std::int64_t common = kDenominator;
  for (const std::int64_t numerator : witness.numerators) common = std::gcd(common, numerator);
  witness.denominator /= common;
  for (std::int64_t& numerator : witness.numerators) numerator /= common;
  if (disclosure::misfit_of(system_, witness)) return std::nullopt;
  return witness;
}

}  // namespace rapporteur::anonymise
