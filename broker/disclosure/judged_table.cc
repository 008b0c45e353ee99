#include "broker/disclosure/judged_table.h"

#include <algorithm>
#include <utility>

#include "broker/disclosure/proof_text.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

// Contradictions that are taken out one after the other before the rest is judged.
constexpr int kContradictions = 32;

}  // namespace

bool from_submission(const rules::Cell& cell) {
  return !cell.published() && cell.source != kNotSent;
}

JudgedTable::JudgedTable(CellLattice lattice, const rules::Policy& policy)
    : policy_(policy), table_(std::move(lattice), policy) {}

bool JudgedTable::judge(DerivationBound bound) {
  for (int i = 0; i < kContradictions; ++i) {
    derivation_ = derive(table_.linear(), bound, [this](Variable variable, std::int64_t value) {
      return fails(variable, value);
    });
    if (derivation_.outcome == Derivation::Outcome::kDone) {
      table_.loosen(derivation_);
      return true;
    }
    if (derivation_.contradiction.empty()) return false;
    take_note(derivation_.contradiction);
    table_.leave_out(derivation_.contradiction);
  }
  return false;
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
    if (from_submission(table_.lattice().cells()[part.cell])) return part.cell;
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
  // The same figures may contradict each other by more than one choice of equations.
  const bool said = std::any_of(noted_.begin(), noted_.end(),
                                [&](const auto& other) { return other.text.en == text.en; });
  if (!said) noted_.push_back({own_cell(contradiction), std::move(text)});
}

}  // namespace rapporteur::disclosure
