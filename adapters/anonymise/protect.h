// A table from hiding to proof: what is hidden, and tables that show that it cannot be told.
//
// Threads: one call at a time a table; calls run beside each other.
// Errors: kRefused: cells that nothing can be hidden for (the table must be coarser), or the solver
// gave up. Then nothing is released.
#pragma once

#include <vector>

#include "adapters/anonymise/attack.h"
#include "adapters/anonymise/pattern.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

struct ProtectedTable {
  std::vector<char> hidden;                 // by cell
  std::vector<std::uint32_t> hidden_cells;  // ascending: the variables of the witnesses
  std::vector<disclosure::Witness> witnesses;
  std::size_t rounds = 0;    // of attack and repair
  std::size_t programs = 0;  // solved
};

[[nodiscard]] Result<ProtectedTable> protect(const PatternTask& task);

}  // namespace rapporteur::anonymise
