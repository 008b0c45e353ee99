#include "store/rocks/fsck.h"

#include <algorithm>
#include <map>
#include <optional>

#include <rocksdb/write_batch.h>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/body_cipher.h"
#include "store/journal/sequences.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/checkpoint_file.h"
#include "store/rocks/layout.h"
#include "store/rocks/local_journal.h"
#include "store/rocks/reader.h"
#include "store/rocks/recovery.h"
#include "store/rocks/replay.h"

namespace rapporteur::rocks {
namespace {

constexpr std::size_t kRepairsAtOnce = 1'024;

class Check {
 public:
  Check(Database& database, Database& again, const FsckOptions& options)
      : database_(database),
        again_(again),
        options_(options),
        replay_(again, [this](LogIndex index) { return body_of(index); }) {}

  [[nodiscard]] Result<FsckReport> run(const std::filesystem::path& folder);

 private:
  struct Row {
    const char* family;
    Family which;
  };

  void found(std::string where, std::string what, bool repairable = false);
  [[nodiscard]] Status read_log_key();
  [[nodiscard]] Status read_body_keys(const std::filesystem::path& folder);
  // Empty: none, or none that can be read any more.
  [[nodiscard]] Result<std::string> body_of(LogIndex index) const;
  // False when the entries cannot be read any further.
  [[nodiscard]] Result<bool> entries();
  void checkpoints_of(std::uint64_t size);
  [[nodiscard]] Status bodies();
  [[nodiscard]] Status erasures();
  void slots(const std::filesystem::path& folder);
  [[nodiscard]] Status compare(const Row& row, std::string_view prefix);
  [[nodiscard]] Status compare_edge();
  [[nodiscard]] Status differs(const Row& row, std::string_view key, const char* what,
                               std::optional<std::string_view> right);
  [[nodiscard]] Status flush();

  Database& database_;
  Database& again_;
  const FsckOptions& options_;
  Replay replay_;
  FsckReport report_;
  std::optional<notes::VerifierKey> log_;
  std::shared_ptr<const BodyKeyReader> keys_;
  std::unique_ptr<rocksdb::Iterator> checkpoints_;
  // Sizes that the file `checkpoint` names, and the roots of the entries there.
  std::map<std::uint64_t, Digest> roots_;
  CheckpointSlots notes_;
  rocksdb::WriteBatch repairs_ = Database::batch();
  std::size_t pending_ = 0;
};

void Check::found(std::string where, std::string what, bool repairable) {
  ++report_.found;
  if (report_.problems.size() < FsckReport::kMostProblems) {
    report_.problems.push_back({std::move(where), std::move(what), repairable});
  }
}

Status Check::read_log_key() {
  auto key = database_.get(Family::kLog, layout::kVerifierKey);
  if (!key) return tl::unexpected(key.error());
  auto log = notes::VerifierKey::parse(key->value_or(std::string()));
  if (log) {
    log_ = std::move(*log);
  } else {
    found("db", "the database does not say which log it holds");
  }
  return {};
}

Status Check::read_body_keys(const std::filesystem::path& folder) {
  if (!log_) return {};
  auto keys = BodyKeyReader::open(
      options_.body_keys.empty() ? body_key_file_of(folder) : options_.body_keys, log_->text());
  if (keys) {
    keys_ = std::move(*keys);
  } else if (keys.error().kind != ErrorKind::kNotFound) {
    return tl::unexpected(keys.error());
  }
  return {};
}

Result<std::string> Check::body_of(LogIndex index) const {
  if (keys_ == nullptr) return std::string();
  auto plain = open_stored_body(database_, *keys_, index);
  if (!plain) return tl::unexpected(plain.error());
  return *plain ? (*plain)->substr(limits::kSaltBytes) : std::string();
}

// What was signed for the tree of that size.
void Check::checkpoints_of(std::uint64_t size) {
  const auto known = roots_.find(size);
  if (known != roots_.end()) known->second = replay_.tree().root();
  for (; checkpoints_->Valid(); checkpoints_->Next()) {
    auto stored = log_ ? StoredCheckpoint::parse(view(checkpoints_->key()),
                                                 view(checkpoints_->value()), log_->name)
                       : fail(ErrorKind::kStorage, "no key");
    const std::string where = "checkpoint of size " + std::to_string(size);
    if (!stored) {
      found("checkpoints", "a row cannot be read");
      continue;
    }
    if (stored->checkpoint.size.value > size) return;
    ++report_.checkpoints;
    if (stored->checkpoint.size.value < size) {
      found(where, "it is not in order");
    } else if (stored->checkpoint.root != replay_.tree().root()) {
      found(where, "its root is not that of the entries");
    } else if (!notes::open_checkpoint(stored->note(*log_), *log_)) {
      found(where, "the log's key did not sign it");
    }
  }
}

Result<bool> Check::entries() {
  const auto rows = database_.iterate(Family::kRecords, rocksdb::ReadOptions());
  rows->SeekToLast();
  std::uint64_t total = 0;
  if (rows->Valid()) total = layout::parse_number(view(rows->key())).value_or(0) + 1;
  checkpoints_ = database_.iterate(Family::kCheckpoints, rocksdb::ReadOptions());
  checkpoints_->SeekToFirst();
  checkpoints_of(0);
  std::uint64_t index = 0;
  for (rows->SeekToFirst(); rows->Valid(); rows->Next(), ++index) {
    const layout::NumberBytes expected = layout::number(index);
    const std::string_view value = view(rows->value());
    if (rows->key() != slice(expected) || value.size() < limits::kNonceBytes) {
      found("entry " + std::to_string(index),
            rows->key() == slice(expected) ? "it is cut off" : "it is missing");
      return false;
    }
    const auto body = body_of(LogIndex{index});
    if (!body) {
      found(body.error().where, body.error().what);
      return false;
    }
    auto added = replay_.add({LogIndex{index}, value.substr(0, limits::kNonceBytes),
                              value.substr(limits::kNonceBytes), *body});
    if (!added) {
      if (added.error().where != "entry " + std::to_string(index)) {
        return tl::unexpected(added.error());
      }
      found(added.error().where, added.error().what);
      return false;
    }
    report_.entries = index + 1;
    checkpoints_of(index + 1);
    if (options_.progress) options_.progress(index + 1, total);
  }
  if (!rows->status().ok()) return database_.failed(rows->status());
  if (checkpoints_->Valid()) {
    found("checkpoints", "one is of more than the " + std::to_string(index) +
                             " entries there are: the others are missing");
  }
  if (!checkpoints_->status().ok()) return database_.failed(checkpoints_->status());
  if (auto finished = replay_.finish(); !finished) return tl::unexpected(finished.error());
  report_.bodies_absent = replay_.bodies_absent();
  return true;
}

Status Check::bodies() {
  const auto rows = database_.iterate(Family::kBodies, rocksdb::ReadOptions());
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const auto index = layout::parse_number(view(rows->key()));
    if (!index || *index >= report_.entries) {
      found("bodies", "a row belongs to no entry");
    } else if (rows->value().size() < limits::kSaltBytes + crypto::kBodyTagBytes) {
      found("entry " + std::to_string(*index), "its body is cut off");
    } else if (keys_ == nullptr) {
      // What an entry erases has no row any more.
      ++report_.bodies_keyless;
      if (report_.keyless.size() < FsckReport::kMostKeyless) {
        report_.keyless.push_back(LogIndex{*index});
      }
    }
  }
  if (!rows->status().ok()) return database_.failed(rows->status());
  return {};
}

// That nothing is left of what the entries erase, whatever the rows of erasures say.
Status Check::erasures() {
  const auto rows = again_.iterate(Family::kLog, rocksdb::ReadOptions());
  for (rows->Seek(slice(layout::kErasedPrefix));
       rows->Valid() && view(rows->key()).starts_with(layout::kErasedPrefix); rows->Next()) {
    const auto erased = layout::decode_indices(view(rows->value()));
    if (!erased) return tl::unexpected(erased.error());
    for (const LogIndex index : *erased) {
      const auto body = database_.get(Family::kBodies, view(slice(layout::number(index.value))));
      if (!body) return tl::unexpected(body.error());
      const auto key = keys_ ? keys_->read(index, 1) : Result<std::vector<BodyKey>>();
      if (!key) return tl::unexpected(key.error());
      if (*body) {
        found("entry " + std::to_string(index.value), "its body is still here, although erased");
      } else if (!key->empty() && !key->front().destroyed_by()) {
        found("entry " + std::to_string(index.value),
              "its key is still here, although erased: starting the hub destroys it");
      }
    }
  }
  if (!rows->status().ok()) return again_.failed(rows->status());
  return {};
}

// The file beside the database: one note at least is whole, and none is of another log.
void Check::slots(const std::filesystem::path& folder) {
  if (!log_) return;
  const auto newest = newest_of(notes_, *log_);
  if (!newest) {
    found((folder / "checkpoint").string(), newest.error().what);
    return;
  }
  for (const std::string& note : notes_) {
    const auto opened = notes::open_checkpoint(note, *log_);
    if (!opened) continue;
    const std::string where = "the file checkpoint, size " + std::to_string(opened->size.value);
    if (opened->size.value > report_.entries) {
      found(where, "entries that were acknowledged are missing: the database has " +
                       std::to_string(report_.entries));
    } else if (roots_[opened->size.value] != opened->root) {
      found(where, "the entries are not those that it covers");
    }
  }
}

Status Check::differs(const Row& row, std::string_view key, const char* what,
                      std::optional<std::string_view> right) {
  found(row.family, what, true);
  if (!options_.repair) return {};
  rocksdb::ColumnFamilyHandle* const family = database_.family(row.which);
  RAPPORTEUR_CHECK((right ? repairs_.Put(family, slice(key), slice(*right))
                          : repairs_.Delete(family, slice(key)))
                       .ok());
  return ++pending_ < kRepairsAtOnce ? Status() : flush();
}

Status Check::flush() {
  if (pending_ == 0) return {};
  auto written = database_.write(repairs_);
  repairs_.Clear();
  if (written) report_.repaired += pending_;
  pending_ = 0;
  return written;
}

// Both in the order of their keys, side by side.
Status Check::compare(const Row& row, std::string_view prefix) {
  const auto stored = database_.iterate(row.which, rocksdb::ReadOptions());
  const auto right = again_.iterate(row.which, rocksdb::ReadOptions());
  const auto in = [&](const rocksdb::Iterator& rows) {
    return rows.Valid() && view(rows.key()).starts_with(prefix);
  };
  stored->Seek(slice(prefix));
  right->Seek(slice(prefix));
  Status done;
  while (done && (in(*stored) || in(*right))) {
    ++report_.rows_compared;
    const int order = !in(*right) ? -1 : !in(*stored) ? 1 : stored->key().compare(right->key());
    if (order < 0) {
      done = differs(row, view(stored->key()), "a row follows from no entry", std::nullopt);
      stored->Next();
      continue;
    }
    if (order > 0) {
      done = differs(row, view(right->key()), "a row is missing", view(right->value()));
    } else if (stored->value() != right->value()) {
      done = differs(row, view(right->key()), "a row is not what follows from the entries",
                     view(right->value()));
    }
    if (order == 0) stored->Next();
    right->Next();
  }
  if (done && !stored->status().ok()) return database_.failed(stored->status());
  if (done && !right->status().ok()) return again_.failed(right->status());
  return done;
}

Status Check::compare_edge() {
  const auto stored = database_.get(Family::kLog, layout::kEdgeKey);
  const auto right = again_.get(Family::kLog, layout::kEdgeKey);
  if (!stored) return tl::unexpected(stored.error());
  if (!right) return tl::unexpected(right.error());
  ++report_.rows_compared;
  if (stored->value_or(std::string()) == right->value_or(std::string())) return {};
  return differs({"edge", Family::kLog}, layout::kEdgeKey,
                 "the edge of the tree is not that of the entries", right->value_or(std::string()));
}

Result<FsckReport> Check::run(const std::filesystem::path& folder) {
  if (auto read = read_log_key().and_then([&] { return read_body_keys(folder); }); !read) {
    return tl::unexpected(read.error());
  }
  const auto notes = read_checkpoint_slots(folder);
  if (notes) {
    notes_ = *notes;
    for (const std::string& note : notes_) {
      const auto opened =
          log_ ? notes::open_checkpoint(note, *log_) : fail(ErrorKind::kStorage, "no key");
      if (opened) roots_.emplace(opened->size.value, Digest());
    }
  }
  const auto read = entries();
  if (!read) return tl::unexpected(read.error());
  // What stopped it is named; the slots are about entries that were not reached.
  if (!*read) return report_;
  slots(folder);
  Status done = bodies().and_then([&] { return compare({"tiles", Family::kTiles}, {}); });
  done = done.and_then([&] { return compare_edge(); }).and_then([&] {
    return compare({"messages", Family::kMessages}, {});
  });
  done = done.and_then([&] {
               return compare({"erasures", Family::kLog}, layout::kErasedPrefix);
             })
             .and_then([&] { return erasures(); });
  if (report_.bodies_absent == 0 && !sabotaged("fsck-skips-tables")) {
    done = done.and_then([&] { return compare({"tables", Family::kTables}, {}); });
  }
  done = done.and_then([&] {
               return compare({"sequence numbers", Family::kStates}, journal::kSequencePrefix);
             })
             .and_then([&] { return flush(); });
  if (!done) return tl::unexpected(done.error());
  return report_;
}

}  // namespace

Result<FsckReport> fsck(const std::filesystem::path& folder, const FsckOptions& options) {
  if (auto checked = check_log_folder(folder); !checked) return tl::unexpected(checked.error());
  const auto lock = lock_log_folder(folder);
  if (!lock) return tl::unexpected(lock.error());
  const auto mode = options.repair ? Database::Mode::kWrite : Database::Mode::kRead;
  const auto database = Database::open(database_folder(folder), mode, {});
  if (!database) return tl::unexpected(database.error());
  // Nothing that is in a damaged file is worth a comparison.
  if (auto whole = (*database)->verify_tables(); !whole) {
    FsckReport report;
    report.found = 1;
    report.problems.push_back({whole.error().where, whole.error().what});
    return report;
  }
  const auto scratch = ScratchFolder::make();
  if (!scratch) return tl::unexpected(scratch.error());
  const auto again = Database::open(scratch->path() / "db", Database::Mode::kCreate, {});
  if (!again) return tl::unexpected(again.error());
  auto report = Check(**database, **again, options).run(folder);
  if (!report) return report;
  if (auto closed = (*database)->close(); !closed) return tl::unexpected(closed.error());
  return report;
}

}  // namespace rapporteur::rocks
