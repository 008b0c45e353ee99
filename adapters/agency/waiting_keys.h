// What waits in the outbox and reaches the hub before a file does: keys that the file gives again
// (the hub would refuse the second), and figures that will be public beside it.
//
// Errors: kStorage.
#pragma once

#include "adapters/agency/desk.h"
#include "adapters/agency/planned_file.h"

namespace rapporteur::agency {

// One line for each item that waits and holds such keys.
[[nodiscard]] Status warn_of_waiting(const Program& program, const Desk& desk,
                                     const PlannedFile& file);

// What has a number goes first; what is held may never go.
[[nodiscard]] Status expect_waiting(const Desk& desk, LocalCheck& check);

}  // namespace rapporteur::agency
