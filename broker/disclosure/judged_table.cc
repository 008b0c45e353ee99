#include "broker/disclosure/judged_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "broker/disclosure/proof_text.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

// Contradictions that are taken out one after the other before the rest is judged.
constexpr int kContradictions = 32;
// Counts of earlier are given up one after the other; where more of them contradict what is public
// now, the table was counted anew and none of them tells anything.
constexpr int kGivenUp = 16;

}  // namespace

bool from_submission(const rules::Cell& cell) {
  return !cell.published() && cell.source != kNotSent;
}

JudgedTable::JudgedTable(CellLattice lattice, const rules::Policy& policy)
    : policy_(policy), table_(std::move(lattice), policy) {}

bool JudgedTable::judge(DerivationBound bound) {
  int given_up = 0;
  for (int noted = 0; noted < kContradictions;) {
    derivation_ = derive(table_.linear(), bound, [this](Variable variable, std::int64_t value) {
      return value < 0 || fails(variable, value);
    });
    if (derivation_.outcome == Derivation::Outcome::kDone) {
      if (give_up_recalled(below_zero(), given_up)) {
        ++given_up;
        continue;
      }
      table_.loosen(derivation_);
      return true;
    }
    if (derivation_.outcome == Derivation::Outcome::kTooComplex) return false;
    if (give_up_recalled(derivation_.contradiction, given_up)) {
      ++given_up;
    } else if (derivation_.contradiction.empty()) {
      return false;
    } else {
      take_note(derivation_.contradiction);
      table_.leave_out(derivation_.contradiction);
      ++noted;
    }
  }
  return false;
}

// What is in force holds, so that it is the other figures that give way. False: none of them has a
// part in the contradiction.
bool JudgedTable::give_up_recalled(std::span<const ProofTerm> proof, int given_up) {
  std::vector<ProofTerm> recalled;
  std::copy_if(proof.begin(), proof.end(), std::back_inserter(recalled),
               [&](const ProofTerm& term) { return table_.is_recalled(term.equation); });
  const bool unproven = proof.empty() && derivation_.outcome != Derivation::Outcome::kDone;
  if (recalled.empty() && !unproven) return false;
  if (unproven || given_up == kGivenUp) recalled = table_.recalled_equations();
  table_.leave_out(recalled);
  return !recalled.empty();
}

// Why a count would be negative, if one would by a recalled one.
std::span<const ProofTerm> JudgedTable::below_zero() const {
  for (const Derived& one : derivation_.derived) {
    if (one.value >= 0) continue;
    const bool recalls =
        std::any_of(one.proof.begin(), one.proof.end(),
                    [&](const ProofTerm& term) { return table_.is_recalled(term.equation); });
    if (recalls) return one.proof;
  }
  return {};
}

bool JudgedTable::fails(Variable variable, std::int64_t value) const {
  const rules::Cell& cell = table_.cell_of(variable);
  if (!table_.protection().is_protected(cell)) return false;
  return cell.state == rules::CellState::kHidden || is_small(value);
}

bool JudgedTable::is_small(std::int64_t count) const {
  const std::int64_t k = policy_.k - (sabotaged("derived-below-k-less-one") ? 1 : 0);
  return count < k && (count > 0 || (count == 0 && policy_.zeros_sensitive));
}

std::optional<std::uint32_t> JudgedTable::own_cell(std::span<const ProofTerm> proof) const {
  for (const ProofPart& part : parts_of(table_, proof)) {
    if (!part.recalled && from_submission(table_.lattice().cells()[part.cell])) return part.cell;
  }
  return std::nullopt;
}

std::uint32_t JudgedTable::first_own() const {
  const auto& cells = table_.lattice().cells();
  const auto own = std::find_if(cells.begin(), cells.end(), from_submission);
  return own == cells.end() ? 0 : static_cast<std::uint32_t>(own - cells.begin());
}

void JudgedTable::take_note(std::span<const ProofTerm> contradiction) {
  rules::Detail text = contradiction_text(table_, contradiction);
  std::vector<std::uint32_t> rows = own_rows_of(table_, contradiction);
  // The same figures may contradict each other by more than one choice of equations.
  const bool said = std::any_of(noted_.begin(), noted_.end(), [&](const auto& other) {
    return other.text.en == text.en && other.rows == rows;
  });
  if (!said) noted_.push_back({own_cell(contradiction), std::move(text), std::move(rows)});
}

}  // namespace rapporteur::disclosure
