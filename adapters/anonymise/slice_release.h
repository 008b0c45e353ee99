// One area and period of a release.
//
// Threads: any; pure. Errors: as release.h.
#pragma once

#include <map>
#include <vector>

#include "adapters/anonymise/release.h"

namespace rapporteur::anonymise {

// Cells that the spec names, by their codes.
struct NamedCells {
  std::vector<Key> keep;
  std::vector<Key> hide;
};

[[nodiscard]] Result<ReleasedSlice> release_slice(const Spec& spec, const std::vector<Axis>& axes,
                                                  const NamedCells& named, const CaseSlice& slice);

// Of a total below k: SEX and AGE over it, hidden, with tables that show each cell as anything from
// nothing to the total. Empty witnesses: there is nothing to hide.
[[nodiscard]] ReleasedSlice under_small_total(const std::vector<Axis>& axes, const CaseSlice& slice,
                                              std::uint32_t depth_from);

}  // namespace rapporteur::anonymise
