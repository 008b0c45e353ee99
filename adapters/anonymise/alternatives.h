// The same cases along coarser codes, so that what each would hide can be compared.
//
// Threads: any; pure. Empty where nothing can be made coarser.
#pragma once

#include <optional>

#include "adapters/anonymise/cases.h"

namespace rapporteur::anonymise {

// Two neighbouring bands of AGE become one, from the lowest on.
[[nodiscard]] std::optional<Cases> with_coarser_ages(const Cases& cases);
// Codes of CITIZEN become the first of their groups; those of none become _O. The code of an area
// that reports, and _U, stay.
[[nodiscard]] std::optional<Cases> with_coarser_citizens(const Cases& cases);

}  // namespace rapporteur::anonymise
