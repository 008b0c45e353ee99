// By how much counts change from one state of what is public to the next, as far as that follows.
//
// A count that is known in both changes by the difference. A figure that stays in force unchanged
// does not change, known or not: "T = 100, F hidden" beside a new "T = 103" tells of M, hidden too
// and sent anew, that three were added. The rest follows from equations: what is added to a total
// is added to its parts.
//
// Threads: any; pure, exact. Cost: bounded by `multiplications`. Units and shapes: cells are those
// of `now`, ascending, each that changes.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "broker/disclosure/judged_table.h"

namespace rapporteur::disclosure {

struct Change {
  std::uint32_t cell = 0;
  std::int64_t by = 0;
  bool operator==(const Change&) const = default;
};

// By cell of `now` what was known before.
using CountsBefore = std::unordered_map<std::uint32_t, std::int64_t>;

// Of which cells that matters: ascending.
[[nodiscard]] std::vector<std::uint32_t> cells_that_may_change(const JudgedTable& now);

// Empty when the bound is exceeded. Equations whose changes contradict each other tell nothing:
// some figure was corrected, and what it belongs to was not.
[[nodiscard]] std::optional<std::vector<Change>> changes_between(const CountsBefore& before,
                                                                 const JudgedTable& now,
                                                                 DerivationBound bound);

}  // namespace rapporteur::disclosure
