#include "broker/rules/equal_runs.h"

#include <bit>
#include <numeric>

namespace rapporteur::rules {

// By a table of the hashes and their numbers, which takes a third of the time of sorting.
void bring_together(Hashed& order) {
  constexpr std::uint32_t kFree = UINT32_MAX;
  std::vector<std::uint32_t> slots(std::bit_ceil(2 * order.size() + 1), kFree);
  const std::size_t mask = slots.size() - 1;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> ends;  // by number: first how many, then where the next one goes
  std::vector<std::uint32_t> numbers;
  numbers.reserve(order.size());
  for (const auto& [hash, position] : order) {
    std::size_t slot = hash & mask;
    while (slots[slot] != kFree && hashes[slots[slot]] != hash) slot = (slot + 1) & mask;
    if (slots[slot] == kFree) {
      slots[slot] = static_cast<std::uint32_t>(hashes.size());
      hashes.push_back(hash);
      ends.push_back(0);
    }
    numbers.push_back(slots[slot]);
    ++ends[slots[slot]];
  }
  std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), std::uint32_t{0});
  Hashed together(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) together[ends[numbers[i]]++] = order[i];
  order = std::move(together);
}

}  // namespace rapporteur::rules
