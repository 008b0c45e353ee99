// Eurostat's dialect of SDMX-CSV 1.0: flags instead of statuses.
//
// OBS_FLAG holds letters, several together ("bep"): those of before 27 January 2025 and those since
// are told apart by themselves. Beside it come OBS_STATUS and CONF_STATUS, each with the letter
// that says most about the figure, and SOURCE_CODE with all of them, so that nothing is lost: a
// value that is not there goes before low reliability, a break, another definition, an estimate, a
// forecast, provisional. ":" is a missing value; "0n" a zero that is not significant.
// Source: Eurostat, flags and special values, list in force since 27 January 2025 and the one
// before.
#pragma once

#include <memory>

#include "adapters/sources/source.h"

namespace rapporteur::sources::sdmx_csv {

// Whether the header is one of Eurostat's: it has LAST UPDATE or OBS_FLAG.
[[nodiscard]] bool is_eurostat(const Dataset& dataset);
// The same rows with statuses; those with an unknown flag are left out with a finding.
[[nodiscard]] std::unique_ptr<Source> read_flags(std::unique_ptr<Source> source);

}  // namespace rapporteur::sources::sdmx_csv
