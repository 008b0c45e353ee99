// A table as an attacker sees it: counts that are not known, and the equations that tie them to
// each other and to those that are.
//
// Threads: any, while nobody writes. Units and shapes: variables and equations are numbered from 0;
// counts are whole; terms of an equation have ascending variables and no zero factor. Bounds: both
// ends in; no `most` is unbounded.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rapporteur::disclosure {

using Variable = std::uint32_t;

struct LinearTerm {
  Variable variable = 0;
  std::int32_t factor = 1;
  bool operator==(const LinearTerm&) const = default;
};

// The sum of factor times variable is `constant`.
struct Equation {
  std::vector<LinearTerm> terms;
  std::int64_t constant = 0;
};

struct Bounds {
  std::int64_t least = 0;
  std::optional<std::int64_t> most;
  bool operator==(const Bounds&) const = default;
};

struct LinearSystem {
  std::vector<Bounds> bounds;  // by variable
  std::vector<Equation> equations;
};

}  // namespace rapporteur::disclosure
