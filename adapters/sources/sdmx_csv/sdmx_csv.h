// SDMX-CSV data messages, versions 1.0, 2.0 and 2.1, and Eurostat's dialect of 1.0.
//
// Reads the columns in any order; sub-field separator and delimiter as the first column's header
// says; labels id, name or both; actions I A R D M (none: I); several measures; custom columns.
// Rows name their structure each on their own. 1.0 begins with DATAFLOW and has no actions.
// Source: SDMX-CSV 1.0, 2.0 and 2.1 field guides.
#pragma once

#include "adapters/sources/source.h"

namespace rapporteur::sources {

[[nodiscard]] bool recognises_sdmx_csv(std::string_view head);
[[nodiscard]] Result<std::unique_ptr<Source>> open_sdmx_csv(std::unique_ptr<Input> input,
                                                            const OpenOptions& options,
                                                            FindingLog& findings);

}  // namespace rapporteur::sources
