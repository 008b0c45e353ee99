// Groups of what has equal hashes and, where hashes collide, is equal itself.
//
// Threads: any. Units and shapes: pairs of a hash and a position.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rapporteur::rules {

using Hashed = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

// Calls `use` with the first and the end of each group in `order`, which it sorts; positions ascend
// within a group.
template <typename Equal, typename Use>
void each_equal_run(Hashed& order, const Equal& equal, const Use& use) {
  std::sort(order.begin(), order.end());
  for (auto run = order.begin(); run != order.end();) {
    const auto run_end =
        std::find_if(run, order.end(), [&](const auto& o) { return o.first != run->first; });
    while (run != run_end) {
      const std::uint32_t first = run->second;
      const auto others = std::stable_partition(
          run, run_end, [&](const auto& o) { return equal(first, o.second); });
      use(run, others);
      run = others;
    }
  }
}

}  // namespace rapporteur::rules
