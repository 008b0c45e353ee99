// The seed of a test that takes its course by chance: $RAPPORTEUR_SEED, else one of its own. It is
// said on standard output, so that whatever was found can be played again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace rapporteur::testing {

[[nodiscard]] inline std::uint64_t chosen_seed() {
  const char* const named = std::getenv("RAPPORTEUR_SEED");
  const std::uint64_t seed = named != nullptr ? std::stoull(named) : std::random_device()();
  std::cout << "RAPPORTEUR_SEED=" << seed << std::endl;
  return seed;
}

[[nodiscard]] inline bool full_run() {
  return std::getenv("RAPPORTEUR_FULL") != nullptr;
}

}  // namespace rapporteur::testing
