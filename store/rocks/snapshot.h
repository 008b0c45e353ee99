// A log folder of its own inside that of a log, made of a copy of its database.
//
// Threads: one at a time. Errors: kStorage; there is no snapshot then.
// Source: FORMAT.md, "Database layout"; ops/adr/0021-backups-are-log-folders.md.
#pragma once

#include <filesystem>
#include <functional>

#include "proto/base/clock.h"
#include "store/journal/snapshots.h"

namespace rapporteur::rocks {

// In `folder`/snapshot, in place of the one before: `wanted` with its folder. `copy` writes the
// database into a folder that is not there yet, with all that the checkpoint covers.
[[nodiscard]] Result<journal::Snapshot> make_snapshot(
    const std::filesystem::path& folder, journal::Snapshot wanted, const Clock& clock,
    const std::function<Status(const std::filesystem::path&)>& copy);

}  // namespace rapporteur::rocks
