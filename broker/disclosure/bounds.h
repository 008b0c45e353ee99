// What follows from a system because counts are not negative: bounds, one equation after the other.
//
// Each equation bounds each of its variables by the bounds of the others, until nothing changes or
// the number of steps is used up. What is found holds; that nothing tighter holds is not said.
//
// Threads: any; pure; integers only, so the same everywhere. Lifetime: copies what it keeps.
// Errors: `contradiction` names an equation that no counts within the bounds fit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::disclosure {

struct Tightened {
  std::vector<Bounds> bounds;  // by variable
  // The equation that `most` follows from; empty where it is the system's own.
  std::vector<std::optional<std::uint32_t>> most_from;
  std::optional<std::uint32_t> contradiction;
};

// Numbers above this are as good as unbounded; sums of them never overflow.
inline constexpr std::int64_t kAsGoodAsUnbounded = std::int64_t{1} << 40U;

[[nodiscard]] Tightened tighten(const LinearSystem& system, std::uint64_t steps = 10'000'000);

}  // namespace rapporteur::disclosure
