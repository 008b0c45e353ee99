// What a log was when it was written last, read back from its database and checked against the
// checkpoints it has signed.
//
// Errors: kStorage for a database that does not hold what a checkpoint says.
#pragma once

#include "store/rocks/reader.h"

namespace rapporteur::rocks {

struct Recovered {
  notes::VerifierKey log;
  merkle::Frontier tree;
  std::uint64_t last_time_ms = 0;
  // The newest in the database; empty only in a log that was never finished being made.
  std::optional<StoredCheckpoint> newest;
};

// Reads at most the last 256 records, one tile a level and one checkpoint.
[[nodiscard]] Result<Recovered> recover(const Database& database);

// That the tree has at least the size of the checkpoint and, at that size, its root. `source` says
// where the checkpoint is kept.
[[nodiscard]] Status check_against(const Database& database, const merkle::Frontier& tree,
                                   const notes::Checkpoint& checkpoint, const std::string& source);

}  // namespace rapporteur::rocks
