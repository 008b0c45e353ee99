// What is public of a table with hidden cells, as an attacker writes it down.
//
// Variables are the hidden cells in their order; of each is known that it is 0 or more, or 1 or
// more where zeros are public. Threads: any; pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "adapters/anonymise/pattern.h"
#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/width.h"

namespace rapporteur::anonymise {

struct PublicSystem {
  disclosure::LinearSystem linear;
  std::vector<std::uint32_t> cells;         // by variable
  std::vector<disclosure::Target> targets;  // the protected ones
};
// The least that anybody knows a hidden cell to have.
[[nodiscard]] std::int64_t least_hidden(const PatternTask& task);
[[nodiscard]] PublicSystem public_system(const PatternTask& task, std::span<const char> hidden);

}  // namespace rapporteur::anonymise
