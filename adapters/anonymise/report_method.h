// What the report says of the method: its parameters, what it guarantees, how far counts moved.
//
// Threads: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/anonymise/report.h"

namespace rapporteur::anonymise {

// For people: names and values.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> parameters_of(
    const Spec& spec, Language language);
// Sentences.
[[nodiscard]] std::vector<std::string> guarantees_of(const Spec& spec, Language language);

// Of all slices.
[[nodiscard]] Deviation deviation_of(const Release& release);
// "120 cells, changed by 1.7 on average, by 10 at most; 31 of 60 sums do not hold any more"
[[nodiscard]] std::string deviation_text(const Deviation& deviation, Language language);

}  // namespace rapporteur::anonymise
