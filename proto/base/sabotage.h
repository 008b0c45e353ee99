// Test-only switches that each break one promise, so that the test named for the promise can be
// shown to go red. Compiled in only with RAPPORTEUR_SABOTAGE, which no release build has.
#pragma once

#include <cstdlib>
#include <string_view>

namespace rapporteur {

// True when the environment variable RAPPORTEUR_SABOTAGE names this switch.
#ifdef RAPPORTEUR_SABOTAGE
[[nodiscard]] inline bool sabotaged(std::string_view name) {
  static const char* const chosen = std::getenv("RAPPORTEUR_SABOTAGE");
  return chosen != nullptr && name == chosen;
}
#else
[[nodiscard]] constexpr bool sabotaged(std::string_view) {
  return false;
}
#endif

}  // namespace rapporteur
