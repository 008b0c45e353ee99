// Registers of made-up cases: small, with many ones and nothings, as real ones are.
//
// The same seed makes the same register, everywhere: nothing here depends on how a standard library
// draws from a distribution.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "tests/attacker/public_table.h"

namespace rapporteur::attacker {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  // 0 to below - 1.
  std::uint32_t below(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
  std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(last - first + 1);
  }
  bool once_in(std::uint32_t times) { return below(times) == 0; }

 private:
  std::mt19937_64 random_;
};

// How many stand in one combination of leaves; `scale` is about what large ones hold.
[[nodiscard]] std::int64_t count_by_chance(Chance& chance, std::uint32_t scale);
// Of combinations of leaves, above 0.
using Counts = std::map<Place, std::int64_t>;
[[nodiscard]] Counts counts_by_chance(Chance& chance, const std::vector<Dimension>& dimensions);
[[nodiscard]] std::int64_t count_of(const PublicTable& shape, const Counts& counts,
                                    const Place& codes);

}  // namespace rapporteur::attacker
