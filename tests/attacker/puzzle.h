// Counts that are not published, and the sums that are.
//
// The independent attacker: written from what is published of the method, beside the product and
// without it. No file of broker/ or adapters/ is included below tests/attacker/*.h, so that what is
// wrong there is not wrong here by the same line.
//
// Threads: any. Units and shapes: unknowns are numbered from 0; terms of a row have distinct
// unknowns.
#pragma once

#include <cstdint>
#include <vector>

namespace rapporteur::attacker {

struct Term {
  std::uint32_t unknown = 0;
  std::int64_t factor = 1;
};
using Sum = std::vector<Term>;

struct Known {
  Sum sum;
  std::int64_t value = 0;
};

struct Puzzle {
  std::vector<std::int64_t> least;  // by unknown
  std::vector<Known> equal;
  std::vector<Known> at_least;
};

// Each unknown once.
[[nodiscard]] inline Sum sum_of(const std::vector<std::uint32_t>& unknowns) {
  Sum sum;
  for (const std::uint32_t unknown : unknowns) sum.push_back({unknown, 1});
  return sum;
}

}  // namespace rapporteur::attacker
