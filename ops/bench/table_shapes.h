// Tables of made-up cases in the shapes that disclosure control is measured on.
//
// Cases spread over the codes of each axis by a power law (the n-th code has 1/n^1.2 of the first),
// each combination varied by a log-normal factor, counts drawn from Poisson's distribution. The
// same seed gives the same table on every machine with the same standard library.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/anonymise/case_table.h"

namespace rapporteur::bench {

// Protected counts below it are hidden.
inline constexpr std::uint32_t kThreshold = 10;

struct ShapedTable {
  std::vector<anonymise::Axis> axes;
  std::map<anonymise::Key, std::int64_t> counts;
};

// Codes named by their numbers, with a total.
[[nodiscard]] anonymise::Axis flat_axis(std::uint32_t leaves);
// 27 areas in 4 groups.
[[nodiscard]] anonymise::Axis area_axis();

// `least` is added to each combination's count.
[[nodiscard]] ShapedTable shaped_table(std::vector<anonymise::Axis> axes, double cases,
                                       std::uint64_t seed, std::int64_t least = 0);

}  // namespace rapporteur::bench
