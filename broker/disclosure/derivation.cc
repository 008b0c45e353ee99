#include "broker/disclosure/derivation.h"

#include <algorithm>
#include <deque>
#include <numeric>
#include <optional>
#include <utility>

#include "broker/disclosure/proof_book.h"
#include "broker/disclosure/row_elimination.h"
#include "broker/rules/amount.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Int128;
using Outcome = Derivation::Outcome;

// A value beyond it is read off a proof, in integers, and not off a residue.
constexpr std::int64_t kSurelyWhole = std::int64_t{1} << 50U;

// Where each variable occurs.
struct Occurrences {
  explicit Occurrences(const LinearSystem& system) : begins(system.bounds.size() + 1, 0) {
    for (const Equation& equation : system.equations) {
      for (const LinearTerm& term : equation.terms) {
        RAPPORTEUR_CHECK(term.variable < system.bounds.size());
        ++begins[term.variable + 1];
      }
    }
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    equations.resize(begins.back());
    std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
    for (std::uint32_t e = 0; e < system.equations.size(); ++e) {
      for (const LinearTerm& term : system.equations[e].terms) {
        equations[next[term.variable]++] = e;
      }
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> of(Variable variable) const {
    return std::span(equations).subspan(begins[variable], begins[variable + 1] - begins[variable]);
  }

  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> equations;
};

class Deriver {
 public:
  Deriver(const LinearSystem& system, std::uint64_t most, const WantsProof& wants_proof)
      : system_(system),
        wants_proof_(wants_proof),
        bound_(most),
        book_(system, bound_),
        occurrences_(system),
        values_(system.bounds.size()) {}

  Derivation run() {
    if (propagate() && prove_propagated() && !sabotaged("elimination-left-out")) eliminate();
    result_.multiplications = bound_.spent();
    if (bound_.exceeded()) result_.outcome = Outcome::kTooComplex;
    if (result_.outcome != Outcome::kDone) result_.derived.clear();
    std::sort(result_.derived.begin(), result_.derived.end(),
              [](const Derived& a, const Derived& b) { return a.variable < b.variable; });
    return std::move(result_);
  }

 private:
  bool propagate();
  bool solve(std::uint32_t equation);
  bool prove_propagated();
  void eliminate();
  bool eliminate(std::span<const std::uint32_t> equations);
  bool take_determined(RowElimination& rows, std::span<const Variable> variables,
                       std::span<const std::uint32_t> equations);
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> components() const;

  // False, for `return contradict(...)`.
  bool contradict(std::optional<Combination> combination) {
    result_.outcome = Outcome::kContradiction;
    if (combination) result_.contradiction = std::move(combination->terms);
    return false;
  }
  [[nodiscard]] bool wanted(Variable variable, std::int64_t value) const {
    return !wants_proof_ || wants_proof_(variable, value);
  }

  const LinearSystem& system_;
  const WantsProof& wants_proof_;
  WorkBound bound_;
  ProofBook book_;
  Occurrences occurrences_;
  std::vector<std::optional<std::int64_t>> values_;
  std::vector<std::uint32_t> unknowns_;  // by equation
  std::vector<Variable> propagated_;
  Derivation result_;
};

// False when there is nothing to go on with: a contradiction, or too much.
bool Deriver::propagate() {
  std::deque<std::uint32_t> due;
  for (std::uint32_t e = 0; e < system_.equations.size(); ++e) {
    const std::size_t terms = system_.equations[e].terms.size();
    unknowns_.push_back(static_cast<std::uint32_t>(terms));
    if (terms <= 1) due.push_back(e);
  }
  while (!due.empty()) {
    const std::uint32_t equation = due.front();
    due.pop_front();
    if (!bound_.spend(system_.equations[equation].terms.size() + 1)) return false;
    const std::size_t before = propagated_.size();
    if (!solve(equation)) return false;
    if (propagated_.size() == before) continue;
    for (const std::uint32_t holder : occurrences_.of(propagated_.back())) {
      if (--unknowns_[holder] <= 1 && holder != equation) due.push_back(holder);
    }
  }
  return true;
}

// Of an equation with at most one unknown.
bool Deriver::solve(std::uint32_t number) {
  const Equation& equation = system_.equations[number];
  Int128 rest = equation.constant;
  const LinearTerm* unknown = nullptr;
  for (const LinearTerm& term : equation.terms) {
    if (values_[term.variable]) {
      rest -= static_cast<Int128>(term.factor) * *values_[term.variable];
    } else {
      unknown = &term;
    }
  }
  if (unknown == nullptr) {
    if (rest == 0) return true;
    const ProofTerm alone{number, 1};
    return contradict(book_.without_known(std::span(&alone, 1)));
  }
  book_.solve(unknown->variable, number);
  const Int128 value = rest / unknown->factor;
  if (value * unknown->factor != rest || value != static_cast<std::int64_t>(value)) {
    return contradict(book_.derivation_of(unknown->variable));
  }
  values_[unknown->variable] = static_cast<std::int64_t>(value);
  propagated_.push_back(unknown->variable);
  return true;
}

bool Deriver::prove_propagated() {
  for (const Variable variable : propagated_) {
    Derived derived{variable, *values_[variable], 1, {}};
    if (wanted(variable, derived.value)) {
      auto combination = book_.derivation_of(variable);
      if (bound_.exceeded()) return false;
      if (combination && combination->left.size() == 1) {
        derived.divisor = static_cast<std::int64_t>(combination->left.front().second);
        derived.proof = std::move(combination->terms);
      }
    }
    result_.derived.push_back(std::move(derived));
  }
  return true;
}

// Equations with two or more unknowns, those that share one together; each in ascending order.
std::vector<std::vector<std::uint32_t>> Deriver::components() const {
  std::vector<std::vector<std::uint32_t>> found;
  std::vector<char> seen(system_.equations.size(), 0);
  std::vector<char> followed(system_.bounds.size(), 0);
  for (std::uint32_t first = 0; first < seen.size(); ++first) {
    if (seen[first] != 0 || unknowns_[first] < 2) continue;
    std::vector<std::uint32_t> members{first};
    seen[first] = 1;
    for (std::size_t next = 0; next < members.size(); ++next) {
      for (const LinearTerm& term : system_.equations[members[next]].terms) {
        if (values_[term.variable] || followed[term.variable] != 0) continue;
        followed[term.variable] = 1;
        for (const std::uint32_t holder : occurrences_.of(term.variable)) {
          if (seen[holder] == 0) members.push_back(holder);
          seen[holder] = 1;
        }
      }
    }
    std::sort(members.begin(), members.end());
    found.push_back(std::move(members));
  }
  return found;
}

void Deriver::eliminate() {
  for (const std::vector<std::uint32_t>& component : components()) {
    if (!eliminate(component)) return;
  }
}

bool Deriver::eliminate(std::span<const std::uint32_t> equations) {
  std::vector<Variable> variables;
  for (const std::uint32_t e : equations) {
    for (const LinearTerm& term : system_.equations[e].terms) {
      if (!values_[term.variable]) variables.push_back(term.variable);
    }
  }
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());

  RowElimination rows(variables.size(), bound_);
  for (const std::uint32_t e : equations) {
    std::vector<RowTerm> terms;
    Residue constant = Residue::of(system_.equations[e].constant);
    for (const LinearTerm& term : system_.equations[e].terms) {
      const Residue factor = Residue::of(term.factor);
      if (values_[term.variable]) {
        constant = constant.minus(factor.times(Residue::of(*values_[term.variable])));
        continue;
      }
      const auto at = std::lower_bound(variables.begin(), variables.end(), term.variable);
      terms.push_back({static_cast<std::uint32_t>(at - variables.begin()), factor});
    }
    rows.add(std::move(terms), constant);
  }
  switch (rows.run()) {
    case RowElimination::Outcome::kTooComplex:
      return false;
    case RowElimination::Outcome::kContradiction: {
      const auto terms = whole_multipliers(rows.contradicting_rows(), equations);
      return contradict(terms ? book_.without_known(*terms) : std::nullopt);
    }
    case RowElimination::Outcome::kDone:
      return take_determined(rows, variables, equations);
  }
  return false;
}

bool Deriver::take_determined(RowElimination& rows, std::span<const Variable> variables,
                              std::span<const std::uint32_t> equations) {
  for (const auto& [local, residue] : rows.determined()) {
    const auto value = static_cast<std::int64_t>(residue.value());
    const auto prime = static_cast<std::int64_t>(Residue::kPrime);
    Derived derived{variables[local], value > prime / 2 ? value - prime : value, 1, {}};
    const bool whole = derived.value < kSurelyWhole && derived.value > -kSurelyWhole;
    if (!whole || wanted(derived.variable, derived.value)) {
      const auto giving = rows.rows_giving(local);
      if (bound_.exceeded()) return false;
      const auto terms = giving ? whole_multipliers(*giving, equations) : std::nullopt;
      auto combination = terms ? book_.without_known(*terms) : std::nullopt;
      if (combination && combination->left.size() == 1 &&
          combination->left.front().first == derived.variable) {
        const Int128 divisor = combination->left.front().second;
        if (combination->constant % divisor != 0) return contradict(std::move(combination));
        derived.value = static_cast<std::int64_t>(combination->constant / divisor);
        derived.divisor = static_cast<std::int64_t>(divisor);
        derived.proof = std::move(combination->terms);
      }
    }
    result_.derived.push_back(std::move(derived));
  }
  return !bound_.exceeded();
}

}  // namespace

Derivation derive(const LinearSystem& system, DerivationBound bound,
                  const WantsProof& wants_proof) {
  return Deriver(system, bound.multiplications, wants_proof).run();
}

}  // namespace rapporteur::disclosure
