// Keeps a folder of C2SP tlog-tiles up to date with what the hub answers: for a web server, so that
// foreign monitors can follow the log.
//
// It has a line of its own to the hub, whose identity sees all entries (an auditor or operator);
// only their hashes go into the folder. Threads: that of the worker. Errors: those of TileExport,
// to the log. Lifetime: `parts` outlive it. Source: C2SP tlog-tiles; FORMAT.md, "Exported tiles".
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/client/connection.h"
#include "ops/publisher/note_worker.h"

namespace rapporteur::publisher {

struct TileKeeperParts {
  const client::HubAddress& hub;
  const crypto::CurveKeyPair& keys;
  const client::LineOptions& line;
  std::filesystem::path folder;
  std::chrono::milliseconds interval;
};

[[nodiscard]] std::unique_ptr<NoteWorker> make_tile_keeper(const TileKeeperParts& parts,
                                                           spdlog::logger& logger);

}  // namespace rapporteur::publisher
