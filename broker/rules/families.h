// Which cells of a line make up a total: what the rule about totals and disclosure control both
// know.
//
// Threads: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/statistics/dimensions.h"

namespace rapporteur::rules {

// Codes that must all be supplied before the parts make up the total; empty: none do.
[[nodiscard]] std::span<const std::string_view> required_parts(Dimension dimension);

// A band of AGE as an edge from its first age to the age after its last.
struct AgeEdge {
  int first = 0;
  int end = 0;               // codelists::AgeBand::kNoUpperEnd: open
  std::uint32_t member = 0;  // whose band it is, for the caller
};
// Empty for what is no band.
[[nodiscard]] std::optional<AgeEdge> age_edge(std::string_view code, std::uint32_t member);
// The code of such a band.
[[nodiscard]] std::string age_code(int first, int end);

// Members whose bands follow one another without a gap.
using AgeWay = std::vector<std::uint32_t>;
struct AgeWays {
  // Two ways from age 0 to the same age must have equal sums; the one of fewer bands first.
  std::vector<std::pair<AgeWay, AgeWay>> equal;
  AgeWay all;  // covers all ages; empty: none does
};
[[nodiscard]] AgeWays follow_ages(std::vector<AgeEdge> bands);

}  // namespace rapporteur::rules
