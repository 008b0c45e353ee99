// The sums that tie the cells of a table to each other.
//
// Along SEX and AGE as the standards of the dimensions say (_T = F + M and whatever residual codes
// were supplied; bands that cover all ages, and _U); along EXPL_FORM, CITIZEN, REG_ORG and
// COUNTERPART_AREA the parts supplied are taken as all there are, unless published figures say
// otherwise; between indicators as the catalogue says. Countries and groups of countries in one
// line overlap: such a line gives no equation.
//
// Where exact figures contradict an equation, all equations leave that tie the same set of codes,
// or of parts that were shown not to be all a subset of these, in the same table of one area,
// period and indicator: the rule about totals says what is wrong, and nothing is derived from it
// here. Pure. Threads: any.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/disclosure/cell_lattice.h"

namespace rapporteur::disclosure {

// A cell of a lattice, counted once or taken off.
struct TableMember {
  std::uint32_t cell = 0;
  std::int32_t factor = 1;
  auto operator<=>(const TableMember&) const = default;
};
// Adds up to zero: the total first, then its parts with -1.
struct TableEquation {
  Dimension dimension = Dimension::kSex;
  std::vector<TableMember> members;
  auto operator<=>(const TableEquation&) const = default;
};

// Ordered by dimension and members.
[[nodiscard]] std::vector<TableEquation> equations_of(const CellLattice& lattice);

}  // namespace rapporteur::disclosure
