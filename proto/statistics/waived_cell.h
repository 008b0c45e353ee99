// The hash by which a waiver names a cell: its key with the figure as it stands, and nothing else.
//
// Threads: any; pure. Source: PROTOCOL.md, "Waivers".
#pragma once

#include <cstddef>

#include "proto/base/ids.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur {

// Of key, value with its digits after the point, UNIT_MULT, VALUE_QUALIFIER and OBS_STATUS.
[[nodiscard]] Digest waived_cell_hash(const ObservationSet& observations, std::size_t row);

}  // namespace rapporteur
