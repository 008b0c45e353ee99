// Tells when a file gives keys again that wait in the outbox: the hub would refuse the second.
#pragma once

#include "adapters/agency/desk.h"
#include "adapters/agency/planned_file.h"

namespace rapporteur::agency {

// One line for each item that waits and holds such keys. Errors: kStorage.
[[nodiscard]] Status warn_of_waiting(const Program& program, const Desk& desk,
                                     const PlannedFile& file);

}  // namespace rapporteur::agency
