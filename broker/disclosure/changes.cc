#include "broker/disclosure/changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

// Contradictions that are taken out one after the other; where there are more, nothing follows.
constexpr int kTakenOut = 32;

// In force, and not sent anew.
bool stays(const rules::Cell& cell) {
  return cell.source == rules::kPublishedSource;
}

std::vector<std::optional<std::int64_t>> counts_now(const JudgedTable& now) {
  std::vector<std::optional<std::int64_t>> counts;
  for (const rules::Cell& cell : now.table().lattice().cells()) counts.push_back(exact_count(cell));
  for (const Derived& one : now.derived()) {
    counts[now.table().number_of(one.variable)] = one.value;
  }
  return counts;
}

class ChangeSystem {
 public:
  ChangeSystem(const CountsBefore& before, const JudgedTable& now)
      : table_(now.table()), by_(counts_now(now)) {
    for (std::uint32_t i = 0; i < by_.size(); ++i) {
      const auto then = before.find(i);
      if (by_[i] && then != before.end()) {
        *by_[i] -= then->second;
      } else if (stays(table_.lattice().cells()[i])) {
        by_[i] = 0;
      } else {
        by_[i].reset();
      }
    }
    for (std::uint32_t e = 0; e < table_.linear().equations.size(); ++e) {
      if (!table_.is_recalled(e)) add(table_.origin_of(e));
    }
    system_.bounds.resize(cells_.size());
  }

  // False when the bound is exceeded.
  [[nodiscard]] bool solve(DerivationBound bound) {
    if (sabotaged("changes-not-followed")) return true;
    for (int taken_out = 0; taken_out < kTakenOut; ++taken_out) {
      const Derivation found = derive(system_, bound, [](Variable, std::int64_t) { return false; });
      if (found.outcome == Derivation::Outcome::kTooComplex) return false;
      for (const Derived& one : found.derived) by_[cells_[one.variable]] = one.value;
      if (found.outcome == Derivation::Outcome::kDone || found.contradiction.empty()) break;
      leave_out(found.contradiction);
    }
    return true;
  }

  [[nodiscard]] std::vector<Change> changes() const {
    std::vector<Change> out;
    for (std::uint32_t i = 0; i < by_.size(); ++i) {
      if (by_[i].value_or(0) != 0) out.push_back({i, *by_[i]});
    }
    return out;
  }

 private:
  void add(const TableEquation& origin) {
    Equation equation;
    for (const TableMember& member : origin.members) {
      if (const auto& by = by_[member.cell]) {
        equation.constant -= member.factor * *by;
        continue;
      }
      const auto next = static_cast<Variable>(cells_.size());
      const auto [known, is_new] = variables_.try_emplace(member.cell, next);
      if (is_new) cells_.push_back(member.cell);
      equation.terms.push_back({known->second, member.factor});
    }
    if (equation.terms.empty()) return;
    std::sort(equation.terms.begin(), equation.terms.end(),
              [](const LinearTerm& a, const LinearTerm& b) { return a.variable < b.variable; });
    system_.equations.push_back(std::move(equation));
  }

  void leave_out(const std::vector<ProofTerm>& terms) {
    // Ascending, so that those before keep their numbers.
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
      system_.equations.erase(system_.equations.begin() + term->equation);
    }
  }

  const TableSystem& table_;
  std::vector<std::optional<std::int64_t>> by_;  // by cell
  std::map<std::uint32_t, Variable> variables_;  // by cell
  std::vector<std::uint32_t> cells_;             // by variable
  LinearSystem system_;
};

}  // namespace

std::vector<std::uint32_t> cells_that_may_change(const JudgedTable& now) {
  const auto counts = counts_now(now);
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] && !stays(now.table().lattice().cells()[i])) out.push_back(i);
  }
  return out;
}

std::optional<std::vector<Change>> changes_between(const CountsBefore& before,
                                                   const JudgedTable& now, DerivationBound bound) {
  ChangeSystem all(before, now);
  if (!all.solve(bound)) return std::nullopt;
  return all.changes();
}

}  // namespace rapporteur::disclosure
