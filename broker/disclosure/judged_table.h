// What is public of a table, with all that follows from it exactly; what contradicts itself is out.
//
// Threads: any, once it is judged. Lifetime: borrows the submission's set, as the pool does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/derivation.h"
#include "broker/disclosure/table_system.h"
#include "broker/rules/findings.h"

namespace rapporteur::disclosure {

// Of the submission that is judged.
[[nodiscard]] bool from_submission(const rules::Cell& cell);

class JudgedTable {
 public:
  JudgedTable(CellLattice lattice, const rules::Policy& policy);

  // False if the bound was exceeded, or contradictions remain. Afterwards hidden cells below a
  // small total that follows may be zero in the system (TableSystem::loosen).
  [[nodiscard]] bool judge(DerivationBound bound);

  [[nodiscard]] const TableSystem& table() const { return table_; }
  [[nodiscard]] const rules::Policy& policy() const { return policy_; }
  [[nodiscard]] const std::vector<Derived>& derived() const { return derivation_.derived; }
  struct Contradiction {
    std::optional<std::uint32_t> own;  // the first cell of the submission among its figures
    rules::Detail text;
    std::vector<std::uint32_t> rows;  // of the submission, that it rests on
  };
  [[nodiscard]] const std::vector<Contradiction>& contradictions() const { return noted_; }

  // Whether a count that follows is one that nobody may know.
  [[nodiscard]] bool fails(Variable variable, std::int64_t value) const;
  [[nodiscard]] bool is_small(std::int64_t count) const;
  // The first cell of the submission that the proof needs.
  [[nodiscard]] std::optional<std::uint32_t> own_cell(std::span<const ProofTerm> proof) const;
  // The first cell of the submission; 0 if there is none.
  [[nodiscard]] std::uint32_t first_own() const;

 private:
  void take_note(std::span<const ProofTerm> contradiction);
  bool give_up_recalled(std::span<const ProofTerm> proof, int given_up);
  [[nodiscard]] std::span<const ProofTerm> below_zero() const;

  rules::Policy policy_;
  TableSystem table_;
  Derivation derivation_;
  std::vector<Contradiction> noted_;
};

}  // namespace rapporteur::disclosure
