#include "broker/disclosure/proof_book.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "proto/base/check.h"

namespace rapporteur::disclosure {
namespace {

using rules::Int128;

// Two numbers within it have a product that 128 bits hold, with room for a sum.
constexpr Int128 kLargest = Int128{1} << 62U;
// Both parts of a fraction below it are told apart from all other such fractions by their residue.
constexpr std::int64_t kLargestPart = std::int64_t{1} << 29U;

Int128 gcd_of(Int128 a, Int128 b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a < 0 ? -a : a;
}

bool small(Int128 number) {
  return number < kLargest && number > -kLargest;
}

std::int64_t centred(Residue residue) {
  const auto value = static_cast<std::int64_t>(residue.value());
  const auto prime = static_cast<std::int64_t>(Residue::kPrime);
  return value > prime / 2 ? value - prime : value;
}

// The denominator of the only small fraction that is this residue: the extended Euclidean
// algorithm, stopped half-way (Wang, 1981).
std::optional<std::int64_t> denominator_of(Residue residue) {
  auto above = static_cast<std::int64_t>(Residue::kPrime);
  auto here = static_cast<std::int64_t>(residue.value());
  std::int64_t factor_above = 0;
  std::int64_t factor = 1;
  while (here > kLargestPart) {
    const std::int64_t times = above / here;
    above = std::exchange(here, above - times * here);
    factor_above = std::exchange(factor, factor_above - times * factor);
  }
  if (factor == 0 || std::abs(factor) > kLargestPart) return std::nullopt;
  return std::abs(factor);
}

}  // namespace

std::optional<std::vector<ProofTerm>> whole_multipliers(
    std::span<const RowFactor> rows, std::span<const std::uint32_t> equation_of) {
  std::int64_t common = 1;
  for (const RowFactor& row : rows) {
    const Residue scaled = row.factor.times(Residue::of(common));
    if (std::abs(centred(scaled)) <= kLargestPart) continue;
    const auto denominator = denominator_of(scaled);
    if (!denominator || common > kLargestPart / *denominator) return std::nullopt;
    common *= *denominator;
  }
  std::vector<ProofTerm> terms;
  for (const RowFactor& row : rows) {
    const std::int64_t multiplier = centred(row.factor.times(Residue::of(common)));
    if (multiplier == 0) continue;
    terms.push_back({equation_of[row.row], multiplier});
  }
  return terms;
}

ProofBook::ProofBook(const LinearSystem& system, WorkBound& bound)
    : system_(system), bound_(bound), order_(system.bounds.size(), kUnknown) {}

void ProofBook::solve(Variable variable, std::uint32_t equation) {
  RAPPORTEUR_CHECK(order_[variable] == kUnknown);
  std::int32_t factor = 0;
  for (const LinearTerm& term : system_.equations[equation].terms) {
    if (term.variable == variable) factor = term.factor;
  }
  RAPPORTEUR_CHECK(factor != 0);
  order_[variable] = static_cast<std::uint32_t>(steps_.size());
  steps_.push_back({variable, equation, factor});
}

// Adds equations up, and takes out what the book knows from the last step to the first.
class ProofBook::Sum {
 public:
  // Steps before `steps` are taken out.
  Sum(const ProofBook& book, std::uint32_t steps) : book_(book), steps_(steps) {}

  void add(std::uint32_t equation, Int128 multiplier) {
    put(multipliers_[equation], multiplier);
    for (const LinearTerm& term : book_.system_.equations[equation].terms) {
      const std::uint32_t step = book_.order_[term.variable];
      Int128& factor = step < steps_ ? known_[step] : left_[term.variable];
      put(factor, multiplier * term.factor);
    }
    put(constant_, multiplier * book_.system_.equations[equation].constant);
  }

  bool take_out(WorkBound& bound) {
    while (!known_.empty() && !overflow_) {
      const auto [number, factor] = *known_.rbegin();
      const Step& step = book_.steps_[number];
      const auto size = book_.system_.equations[step.equation].terms.size();
      if (!bound.spend(size + 1)) return false;
      if (factor != 0) {
        const Int128 common = gcd_of(factor, step.factor);
        scale(step.factor < 0 ? -step.factor / common : step.factor / common);
        if (!overflow_) add(step.equation, -known_[number] / step.factor);
      }
      known_.erase(number);
    }
    return !overflow_;
  }

  // In lowest terms, the first factor that is left above zero.
  [[nodiscard]] Combination take() {
    std::erase_if(left_, [](const auto& term) { return term.second == 0; });
    Int128 common = constant_;
    for (const auto& [equation, multiplier] : multipliers_) common = gcd_of(common, multiplier);
    for (const auto& [variable, factor] : left_) common = gcd_of(common, factor);
    if (common == 0) common = 1;
    if (!left_.empty() && left_.begin()->second < 0) common = -common;
    Combination combination;
    for (const auto& [equation, multiplier] : multipliers_) {
      if (multiplier == 0) continue;
      combination.terms.push_back({equation, static_cast<std::int64_t>(multiplier / common)});
    }
    for (const auto& [variable, factor] : left_) {
      combination.left.emplace_back(variable, factor / common);
    }
    combination.constant = constant_ / common;
    return combination;
  }

 private:
  void put(Int128& number, Int128 more) {
    number += more;
    if (!small(number)) overflow_ = true;
    if (overflow_) number = 0;
  }
  void scale(Int128 by) {
    if (by == 1) return;
    for (auto* numbers : {&multipliers_, &known_, &left_}) {
      for (auto& [at, number] : *numbers) put(number, number * (by - 1));
    }
    put(constant_, constant_ * (by - 1));
  }

  const ProofBook& book_;
  std::uint32_t steps_;
  std::map<std::uint32_t, Int128> multipliers_;
  std::map<std::uint32_t, Int128> known_;  // by step
  std::map<std::uint32_t, Int128> left_;   // by variable
  Int128 constant_ = 0;
  bool overflow_ = false;
};

std::optional<Combination> ProofBook::derivation_of(Variable variable) {
  const std::uint32_t step = order_[variable];
  RAPPORTEUR_CHECK(step != kUnknown);
  Sum sum(*this, step);
  sum.add(steps_[step].equation, 1);
  if (!sum.take_out(bound_)) return std::nullopt;
  return sum.take();
}

std::optional<Combination> ProofBook::without_known(std::span<const ProofTerm> terms) {
  Sum sum(*this, static_cast<std::uint32_t>(steps_.size()));
  for (const ProofTerm& term : terms) {
    if (!bound_.spend(system_.equations[term.equation].terms.size() + 1)) return std::nullopt;
    sum.add(term.equation, term.multiplier);
  }
  if (!sum.take_out(bound_)) return std::nullopt;
  return sum.take();
}

}  // namespace rapporteur::disclosure
