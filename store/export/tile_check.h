// Checks an exported folder from its tiles and entry bundles alone: that they are one tree, and
// that its root is the one that the log's key signed.
//
// Threads: one at a time; starts none. `in_parallel` runs its function for every number below the
// first argument, in any order and in parallel, and returns when all have run.
// Errors: kStorage for what cannot be read; what is wrong is in the report.
// Source: C2SP tlog-tiles.
#pragma once

#include <functional>

#include "store/export/tile_folder.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::exports {

using ParallelFor = std::function<void(std::size_t, const std::function<void(std::size_t)>&)>;
void one_after_the_other(std::size_t count, const std::function<void(std::size_t)>& run);

struct TileReport {
  notes::Checkpoint checkpoint;
  std::uint64_t tiles = 0;
  // The first file, in the order of the entries, that does not hold, and why.
  std::optional<Error> wrong;
};

// `looked_at` is told the number of entries looked at, and that of all, now and then.
[[nodiscard]] Result<TileReport> check_tiles(
    const TileFolder& folder, const notes::VerifierKey& log, const ParallelFor& in_parallel,
    const std::function<void(std::uint64_t, std::uint64_t)>& looked_at);

}  // namespace rapporteur::exports
