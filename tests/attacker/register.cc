#include "tests/attacker/register.h"

namespace rapporteur::attacker {

std::int64_t count_by_chance(Chance& chance, std::uint32_t scale) {
  switch (chance.below(8)) {
    case 0:
    case 1:
      return 0;
    case 2:
    case 3:
      return 1;
    case 4:
      return chance.between(2, 9);
    case 5:
      return chance.between(9, 11);
    default:
      return chance.between(10, 10 + scale);
  }
}

Counts counts_by_chance(Chance& chance, const std::vector<Dimension>& dimensions) {
  std::vector<std::uint32_t> sizes;
  for (const Dimension& dimension : dimensions) sizes.push_back(dimension.leaves);
  constexpr std::uint32_t kScales[] = {2, 20, 200, 3000};
  const std::uint32_t scale = kScales[chance.below(4)];
  Counts counts;
  for (const Place& atom : combinations(sizes)) {
    const std::int64_t count = count_by_chance(chance, scale);
    if (count > 0) counts.emplace(atom, count);
  }
  return counts;
}

std::int64_t count_of(const PublicTable& shape, const Counts& counts, const Place& codes) {
  std::int64_t sum = 0;
  for (const auto& [atom, count] : counts) {
    if (holds(shape, codes, atom)) sum += count;
  }
  return sum;
}

}  // namespace rapporteur::attacker
