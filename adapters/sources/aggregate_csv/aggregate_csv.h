// Any character-separated table with a header line; a mapping gives it its meaning.
#pragma once

#include "adapters/sources/source.h"

namespace rapporteur::sources {

[[nodiscard]] bool recognises_aggregate_csv(std::string_view head);
[[nodiscard]] Result<std::unique_ptr<Source>> open_aggregate_csv(std::unique_ptr<Input> input,
                                                                 const OpenOptions& options,
                                                                 FindingLog& findings);

}  // namespace rapporteur::sources
