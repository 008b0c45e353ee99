// What is public of a table as a system of equations: the hub and an agency make the same of the
// same cells, whatever the order of rows.
//
// Variables are the cells without an exact number: hidden ones (status Q), missing ones (O L H K),
// those with a qualifier, and those that nobody sent (cell_lattice.h). Of a hidden one is known
// that it is 1 or more where zeros are public and no total above it is below k; of others that they
// are 0 or more, and what a qualifier says. What cannot exist (M) is 0. Equations are those of
// table_equations.h that hold a variable, and after them one for each count that was public of a
// variable and is in force no more: who kept it may take it to hold still.
//
// Units and shapes: variables ascend as the cells do: by the codes of the key, dimension by
// dimension. Threads: any, while nobody writes. Lifetime: borrows the submission's set, as the pool
// does; stays where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/disclosure/cell_lattice.h"
#include "broker/disclosure/derivation.h"
#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/protection.h"
#include "broker/disclosure/table_equations.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

class TableSystem {
 public:
  // Without `equations` those of table_equations.h.
  TableSystem(CellLattice lattice, const rules::Policy& policy,
              std::optional<std::vector<TableEquation>> equations = std::nullopt);
  TableSystem(const TableSystem&) = delete;
  TableSystem& operator=(const TableSystem&) = delete;

  [[nodiscard]] const LinearSystem& linear() const { return system_; }
  [[nodiscard]] const CellLattice& lattice() const { return lattice_; }
  [[nodiscard]] const Protection& protection() const { return protection_; }

  [[nodiscard]] const rules::Cell& cell_of(Variable variable) const {
    return lattice_.cells()[cells_[variable]];
  }
  [[nodiscard]] std::uint32_t number_of(Variable variable) const { return cells_[variable]; }
  // Empty for a cell whose count is known.
  [[nodiscard]] std::optional<Variable> variable_of(std::uint32_t cell) const;
  // Of a variable that was public once, as far as nothing contradicts it.
  [[nodiscard]] std::optional<std::int64_t> recalled_count(std::uint32_t cell) const;
  // Where equation `number` of the system comes from. That of a recalled count has one member.
  [[nodiscard]] const TableEquation& origin_of(std::uint32_t number) const {
    return origins_[number];
  }
  [[nodiscard]] bool is_recalled(std::uint32_t equation) const {
    return origins_[equation].members.size() == 1;
  }
  [[nodiscard]] std::string key_text(const rules::Cell& cell) const {
    return lattice_.pool().key_text(cell);
  }

  // Those of recalled counts, each once.
  [[nodiscard]] std::vector<ProofTerm> recalled_equations() const;
  // Takes the equations out: they contradict each other.
  void leave_out(std::span<const ProofTerm> equations);
  // Hidden cells below a total that follows and is below k may be zero, too.
  void loosen(const Derivation& derivation);

 private:
  void add_variables();
  void add_equations(std::vector<TableEquation> equations);
  void add_recalled();
  [[nodiscard]] Bounds bounds_of(const rules::Cell& cell) const;
  [[nodiscard]] bool below_small_total(const rules::Cell& cell) const;
  // What is known to be the most of a cell.
  [[nodiscard]] std::optional<std::int64_t> most_of(std::uint32_t cell) const;

  CellLattice lattice_;
  rules::Policy policy_;
  Protection protection_;
  LinearSystem system_;
  std::vector<TableEquation> origins_;                // by equation
  std::vector<std::uint32_t> cells_;                  // by variable
  std::vector<Variable> variables_;                   // by cell
  std::vector<std::optional<std::int64_t>> derived_;  // by variable
};

}  // namespace rapporteur::disclosure
