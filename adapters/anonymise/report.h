// What became of a register, for the people who decide whether it goes out.
//
// How many cells were hidden for their own sake and how many to protect those is said on the
// agency's terminal alone: it would help who looks for hidden counts. Files do not have it.
// Threads: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/detail.h"
#include "adapters/anonymise/release.h"

namespace rapporteur::anonymise {

enum class Language : std::uint8_t { kEnglish, kFrench };

// The same cases with coarser codes of one dimension.
struct Alternative {
  Dimension dimension = Dimension::kAge;
  std::optional<ReleaseDetail> detail;  // empty: it cannot be protected
  std::string problem{};                // why
};

struct ReleaseReport {
  const Spec& spec;
  const Cases& cases;
  const Release& release;
  ReleaseDetail detail;
  std::vector<Alternative> alternatives;
};

// Releases each coarser variant, too.
[[nodiscard]] ReleaseReport report_on(const Spec& spec, const Cases& cases, const Release& release,
                                      bool with_alternatives);

// Lines for the agency's terminal.
[[nodiscard]] std::vector<std::string> report_lines(const ReleaseReport& report, Language language);
[[nodiscard]] std::string report_json(const ReleaseReport& report);
// One file that needs nothing else.
[[nodiscard]] std::string report_html(const ReleaseReport& report, Language language);

}  // namespace rapporteur::anonymise
