// Groups of what has equal hashes and, where hashes collide, is equal itself.
//
// Threads: any. Units and shapes: pairs of a hash and a position, by ascending position. Hashes are
// spread over all their bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rapporteur::rules {

using Hashed = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

// Brings equal hashes together, in the order in which they come first; positions ascend in each.
void bring_together(Hashed& order);

// Calls `use` with the first and the end of each group in `order`, which it rearranges; positions
// ascend within a group.
template <typename Equal, typename Use>
void each_equal_run(Hashed& order, const Equal& equal, const Use& use) {
  bring_together(order);
  for (auto run = order.begin(); run != order.end();) {
    const auto run_end =
        std::find_if(run, order.end(), [&](const auto& o) { return o.first != run->first; });
    while (run != run_end) {
      const std::uint32_t first = run->second;
      const auto same = [&](const auto& o) { return equal(first, o.second); };
      // Hashes of what differs are hardly ever equal.
      const auto others =
          std::all_of(run + 1, run_end, same) ? run_end : std::stable_partition(run, run_end, same);
      use(run, others);
      run = others;
    }
  }
}

}  // namespace rapporteur::rules
