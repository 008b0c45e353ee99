// What a log was when it was written last, read back from its database and checked against the
// checkpoints it has signed and the keys of its bodies.
//
// Errors: kStorage for a database that does not hold what a checkpoint says.
#pragma once

#include "store/rocks/body_keys.h"
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

// Salt and body of the entry, opened with its key. Empty when it has none, or none any more. Error
// when the key is another.
[[nodiscard]] Result<std::optional<std::string>> open_stored_body(const Database& database,
                                                                  const BodyKeyReader& keys,
                                                                  LogIndex index);
// That the newest body opens with its key. An older file of keys has room for the whole log too,
// and other keys where they were made ahead: the next bodies would be written under keys of which
// nobody keeps a copy.
[[nodiscard]] Status check_newest_body(const Database& database, const std::filesystem::path& file,
                                       std::string_view verifier_key);
// Destroys what a crash kept from being destroyed after its entry was written, or what came back
// with an older file of keys. `size` is that of the log.
[[nodiscard]] Status destroy_again(const Database& database, TreeSize size, BodyKeys& keys);

}  // namespace rapporteur::rocks
