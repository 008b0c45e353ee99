// A proof as people read it: "SEX=M: M = _T − F = 18 − 16 = 2".
//
// Cells are named by the code of the dimension in which they differ, or, where they differ in
// several, by their breakdown in brackets. What cannot exist is nothing and is not named.
// Threads: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/disclosure/derivation.h"
#include "broker/disclosure/table_system.h"
#include "broker/rules/findings.h"

namespace rapporteur::disclosure {

// A cell whose count is known, as often as an added-up proof counts it.
struct ProofPart {
  std::uint32_t cell = 0;
  rules::Int128 factor = 1;
  bool recalled = false;  // by a count that is in force no more
};
// Ascending cells, none with factor zero: what the equations say of public figures, with the signs
// that give the cell whose multiples are left, or nothing where none is left.
[[nodiscard]] std::vector<ProofPart> parts_of(const TableSystem& table,
                                              std::span<const ProofTerm> proof);

// Rows of the submission that an added-up proof rests on, ascending: counts, and what cannot exist.
[[nodiscard]] std::vector<std::uint32_t> own_rows_of(const TableSystem& table,
                                                     std::span<const ProofTerm> proof);

[[nodiscard]] rules::Detail proof_text(const TableSystem& table, const Derived& derived);
// "SEX=F: 16 before, 18 now"; of a count that was not known before, "SEX=F: a change of +2 follows
// from the other figures".
[[nodiscard]] rules::Detail change_text(const TableSystem& table, std::uint32_t cell,
                                        std::optional<std::int64_t> before, std::int64_t change);
// "SEX=M: 0 under a total that adds up to 1, below k = 10".
[[nodiscard]] rules::Detail zero_text(const TableSystem& table, std::uint32_t cell,
                                      std::int64_t total, std::int64_t k);
// "F + M = _T: 16 + 3 = 18 does not hold".
[[nodiscard]] rules::Detail contradiction_text(const TableSystem& table,
                                               std::span<const ProofTerm> contradiction);
// "_T (18) = F (16) + M (<5)", with what is known of the counts.
[[nodiscard]] std::string equation_text(const TableSystem& table, const TableEquation& equation);
// Of the system.
[[nodiscard]] std::string equation_text(const TableSystem& table, std::uint32_t equation);

}  // namespace rapporteur::disclosure
