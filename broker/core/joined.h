// Groups that were committed one after the other, told to the core as one.
//
// A router that comes late to its events would otherwise send every subscriber a frame for each of
// them; and the later ones' receipts would wait behind the earlier ones' deliveries.
// Threads: any.
#pragma once

#include <vector>

#include "broker/core/events.h"

namespace rapporteur::core {

// Neighbours that are LogGrew become one, but where the directory changes: what comes before such a
// change and what comes after it stay apart. Everything keeps its order.
[[nodiscard]] std::vector<Event> joined(std::vector<Event> events);

}  // namespace rapporteur::core
