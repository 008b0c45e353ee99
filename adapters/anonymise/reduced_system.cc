#include "adapters/anonymise/reduced_system.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

namespace rapporteur::anonymise {

using disclosure::Bounds;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::LinearTerm;
using disclosure::Variable;

namespace {

// Terms that replacing a variable may add, at the most.
constexpr std::size_t kMostFill = 24;
// Products of larger factors might not fit.
constexpr std::int32_t kMostFactor = 1 << 10;

bool is_constant(const Bounds& bounds) {
  return bounds.most == bounds.least;
}

}  // namespace

class Reduction {
 public:
  Reduction(const LinearSystem& system, std::span<const std::uint32_t> equations,
            ReducedSystem& out)
      : out_(out),
        bounds_(system.bounds),
        is_replaced_(bounds_.size(), 0),
        holders_(bounds_.size()) {
    for (const std::uint32_t e : equations) {
      const auto row = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back(system.equations[e]);
      for (const LinearTerm& term : rows_[row].terms) holders_[term.variable].push_back(row);
      due_.push_back(row);
    }
    is_due_.assign(rows_.size(), 1);
  }

  void run() && {
    for (Variable v = 0; v < bounds_.size(); ++v) {
      if (is_constant(bounds_[v])) replace(v, {{}, bounds_[v].least});
    }
    while (!due_.empty()) {
      const std::uint32_t row = due_.front();
      due_.pop_front();
      is_due_[row] = 0;
      look_at(row);
    }
    finish();
  }

 private:
  struct Expression {
    std::vector<LinearTerm> terms;
    std::int64_t constant = 0;
  };

  // The equation solved for one of its terms, of factor 1 or -1.
  static Expression solved_for(const Equation& row, const LinearTerm& term) {
    Expression out{{}, term.factor * row.constant};
    for (const LinearTerm& other : row.terms) {
      if (other.variable == term.variable) continue;
      out.terms.push_back({other.variable, -term.factor * other.factor});
    }
    return out;
  }
  static bool has_unit_factor(const LinearTerm& term) {
    return term.factor == 1 || term.factor == -1;
  }

  void look_at(std::uint32_t number) {
    const Equation& row = rows_[number];
    if (row.terms.empty()) return;
    if (row.terms.size() == 1) return fix(number);
    if (row.terms.size() == 2) {
      const auto one = std::ranges::find_if(row.terms, has_unit_factor);
      if (one == row.terms.end()) return;
      const auto other = one == row.terms.begin() ? std::next(one) : row.terms.begin();
      if (has_unit_factor(*other)) return replace_one_of_two(number, fewer_holders(*one, *other));
    }
    for (const LinearTerm& term : row.terms) {
      if (has_unit_factor(term) && adds_little(number, term) && bounds_follow(number, term)) {
        return replace_by(number, term);
      }
    }
  }

  [[nodiscard]] LinearTerm fewer_holders(const LinearTerm& a, const LinearTerm& b) const {
    return holders_[b.variable].size() < holders_[a.variable].size() ? b : a;
  }

  void fix(std::uint32_t number) {
    const LinearTerm term = rows_[number].terms.front();
    const std::int64_t constant = rows_[number].constant;
    if (constant % term.factor != 0) return;
    const std::int64_t value = constant / term.factor;
    Bounds& bounds = bounds_[term.variable];
    if (value < bounds.least || (bounds.most && value > *bounds.most)) return;
    rows_[number].terms.clear();
    replace(term.variable, {{}, value});
  }

  [[nodiscard]] bool adds_little(std::uint32_t number, const LinearTerm& term) const {
    const std::vector<LinearTerm>& terms = rows_[number].terms;
    const std::vector<std::uint32_t>& holders = holders_[term.variable];
    if ((holders.size() - 1) * (terms.size() - 2) > kMostFill) return false;
    const auto is_small = [](const LinearTerm& one) { return std::abs(one.factor) <= kMostFactor; };
    return std::ranges::all_of(terms, is_small) &&
           std::ranges::all_of(holders, [&](std::uint32_t row) {
             return is_small(*std::ranges::lower_bound(rows_[row].terms, term.variable, {},
                                                       &LinearTerm::variable));
           });
  }

  // What the others allow lies within its bounds.
  [[nodiscard]] bool bounds_follow(std::uint32_t number, const LinearTerm& term) const {
    const Expression is = solved_for(rows_[number], term);
    const Bounds& bounds = bounds_[term.variable];
    std::int64_t least = is.constant;
    std::optional<std::int64_t> most = is.constant;
    for (const LinearTerm& other : is.terms) {
      const Bounds& of = bounds_[other.variable];
      const std::int64_t factor = other.factor;
      if (factor < 0 && !of.most) return false;
      least += factor * (factor > 0 ? of.least : *of.most);
      if (factor > 0 && !of.most) most.reset();
      if (most) *most += factor * (factor > 0 ? *of.most : of.least);
    }
    return least >= bounds.least && (!bounds.most || (most && *most <= *bounds.most));
  }

  // Its bounds are then those of the other.
  void replace_one_of_two(std::uint32_t number, const LinearTerm& term) {
    const Expression is = solved_for(rows_[number], term);
    const Bounds gone = bounds_[term.variable];
    const Variable other = is.terms.front().variable;
    Bounds& bounds = bounds_[other];
    const auto at_least = [&](std::int64_t value) { bounds.least = std::max(bounds.least, value); };
    const auto at_most = [&](std::int64_t value) {
      bounds.most = std::min(bounds.most.value_or(value), value);
    };
    if (is.terms.front().factor > 0) {
      at_least(gone.least - is.constant);
      if (gone.most) at_most(*gone.most - is.constant);
    } else {
      at_most(is.constant - gone.least);
      if (gone.most) at_least(is.constant - *gone.most);
    }
    replace_by(number, term);
    if (is_constant(bounds)) return replace(other, {{}, bounds.least});
    for (const std::uint32_t row : holders_[other]) put_on(row);
  }

  void replace_by(std::uint32_t number, const LinearTerm& term) {
    Expression is = solved_for(rows_[number], term);
    for (const LinearTerm& one : rows_[number].terms) forget(one.variable, number);
    rows_[number].terms.clear();
    replace(term.variable, std::move(is));
  }

  void replace(Variable variable, Expression is) {
    is_replaced_[variable] = 1;
    for (const std::uint32_t row : std::exchange(holders_[variable], {})) {
      if (!rows_[row].terms.empty()) substitute(row, variable, is);
    }
    out_.replaced_.push_back({variable, std::move(is.terms), is.constant});
  }

  void substitute(std::uint32_t number, Variable variable, const Expression& is) {
    Equation& row = rows_[number];
    const auto gone = std::ranges::lower_bound(row.terms, variable, {}, &LinearTerm::variable);
    const std::int32_t factor = gone->factor;
    row.constant -= factor * is.constant;
    std::vector<LinearTerm> terms;
    terms.reserve(row.terms.size() + is.terms.size());
    auto mine = row.terms.cbegin();
    const auto end = row.terms.cend();
    for (const LinearTerm& term : is.terms) {
      for (; mine != end && mine->variable < term.variable; ++mine) {
        if (mine != gone) terms.push_back(*mine);
      }
      const bool both = mine != end && mine->variable == term.variable;
      const std::int32_t sum = (both ? mine->factor : 0) + factor * term.factor;
      if (both) ++mine;
      if (sum != 0) terms.push_back({term.variable, sum});
      if (sum == 0) forget(term.variable, number);
      if (!both) holders_[term.variable].push_back(number);
    }
    std::copy_if(mine, end, std::back_inserter(terms),
                 [&](const LinearTerm& term) { return term.variable != variable; });
    row.terms = std::move(terms);
    put_on(number);
  }

  void forget(Variable variable, std::uint32_t row) { std::erase(holders_[variable], row); }
  void put_on(std::uint32_t row) {
    if (std::exchange(is_due_[row], 1) == 0) due_.push_back(row);
  }

  void finish() {
    std::vector<Variable> number(bounds_.size(), 0);
    for (Variable v = 0; v < bounds_.size(); ++v) {
      if (is_replaced_[v] != 0) continue;
      number[v] = static_cast<Variable>(out_.kept_.size());
      out_.kept_.push_back(v);
      out_.reduced_.bounds.push_back(bounds_[v]);
    }
    for (Equation& row : rows_) {
      if (row.terms.empty()) continue;
      for (LinearTerm& term : row.terms) term.variable = number[term.variable];
      out_.reduced_.equations.push_back(std::move(row));
    }
  }

  ReducedSystem& out_;
  std::vector<Bounds> bounds_;
  std::vector<char> is_replaced_;
  std::vector<Equation> rows_;
  std::vector<std::vector<std::uint32_t>> holders_;  // rows, by variable
  std::deque<std::uint32_t> due_;
  std::vector<char> is_due_;
};

ReducedSystem::ReducedSystem(const LinearSystem& system, std::span<const std::uint32_t> equations)
    : variables_(system.bounds.size()) {
  Reduction(system, equations, *this).run();
  of_one_.resize(variables_);
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    of_one_[kept_[i]] = OfOne{static_cast<Variable>(i), 1, 0};
  }
  for (auto one = replaced_.rbegin(); one != replaced_.rend(); ++one) {
    if (one->is.size() != 1 || !of_one_[one->is.front().variable]) continue;
    const OfOne& other = *of_one_[one->is.front().variable];
    const std::int32_t factor = one->is.front().factor;
    of_one_[one->variable] =
        OfOne{other.kept, factor * other.factor, one->constant + factor * other.constant};
  }
}

std::vector<double> ReducedSystem::expanded(std::span<const double> kept) const {
  std::vector<double> values(variables_);
  for (std::size_t i = 0; i < kept.size(); ++i) values[kept_[i]] = kept[i];
  for (auto one = replaced_.rbegin(); one != replaced_.rend(); ++one) {
    auto value = static_cast<double>(one->constant);
    for (const LinearTerm& term : one->is) value += term.factor * values[term.variable];
    values[one->variable] = value;
  }
  return values;
}

std::vector<double> ReducedSystem::weights_of_kept(std::vector<double> weights) const {
  for (const Replaced& one : replaced_) {
    if (weights[one.variable] == 0) continue;
    for (const LinearTerm& term : one.is) {
      weights[term.variable] += weights[one.variable] * term.factor;
    }
  }
  std::vector<double> out;
  out.reserve(kept_.size());
  for (const Variable variable : kept_) out.push_back(weights[variable]);
  return out;
}

}  // namespace rapporteur::anonymise
