#include "store/rocks/local_journal.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <rocksdb/write_batch.h>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/body_cipher.h"
#include "store/rocks/body_keys.h"
#include "store/rocks/checkpoint_file.h"
#include "store/rocks/layout.h"
#include "store/rocks/recovery.h"
#include "store/rocks/snapshot.h"

namespace rapporteur::rocks {
namespace {

using journal::Draft;
using journal::Group;

// Named states of a group: only the last value of each is written.
class StateWrites {
 public:
  void add(std::vector<journal::StateWrite> writes) {
    for (journal::StateWrite& write : writes) {
      values_.insert_or_assign(std::move(write.name), std::move(write.value));
    }
  }
  void put(const Database& database, rocksdb::WriteBatch& batch) const {
    rocksdb::ColumnFamilyHandle* const family = database.family(Family::kStates);
    for (const auto& [name, value] : values_) {
      const rocksdb::Status status =
          value.empty() ? batch.Delete(family, name) : batch.Put(family, name, value);
      RAPPORTEUR_CHECK(status.ok());
    }
  }

 private:
  std::unordered_map<std::string, std::string> values_;
};

void put(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, rocksdb::Slice key,
         rocksdb::Slice value) {
  RAPPORTEUR_CHECK(batch.Put(family, key, value).ok());
}
void put(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, rocksdb::Slice key,
         std::string_view first, std::string_view second) {
  const rocksdb::Slice key_parts[] = {key};
  const rocksdb::Slice value_parts[] = {slice(first), slice(second)};
  RAPPORTEUR_CHECK(batch.Put(family, {key_parts, 1}, {value_parts, 2}).ok());
}

// What one group erases, by the entry that does.
using Erasures = std::vector<std::pair<LogIndex, std::vector<LogIndex>>>;

}  // namespace

struct LocalJournal::Impl {
  Impl(std::filesystem::path where, FileHandle held, std::shared_ptr<Database> opened,
       CheckpointFile given_out, BodyKeys keys_of_bodies, crypto::SigningKey signing_key,
       const Clock& wall_clock)
      : folder(std::move(where)),
        lock(std::move(held)),
        database(std::move(opened)),
        checkpoint_file(std::move(given_out)),
        body_keys(std::move(keys_of_bodies)),
        key(std::move(signing_key)),
        clock(wall_clock) {}

  void add_entry(Draft& draft, std::string nonce, const std::string& time, merkle::Frontier& grown,
                 StateWrites& states, rocksdb::WriteBatch& batch, Group& group) const;
  void add_tree(merkle::Frontier& grown, rocksdb::WriteBatch& batch) const;
  void add_unsaved(rocksdb::WriteBatch& batch) const;
  void add_erasure(const Draft& draft, LogIndex index, rocksdb::WriteBatch& batch,
                   Erasures& erasures) const;
  [[nodiscard]] Status destroy(const Erasures& erasures, TreeSize size);
  [[nodiscard]] Status sign_head();
  [[nodiscard]] std::shared_ptr<const Head> head() const;
  tl::unexpected<Error> poison(const Error& error);

  const std::filesystem::path folder;
  FileHandle lock;
  std::shared_ptr<Database> database;
  CheckpointFile checkpoint_file;
  BodyKeys body_keys;
  crypto::SigningKey key;
  const Clock& clock;
  notes::VerifierKey log;
  merkle::Frontier tree;
  std::uint64_t last_time_ms = 0;
  // The newest checkpoint; in the database with the next group, or at close.
  StoredCheckpoint newest;
  bool newest_unsaved = false;
  std::shared_ptr<const std::string> note;
  std::unique_ptr<Reader> reader;

  // A snapshot's copy of the write-ahead log ends where a write ends.
  std::mutex writing;
  mutable std::mutex poison_mutex;
  std::optional<Error> poisoned;
};

// Appends nothing but bytes to the batch: whether they count is decided by the one write.
void LocalJournal::Impl::add_entry(Draft& draft, std::string nonce, const std::string& time,
                                   merkle::Frontier& grown, StateWrites& states,
                                   rocksdb::WriteBatch& batch, Group& group) const {
  RAPPORTEUR_CHECK(!layout::has_time_prefix(draft.record));
  RAPPORTEUR_CHECK(draft.salt.size() == limits::kSaltBytes ||
                   (draft.salt.empty() && draft.body.empty()));
  const LogIndex index{grown.size().value};
  const layout::NumberBytes index_bytes = layout::number(index.value);
  const std::string_view index_view(index_bytes.data(), index_bytes.size());
  const rocksdb::Slice index_key = slice(index_bytes);
  std::string record = time + draft.record;
  grown.append(merkle::record_leaf_hash(bytes_of(nonce), bytes_of(record)));
  put(batch, database->family(Family::kRecords), index_key, nonce, record);
  if (!draft.salt.empty()) {
    put(batch, database->family(Family::kBodies), index_key,
        crypto::seal_body({body_keys.fresh(index), bytes_of(nonce), index}, draft.salt,
                          draft.body));
  }
  if (draft.message) {
    put(batch, database->family(Family::kMessages), layout::message_key(*draft.message), index_key);
  }
  for (const journal::TableWrite& table : draft.tables) {
    const std::string id = layout::table_key(table.table);
    if (table.value.empty()) {
      RAPPORTEUR_CHECK(batch.Delete(database->family(Family::kTables), id).ok());
    } else {
      put(batch, database->family(Family::kTables), id, index_view, table.value);
    }
  }
  if (draft.state_at) states.add(draft.state_at(index));
  group.entries.push_back({index, std::move(nonce), std::move(record), {}});
}

void LocalJournal::Impl::add_erasure(const Draft& draft, LogIndex index, rocksdb::WriteBatch& batch,
                                     Erasures& erasures) const {
  if (draft.erases.empty()) return;
  for (const LogIndex erased : draft.erases) {
    // Its key is on disk, and no group that may yet fail writes its body.
    RAPPORTEUR_CHECK(erased.value < tree.size().value);
    RAPPORTEUR_CHECK(
        batch.Delete(database->family(Family::kBodies), slice(layout::number(erased.value))).ok());
  }
  put(batch, database->family(Family::kLog), layout::erased_key(index),
      layout::encode_indices(draft.erases));
  erasures.emplace_back(index, draft.erases);
}

// After the entry is on disk: whatever happens then, it is done again when the log is opened.
Status LocalJournal::Impl::destroy(const Erasures& erasures, TreeSize size) {
  if (erasures.empty() || sabotaged("erasure-reported-early")) return {};
  for (const auto& [by, erased] : erasures) {
    if (auto gone = body_keys.destroy(erased, by); !gone) return gone;
  }
  return body_keys.note_destroyed(size);
}

void LocalJournal::Impl::add_tree(merkle::Frontier& grown, rocksdb::WriteBatch& batch) const {
  for (const merkle::Tile& tile : grown.take_completed()) {
    put(batch, database->family(Family::kTiles), layout::tile_key(tile.id),
        merkle::pack(tile.hashes));
  }
  if (grown.upper_edge_changed()) {
    put(batch, database->family(Family::kLog), slice(layout::kEdgeKey),
        layout::encode_edge(grown.upper_edge()));
  }
}

void LocalJournal::Impl::add_unsaved(rocksdb::WriteBatch& batch) const {
  if (!newest_unsaved) return;
  const layout::NumberBytes size = layout::number(newest.checkpoint.size.value);
  put(batch, database->family(Family::kCheckpoints), slice(size), newest.value());
}

// Signs the tree as it is; on disk beside the database before anybody sees it.
Status LocalJournal::Impl::sign_head() {
  newest = StoredCheckpoint::sign(log, key, tree);
  newest_unsaved = true;
  note = std::make_shared<const std::string>(newest.note(log));
  return checkpoint_file.write(*note, clock.monotonic());
}

std::shared_ptr<const Head> LocalJournal::Impl::head() const {
  return std::make_shared<const Head>(Head{tree.size(), tree.edge(), note, newest.checkpoint.size});
}

tl::unexpected<Error> LocalJournal::Impl::poison(const Error& error) {
  const std::lock_guard guard(poison_mutex);
  if (!sabotaged("poison-off")) poisoned = error;
  return tl::unexpected(error);
}

LocalJournal::LocalJournal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LocalJournal::~LocalJournal() {
  static_cast<void>(close());
}

Result<std::unique_ptr<LocalJournal>> LocalJournal::create(const std::filesystem::path& folder,
                                                           const std::string& origin,
                                                           crypto::SigningKey key,
                                                           const Clock& clock,
                                                           const LocalJournalOptions& options) {
  const notes::VerifierKey log{origin, notes::KeyType::kEd25519, key.public_key()};
  if (auto valid = notes::VerifierKey::parse(log.text()); !valid) {
    return fail(ErrorKind::kConfiguration, "'" + printable(origin, 80) + "' is no origin of a log",
                {}, "use a name like example.org/rapporteur, without spaces or '+'");
  }
  if (auto made = make_log_folder(folder); !made) return tl::unexpected(made.error());
  auto lock = lock_log_folder(folder);
  if (!lock) return tl::unexpected(lock.error());
  rocksdb::Env& files = files_of(options);
  const auto places = body_key_places(folder, options.body_keys, options.body_keys_copy);
  if (!places) return tl::unexpected(places.error());
  auto keys = BodyKeys::create(*places, log.text(), files);
  if (!keys) return tl::unexpected(keys.error());
  auto database = Database::open(database_folder(folder), Database::Mode::kCreate, options);
  if (!database) return tl::unexpected(database.error());
  const StoredCheckpoint first = StoredCheckpoint::sign(log, key, merkle::Frontier());
  rocksdb::WriteBatch batch = Database::batch();
  put(batch, (*database)->family(Family::kLog), slice(layout::kVerifierKey), log.text());
  put(batch, (*database)->family(Family::kCheckpoints), slice(layout::number(0)), first.value());
  if (auto written = (*database)->write(batch); !written) return tl::unexpected(written.error());
  auto file = CheckpointFile::create(folder, first.note(log), clock.monotonic(), files);
  if (!file) return tl::unexpected(file.error());
  if (auto sealed = seal_log_folder(folder, files); !sealed) return tl::unexpected(sealed.error());
  auto impl = std::make_unique<Impl>(folder, std::move(*lock), std::move(*database),
                                     std::move(*file), std::move(*keys), std::move(key), clock);
  impl->log = log;
  impl->newest = first;
  impl->note = std::make_shared<const std::string>(first.note(log));
  impl->reader =
      std::make_unique<Reader>(impl->database, impl->body_keys.reader(), log, impl->head());
  return std::unique_ptr<LocalJournal>(new LocalJournal(std::move(impl)));
}

Result<std::unique_ptr<LocalJournal>> LocalJournal::open(const std::filesystem::path& folder,
                                                         crypto::SigningKey key, const Clock& clock,
                                                         const LocalJournalOptions& options) {
  if (auto checked = check_log_folder(folder); !checked) return tl::unexpected(checked.error());
  auto lock = lock_log_folder(folder);
  if (!lock) return tl::unexpected(lock.error());
  auto database = Database::open(database_folder(folder), Database::Mode::kWrite, options);
  if (!database) return tl::unexpected(database.error());
  auto found = recover(**database);
  if (!found) return tl::unexpected(found.error());
  if (found->log.key != key.public_key()) {
    return fail(ErrorKind::kConfiguration, "the signing key is not the key of this log",
                folder.string(), "configure the key that the log was made with");
  }
  const auto slots = read_checkpoint_slots(folder);
  if (!slots) return tl::unexpected(slots.error());
  const auto given = newest_of(*slots, found->log);
  if (!given) return tl::unexpected(given.error());
  auto checked = check_against(**database, found->tree, given->checkpoint, folder.string());
  if (!checked) return tl::unexpected(checked.error());
  auto file = CheckpointFile::open(folder, *slots, *given, clock.monotonic(), files_of(options));
  if (!file) return tl::unexpected(file.error());
  const auto places = body_key_places(folder, options.body_keys, options.body_keys_copy);
  if (!places) return tl::unexpected(places.error());
  // Before anything is written into the keys, or over their copy.
  auto fits = check_newest_body(**database, places->file, found->log.text());
  if (!fits) return tl::unexpected(fits.error());
  auto keys = BodyKeys::open(*places, found->log.text(), found->tree.size(), files_of(options));
  if (!keys) return tl::unexpected(keys.error());
  if (auto gone = destroy_again(**database, found->tree.size(), *keys); !gone) {
    return tl::unexpected(gone.error());
  }

  auto impl = std::make_unique<Impl>(folder, std::move(*lock), std::move(*database),
                                     std::move(*file), std::move(*keys), std::move(key), clock);
  impl->log = std::move(found->log);
  impl->tree = std::move(found->tree);
  impl->last_time_ms = found->last_time_ms;
  const TreeSize size = impl->tree.size();
  if (found->newest && found->newest->checkpoint.size == size) {
    impl->newest = std::move(*found->newest);
    impl->note = std::make_shared<const std::string>(impl->newest.note(impl->log));
  } else if (auto signed_again = impl->sign_head(); !signed_again) {
    return tl::unexpected(signed_again.error());
  }
  impl->reader =
      std::make_unique<Reader>(impl->database, impl->body_keys.reader(), impl->log, impl->head());
  return std::unique_ptr<LocalJournal>(new LocalJournal(std::move(impl)));
}

Result<Group> LocalJournal::append(std::span<Draft> drafts) {
  if (auto error = poisoned()) return tl::unexpected(std::move(*error));
  Impl& self = *impl_;
  const auto with_record = static_cast<std::size_t>(std::count_if(
      drafts.begin(), drafts.end(), [](const Draft& draft) { return !draft.record.empty(); }));
  std::string nonces(with_record * limits::kNonceBytes, '\0');
  crypto::fill_random(std::as_writable_bytes(std::span(nonces)));
  const auto now = self.clock.now().time_since_epoch().count();
  const std::uint64_t time_ms =
      std::max(self.last_time_ms, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)));
  const std::string time = layout::time_prefix(time_ms);

  self.tree.begin_group();
  merkle::Frontier grown = self.tree;
  rocksdb::WriteBatch batch = Database::batch();
  StateWrites states;
  Group group;
  Erasures erasures;
  const TreeSize grown_to{self.tree.size().value + with_record};
  if (auto made = self.body_keys.make_for(LogIndex{self.tree.size().value}, grown_to); !made) {
    return self.poison(made.error());
  }
  group.entries.reserve(with_record);
  for (Draft& draft : drafts) {
    if (!draft.record.empty()) {
      self.add_erasure(draft, LogIndex{grown.size().value}, batch, erasures);
      const std::size_t at = group.entries.size() * limits::kNonceBytes;
      self.add_entry(draft, nonces.substr(at, limits::kNonceBytes), time, grown, states, batch,
                     group);
    } else {
      RAPPORTEUR_CHECK(!draft.message && draft.tables.empty() && !draft.state_at &&
                       draft.erases.empty());
    }
    states.add(std::move(draft.state));
  }
  states.put(*self.database, batch);
  self.add_tree(grown, batch);
  self.add_unsaved(batch);
  std::unique_lock writing(self.writing);
  if (auto written = self.database->write(batch); !written) return self.poison(written.error());
  writing.unlock();
  if (auto gone = self.destroy(erasures, grown.size()); !gone) return self.poison(gone.error());

  self.newest_unsaved = false;
  self.tree = std::move(grown);
  if (with_record != 0) {
    self.last_time_ms = time_ms;
    if (auto given = self.sign_head(); !given) return self.poison(given.error());
    auto proofs = self.tree.inclusion_proofs(group.entries.front().index, with_record);
    for (std::size_t i = 0; i < with_record; ++i) group.entries[i].proof = std::move(proofs[i]);
  }
  self.reader->publish(self.head());
  group.size = self.tree.size();
  group.checkpoint = self.note;
  return group;
}

const journal::JournalReader& LocalJournal::reader() const {
  return *impl_->reader;
}

std::optional<Error> LocalJournal::poisoned() const {
  const std::lock_guard guard(impl_->poison_mutex);
  return impl_->poisoned;
}

Result<journal::Snapshot> LocalJournal::take_snapshot() {
  // Before the copy: what it covers is in the database, and so in the copy.
  journal::Snapshot wanted{{}, *impl_->reader->checkpoint(), impl_->body_keys.copy()};
  return make_snapshot(impl_->folder, std::move(wanted), impl_->clock, [this](const auto& to) {
    const std::lock_guard guard(impl_->writing);
    return impl_->database->copy_to(to);
  });
}

std::string LocalJournal::verifier_key() const {
  return impl_->log.text();
}

Status LocalJournal::close() {
  Impl& self = *impl_;
  Status written;
  if (self.database == nullptr) return written;
  if (!poisoned()) written = self.checkpoint_file.sync(self.clock.monotonic());
  if (self.newest_unsaved && !poisoned()) {
    rocksdb::WriteBatch batch = Database::batch();
    self.add_unsaved(batch);
    written = written.and_then([&] { return self.database->write(batch); });
  }
  auto closed = self.database->close();
  self.reader.reset();
  self.database.reset();
  self.lock = FileHandle();
  return written ? closed : written;
}

}  // namespace rapporteur::rocks
