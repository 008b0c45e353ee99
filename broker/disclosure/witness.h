// Tables that fit everything public, as proof that a count may be this or that.
//
// Threads: any; pure; exact. Units and shapes: value of a variable = numerator / denominator.
// Cost: linear in the terms of the system.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::disclosure {

struct Witness {
  std::int64_t denominator = 1;          // 1 to kMaxDenominator
  std::vector<std::int64_t> numerators;  // by variable
};
inline constexpr std::int64_t kMaxDenominator = std::int64_t{1} << 40U;

// Where a witness does not fit: an equation, or a bound of a variable, or its shape.
struct Misfit {
  enum class Kind { kShape, kEquation, kBound } kind = Kind::kShape;
  std::uint32_t at = 0;
};
[[nodiscard]] std::optional<Misfit> misfit_of(const LinearSystem& system, const Witness& witness);

}  // namespace rapporteur::disclosure
