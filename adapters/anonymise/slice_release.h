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

// Before anything is made of them.
[[nodiscard]] Status check_size(const std::vector<Axis>& axes,
                                const std::map<Key, std::int64_t>& counts);
// Beside each row the codes of SEX and AGE that have none, as nothing.
void add_zeros(const std::vector<Axis>& axes, std::uint32_t depth_from,
               std::map<Key, ReleasedRow>& rows);

// With a method that hides.
[[nodiscard]] Result<ReleasedSlice> release_slice(const Spec& spec, const std::vector<Axis>& axes,
                                                  const NamedCells& named, const CaseSlice& slice);

// Of a total below k: SEX and AGE over it, hidden, with tables that show each cell as anything from
// nothing to the total. Empty witnesses: there is nothing to hide.
[[nodiscard]] ReleasedSlice under_small_total(const std::vector<Axis>& axes, const CaseSlice& slice,
                                              std::uint32_t depth_from);

}  // namespace rapporteur::anonymise
