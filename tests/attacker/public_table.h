// A published table as its reader sees it: codes as sets of leaves, cells with and without counts.
//
// What is not known are its atoms, the combinations of leaves; each cell is a sum of atoms.
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/attacker/puzzle.h"

namespace rapporteur::attacker {

struct Code {
  std::string name;
  std::vector<std::uint32_t> leaves;  // ascending
};
struct Dimension {
  std::string name;
  std::uint32_t leaves = 0;
  std::vector<Code> codes;
  std::optional<std::uint32_t> total;  // the code of all leaves
};

using Place = std::vector<std::uint32_t>;  // a code, or a leaf, for each dimension

enum class Said { kCount, kHidden, kNothing };
struct Cell {
  Place codes;
  Said said = Said::kCount;
  std::int64_t count = 0;  // of no meaning but for kCount
  std::int64_t least = 0;  // that somebody may take it for, where it is hidden
  bool is_protected = false;
};

struct PublicTable {
  std::vector<Dimension> dimensions;
  std::vector<Cell> cells;
  // Combinations of leaves that may hold somebody; of all others it is known that they do not.
  std::set<Place> atoms;
};

[[nodiscard]] std::vector<Place> combinations(const std::vector<std::uint32_t>& sizes);
[[nodiscard]] bool holds(const PublicTable& table, const Place& codes, const Place& atom);
// Of the atoms, in their order.
[[nodiscard]] Sum atoms_below(const PublicTable& table, const Place& codes);
// The code of each of its leaves alone; empty where one has none.
[[nodiscard]] std::optional<Place> codes_of(const PublicTable& table, const Place& atom);
// Whether numbers for its cells (above one denominator) are a table: sums of atoms that are not
// negative, the counts that are published, and no less than is known of those that are hidden.
[[nodiscard]] bool fits(const PublicTable& table, const std::vector<std::int64_t>& numerators,
                        std::int64_t denominator);
// Its atoms as unknowns.
[[nodiscard]] Puzzle puzzle_of(const PublicTable& table);

}  // namespace rapporteur::attacker
