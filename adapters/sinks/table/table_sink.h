// The figures that hold, printed as a table when everything has been received.
#pragma once

#include "adapters/sinks/sink.h"

namespace rapporteur::sinks {

// Destination: "-" or a file. A warning says which attributes a table does not show.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_table_sink(const SinkOptions& options,
                                                            sources::FindingLog& findings);

}  // namespace rapporteur::sinks
