// For bugs of ours: a condition that cannot be false unless the program is wrong. Always on.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace rapporteur {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this is a bug in rapporteur: %s does not hold\n", file, line,
               condition);
  std::abort();
}

}  // namespace rapporteur

#define RAPPORTEUR_CHECK(condition)                    \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::rapporteur::check_failed(#condition, __FILE__, __LINE__))
