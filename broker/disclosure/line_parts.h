// Which cells of a line of a lattice add up to which.
//
// Pure. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/disclosure/cell_lattice.h"
#include "broker/rules/families.h"

namespace rapporteur::disclosure {

// Cells of a line that add up to a total, which may be one of them.
struct LineSum {
  std::uint32_t total = 0;
  std::vector<std::uint32_t> parts;
};

// The cells of a line along AGE.
struct AgeLine {
  std::vector<rules::AgeEdge> bands;
  std::optional<std::uint32_t> unknown;
};
[[nodiscard]] AgeLine ages_of(const CellLattice& lattice, CellLattice::Line line);
// Each band of several narrower ones; then `total`, if the bands cover all ages, with the unknown.
[[nodiscard]] std::vector<LineSum> age_sums(const AgeLine& ages,
                                            std::optional<std::uint32_t> total);

// What the catalogue says of indicators; only sums of which every member stands in the lattice.
[[nodiscard]] std::vector<LineSum> indicator_sums(const CellLattice& lattice);

// Of countries and groups of countries, which nobody can add up.
[[nodiscard]] bool mixes_areas(const CellLattice& lattice, Dimension d, CellLattice::Line line);

}  // namespace rapporteur::disclosure
