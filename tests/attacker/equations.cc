#include "tests/attacker/equations.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace rapporteur::attacker {

Fraction Fraction::of(Wide above, Wide below) {
  Wide one = above < 0 ? -above : above;
  Wide other = below < 0 ? -below : below;
  while (other != 0) one = std::exchange(other, one % other);
  if (below < 0) one = -one;
  above /= one;
  below /= one;
  if (above > INT64_MAX || above < -INT64_MAX || below > INT64_MAX) {
    throw std::overflow_error("a fraction does not fit");
  }
  Fraction out(static_cast<std::int64_t>(above));
  out.below_ = static_cast<std::int64_t>(below);
  return out;
}

Fraction Fraction::minus_product(const Fraction& a, const Fraction& b) const {
  if (a.zero() || b.zero()) return *this;
  const Fraction product = of(Wide{a.above_} * b.above_, Wide{a.below_} * b.below_);
  return of(Wide{above_} * product.below_ - Wide{product.above_} * below_,
            Wide{below_} * product.below_);
}

Fraction Fraction::over(const Fraction& other) const {
  return of(Wide{above_} * other.below_, Wide{below_} * other.above_);
}

std::optional<std::int64_t> Fraction::whole() const {
  if (below_ != 1) return std::nullopt;
  return above_;
}

Equations::Equations(const Puzzle& puzzle) : unknowns_(puzzle.least.size()) {
  for (const Known& known : puzzle.equal) {
    Row row(unknowns_ + 1);
    for (const Term& term : known.sum) row[term.unknown] = term.factor;
    row.back() = known.value;
    for (const Solved& solved : solved_) take_off(row, solved.unknown, solved.row);
    const auto first =
        std::find_if(row.begin(), row.end() - 1, [](const Fraction& f) { return !f.zero(); });
    if (first == row.end() - 1) {
      contradictory_ = contradictory_ || !row.back().zero();
      continue;
    }
    const auto unknown = static_cast<std::size_t>(first - row.begin());
    const Fraction factor = *first;
    for (Fraction& one : row) {
      if (!one.zero()) one = one.over(factor);
    }
    for (Solved& solved : solved_) take_off(solved.row, unknown, row);
    solved_.push_back({unknown, std::move(row)});
  }
}

void Equations::take_off(Row& row, std::size_t unknown, const Row& solved) {
  const Fraction factor = row[unknown];
  if (factor.zero()) return;
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = row[i].minus_product(factor, solved[i]);
}

std::optional<Fraction> Equations::told(const Sum& sum) const {
  Row row(unknowns_ + 1);
  for (const Term& term : sum) row[term.unknown] = term.factor;
  for (const Solved& solved : solved_) take_off(row, solved.unknown, solved.row);
  if (std::any_of(row.begin(), row.end() - 1, [](const Fraction& f) { return !f.zero(); })) {
    return std::nullopt;
  }
  // What was taken off is what it is.
  return Fraction(0).minus_product(row.back(), 1);
}

}  // namespace rapporteur::attacker
