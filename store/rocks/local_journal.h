// The journal on this machine: one folder, one RocksDB database, one writer.
//
// A folder holds `format` (what the folder is), `lock` (held while it is open for writing),
// `checkpoint` (the newest signed checkpoint given to anybody, outside the database) and `db`. Salt
// and body of an entry are encrypted there; their keys are in a file outside the folder.
//
// Threads: `append` and `close` from one thread; `reader()` and `poisoned()` from any;
// `take_snapshot` from one, beside the others.
// Durability: `append` returns after the synced write of the whole group; the checkpoint is signed
// after that, and written to the file beside the database before it is returned. If that writing
// fails, append fails though the group is on disk: see Journal.
// Errors: kStorage with path and the system's words when the disk or the database fails; also for a
// folder that is no log, is open elsewhere, is of a newer format, or has fewer entries than a
// checkpoint that was given out. kConfiguration when the signing key is not that of the log, or the
// folder to create is not empty.
// Source: store/FORMAT.md, "Database layout".
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "proto/base/clock.h"
#include "proto/crypto/ed25519.h"
#include "store/journal/journal.h"
#include "store/journal/snapshots.h"

namespace rocksdb {
class Env;
}

namespace rapporteur::rocks {

// Defaults keep a log of ten million entries well below 200 MiB of memory.
struct LocalJournalOptions {
  std::size_t block_cache_bytes = 40UL << 20U;  // data, index and filter blocks
  std::size_t memtable_bytes = 32UL << 20U;     // of all column families together
  std::size_t wal_bytes = 32UL << 20U;          // replayed at most when opening after a crash
  int open_files = 256;
  // The keys of the bodies: empty is FOLDER.keys, beside the folder. Never in it.
  std::filesystem::path body_keys;
  std::filesystem::path body_keys_copy;  // kept the same, elsewhere; empty: none
  // Where all files are written; null is the machine's file system. A test puts a failing one here.
  rocksdb::Env* env = nullptr;
};

class LocalJournal final : public journal::Journal, public journal::Snapshots {
 public:
  // A new log in `folder`, which must be missing or empty. `origin` is the first line of its
  // checkpoints and the name of its verifier key; `clock` outlives the journal.
  [[nodiscard]] static Result<std::unique_ptr<LocalJournal>> create(
      const std::filesystem::path& folder, const std::string& origin, crypto::SigningKey key,
      const Clock& clock, const LocalJournalOptions& options = {});
  [[nodiscard]] static Result<std::unique_ptr<LocalJournal>> open(
      const std::filesystem::path& folder, crypto::SigningKey key, const Clock& clock,
      const LocalJournalOptions& options = {});
  // Closes; an error of that is lost, so call close() where it matters.
  ~LocalJournal() override;
  LocalJournal(const LocalJournal&) = delete;
  LocalJournal& operator=(const LocalJournal&) = delete;

  [[nodiscard]] Result<journal::Group> append(std::span<journal::Draft> drafts) override;
  // Valid until close().
  [[nodiscard]] const journal::JournalReader& reader() const override;
  [[nodiscard]] std::optional<Error> poisoned() const override;
  // In the folder `snapshot` beside the database, of hard links to its files; not before, and not
  // beside, close().
  [[nodiscard]] Result<journal::Snapshot> take_snapshot() override;

  // C2SP verifier key "origin+hash+key" of the log.
  [[nodiscard]] std::string verifier_key() const;
  // Writes the newest checkpoint into the database and closes it. No reader is in use any more.
  [[nodiscard]] Status close();

 private:
  struct Impl;
  explicit LocalJournal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A log opened for reading alone, stopped or beside the broker that writes it: the entries on disk
// when it was opened. Takes no lock and writes nothing into the folder. Without the keys of the
// bodies, bodies that are there are kSealed.
struct AuditedLog {
  std::string verifier_key;
  std::unique_ptr<journal::JournalReader> reader;
  // Looks at all that `reader` does not read in order: the blocks of all tables, and where the logs
  // of the database end. kStorage for damage.
  // Answers with the names of files that end in a half-written record; see whole.h.
  std::function<Result<std::vector<std::string>>()> read_rest;
};
[[nodiscard]] Result<AuditedLog> open_for_audit(const std::filesystem::path& folder,
                                                const LocalJournalOptions& options = {});
// Reads every block of every table of the database and compares its checksum; an error names the
// file.
[[nodiscard]] Status check_files(const std::filesystem::path& folder);

}  // namespace rapporteur::rocks
