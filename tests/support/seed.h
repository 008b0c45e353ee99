// The seed of a test that takes its course by chance: $RAPPORTEUR_SEED, else one of its own. It is
// said on standard output, so that whatever was found can be played again. Tests that play seed
// after seed begin with that one, else with 0.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>

namespace rapporteur::testing {

[[nodiscard]] inline std::optional<std::uint64_t> named_seed() {
  const char* const named = std::getenv("RAPPORTEUR_SEED");
  return named != nullptr ? std::optional<std::uint64_t>(std::stoull(named)) : std::nullopt;
}

[[nodiscard]] inline std::uint64_t chosen_seed() {
  const auto named = named_seed();
  const std::uint64_t seed = named ? *named : std::random_device()();
  std::cout << "RAPPORTEUR_SEED=" << seed << std::endl;
  return seed;
}

[[nodiscard]] inline bool full_run() {
  return std::getenv("RAPPORTEUR_FULL") != nullptr;
}

}  // namespace rapporteur::testing
