// Which cells beside the primary ones are hidden, so that no primary one follows from those that
// stay.
//
// Candidates are published one after the other, in the order given, unless one of the primaries
// would then be a linear combination of what is public; such a one is hidden. The pattern follows
// from the order alone. Exact.
//
// Threads: any. Units and shapes: cells and atoms are numbered from 0; each cell is the sum of
// atoms, ascending.
// Source: Langsrud (2024), doi 10.1007/978-3-031-69651-0_6.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rapporteur::anonymise {

struct Incidence {
  std::size_t atoms = 0;
  std::vector<std::vector<std::uint32_t>> atoms_of;  // by cell
};

struct SuppressionTask {
  const Incidence& incidence;
  // Cells that are or may be published, the first one first. Primaries among them are passed over.
  std::span<const std::uint32_t> order;
  std::span<const std::uint32_t> primaries;
  // Of these at the beginning of `order` none may be hidden.
  std::size_t forced = 0;
};

struct Suppression {
  std::vector<char> hidden;  // by cell
  // Primaries that follow from what had to be published.
  std::vector<std::uint32_t> disclosed;
};

[[nodiscard]] Suppression suppress(const SuppressionTask& task);

}  // namespace rapporteur::anonymise
