// Dimensions of persons with codes that a hub knows, chosen by chance.
//
// Threads: any.
#pragma once

#include <vector>

#include "tests/attacker/public_table.h"
#include "tests/attacker/register.h"

namespace rapporteur::attacker {

struct ChoiceOptions {
  std::uint32_t fewest = 2;
  std::uint32_t most = 4;
  std::uint32_t most_cells = 120;
  // Groups of countries overlap with countries in a way that no hub can add up.
  bool groups_of_countries = true;
  // In 16 one dimension without its total.
  bool totals_may_be_missing = true;
};

// So many of EXPL_FORM, SEX, AGE, CITIZEN, in this order; codes ascend as they are put: the
// total, then the leaves, then groups of leaves, which may overlap. Fewer where there would be too
// many cells.
[[nodiscard]] std::vector<Dimension> dimensions_by_chance(Chance& chance,
                                                          const ChoiceOptions& options);
// The number of combinations of codes.
[[nodiscard]] std::uint32_t cells_of(const std::vector<Dimension>& dimensions);

}  // namespace rapporteur::attacker
