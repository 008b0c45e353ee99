#include "store/rocks/reader.h"

#include <algorithm>
#include <utility>

#include "proto/base/limits.h"
#include "store/rocks/layout.h"

namespace rapporteur::rocks {
namespace {

using journal::BodyState;
using journal::StoredEntry;

tl::unexpected<Error> damaged(LogIndex index, const char* what,
                              const char* remedy = "restore the log from a verified backup") {
  return fail(ErrorKind::kStorage, std::string("the database ") + what,
              "entry " + std::to_string(index.value), remedy);
}

tl::unexpected<Error> no_entry(LogIndex index, TreeSize size) {
  return fail(ErrorKind::kNotFound, "the log has " + std::to_string(size.value) + " entries",
              "entry " + std::to_string(index.value));
}

Status take_record(std::string_view value, StoredEntry& entry) {
  if (value.size() < limits::kNonceBytes) return damaged(entry.index, "holds a damaged record");
  entry.nonce = value.substr(0, limits::kNonceBytes);
  entry.record = value.substr(limits::kNonceBytes);
  return {};
}

void take_sealed(std::string_view value, StoredEntry& entry) {
  entry.body = value;
  entry.state = BodyState::kSealed;
}

// Bodies in step with records: an entry without one has no row.
class BodyScan {
 public:
  BodyScan(const Database& database, const rocksdb::ReadOptions& read, std::string_view first)
      : database_(database), rows_(database.iterate(Family::kBodies, read)) {
    rows_->Seek(slice(first));
  }

  Status take(std::string_view key, StoredEntry& entry) {
    if (!rows_->Valid()) {
      if (!rows_->status().ok()) return database_.failed(rows_->status());
      return {};
    }
    if (view(rows_->key()) != key) return {};
    take_sealed(view(rows_->value()), entry);
    rows_->Next();
    return {};
  }

 private:
  const Database& database_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

}  // namespace

StoredCheckpoint StoredCheckpoint::sign(const notes::VerifierKey& log,
                                        const crypto::SigningKey& key,
                                        const merkle::Frontier& tree) {
  StoredCheckpoint out;
  out.checkpoint = {log.name, tree.size(), tree.root()};
  out.signature = notes::sign(out.checkpoint.text(), log.name, key).blob;
  return out;
}

std::string StoredCheckpoint::value() const {
  return checkpoint.root.string() + signature;
}

std::string StoredCheckpoint::note(const notes::VerifierKey& log) const {
  notes::Note note;
  note.text = checkpoint.text();
  note.signatures.push_back({log.name, log.id(), signature});
  return note.bytes();
}

Result<StoredCheckpoint> StoredCheckpoint::parse(std::string_view key, std::string_view value,
                                                 const std::string& origin) {
  auto size = layout::parse_number(key);
  if (!size) return tl::unexpected(size.error());
  if (value.size() != Digest::kBytes + SignatureBytes::kBytes) {
    return fail(ErrorKind::kStorage, "the database holds a damaged checkpoint",
                "size " + std::to_string(*size), "restore the log from a verified backup");
  }
  StoredCheckpoint out;
  out.checkpoint = {origin, TreeSize{*size}, *Digest::from(value.substr(0, Digest::kBytes))};
  out.signature = value.substr(Digest::kBytes);
  return out;
}

merkle::TileHashReader tile_reader(const Database& database, TreeSize size,
                                   const std::vector<merkle::Tile>& edge,
                                   merkle::TileCache* cache) {
  return merkle::TileHashReader(
      [&database, size, &edge](merkle::TileId id) -> Result<std::vector<Digest>> {
        const std::uint64_t hashes =
            id.level < merkle::kTileLevels ? size.value >> (id.level * merkle::kTileHeight) : 0;
        if (id.number < hashes / merkle::kTileWidth) {
          auto packed = database.get(Family::kTiles, layout::tile_key(id));
          if (!packed) return tl::unexpected(packed.error());
          if (*packed) return layout::unpack_tile(**packed);
        }
        const auto partial = std::find_if(edge.begin(), edge.end(),
                                          [&](const merkle::Tile& tile) { return tile.id == id; });
        if (partial != edge.end()) return partial->hashes;
        return fail(ErrorKind::kStorage, "the database lacks a tile of the tree",
                    merkle::tile_path(id), "restore the log from a verified backup");
      },
      cache);
}

Reader::Reader(std::shared_ptr<const Database> database, std::shared_ptr<const BodyKeyReader> keys,
               notes::VerifierKey log, std::shared_ptr<const Head> head)
    : database_(std::move(database)),
      keys_(std::move(keys)),
      log_(std::move(log)),
      head_(std::move(head)) {}

void Reader::publish(std::shared_ptr<const Head> head) {
  const std::lock_guard lock(mutex_);
  head_ = std::move(head);
}

std::shared_ptr<const Head> Reader::head() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

TreeSize Reader::size() const {
  const std::lock_guard lock(mutex_);
  return head_->size;
}

std::shared_ptr<const std::string> Reader::checkpoint() const {
  const std::lock_guard lock(mutex_);
  return head_->checkpoint;
}

Result<StoredEntry> Reader::entry(LogIndex index) const {
  const TreeSize known = size();
  if (index.value >= known.value) return no_entry(index, known);
  const layout::NumberBytes key = layout::number(index.value);
  const std::string_view key_bytes(key.data(), key.size());
  auto record = database_->get(Family::kRecords, key_bytes);
  if (!record) return tl::unexpected(record.error());
  if (!*record) return damaged(index, "lacks an entry");
  StoredEntry entry{index, {}, {}, {}, {}};
  if (auto taken = take_record(**record, entry); !taken) return tl::unexpected(taken.error());
  auto body = database_->get(Family::kBodies, key_bytes);
  if (!body) return tl::unexpected(body.error());
  if (*body) take_sealed(**body, entry);
  if (auto opened = open_bodies({&entry, 1}); !opened) return tl::unexpected(opened.error());
  return entry;
}

Status Reader::open_bodies(std::span<StoredEntry> entries) const {
  if (entries.empty()) return {};
  if (keys_ == nullptr) {
    for (StoredEntry& entry : entries) entry.body.clear();
    return {};
  }
  auto keys = keys_->read(entries.front().index, entries.size());
  if (!keys) return tl::unexpected(keys.error());
  Status opened;
  for (std::size_t i = 0; i < entries.size() && opened; ++i) {
    opened = open_body((*keys)[i], entries[i]);
  }
  crypto::wipe(std::as_writable_bytes(std::span(*keys)));
  return opened;
}

Status Reader::open_body(BodyKey key, StoredEntry& entry) const {
  const std::string sealed = std::exchange(entry.body, {});
  for (bool again = false;; again = true) {
    if (const auto by = key.destroyed_by()) {
      entry.state = BodyState::kErased;
      entry.erased_by = by;
      return {};
    }
    if (entry.state == BodyState::kNone) return {};
    auto plain = crypto::open_body({key.bytes, bytes_of(entry.nonce), entry.index}, sealed);
    if (plain && plain->size() >= limits::kSaltBytes) {
      entry.salt = plain->substr(0, limits::kSaltBytes);
      entry.body = plain->erase(0, limits::kSaltBytes);
      entry.state = BodyState::kHere;
      return {};
    }
    // It may have been read while it was destroyed.
    const auto now = keys_->read(entry.index, 1);
    if (!now) return tl::unexpected(now.error());
    if (again || now->front() == key) {
      return damaged(entry.index, "holds a body that its key does not open",
                     "put the newest copy of the keys of the bodies in their place; if it does not "
                     "help, restore the log from a verified backup");
    }
    key = now->front();
  }
}

Result<std::vector<StoredEntry>> Reader::entries(LogIndex first, std::size_t count,
                                                 std::size_t most_bytes, bool bodies) const {
  constexpr std::size_t kReadAheadFrom = 256UL << 10U;
  constexpr std::size_t kReserved = 1024;
  std::vector<StoredEntry> out;
  const TreeSize known = size();
  if (first.value >= known.value || count == 0) return out;
  const std::uint64_t end = first.value + std::min<std::uint64_t>(count, known.value - first.value);
  const layout::NumberBytes begin_key = layout::number(first.value);
  const layout::NumberBytes end_key = layout::number(end);
  const rocksdb::Slice bound = slice(end_key);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  // A scan of old entries is read once: it must not push what lookups need out of the cache.
  read.fill_cache = false;
  if (most_bytes >= kReadAheadFrom) read.readahead_size = kReadAheadFrom;
  const auto records = database_->iterate(Family::kRecords, read);
  std::optional<BodyScan> body_rows;
  if (bodies) {
    body_rows.emplace(*database_, read, std::string_view(begin_key.data(), begin_key.size()));
  }
  out.reserve(std::min<std::size_t>(end - first.value, kReserved));
  std::size_t bytes = 0;
  records->Seek(slice(begin_key));
  for (std::uint64_t index = first.value; index < end; ++index, records->Next()) {
    if (!records->Valid() && !records->status().ok()) return database_->failed(records->status());
    const layout::NumberBytes key = layout::number(index);
    const std::string_view key_bytes(key.data(), key.size());
    if (!records->Valid() || view(records->key()) != key_bytes) {
      return damaged(LogIndex{index}, "lacks an entry");
    }
    StoredEntry entry{LogIndex{index}, {}, {}, {}, {}};
    auto taken = take_record(view(records->value()), entry);
    if (taken && body_rows) taken = body_rows->take(key_bytes, entry);
    if (!taken) return tl::unexpected(taken.error());
    bytes += entry.nonce.size() + entry.record.size() + entry.salt.size() + entry.body.size();
    if (bytes > most_bytes && !out.empty()) break;
    out.push_back(std::move(entry));
  }
  if (bodies) {
    if (auto opened = open_bodies(out); !opened) return tl::unexpected(opened.error());
  }
  return out;
}

Result<std::optional<LogIndex>> Reader::find(const journal::MessageKey& key) const {
  auto value = database_->get(Family::kMessages, layout::message_key(key));
  if (!value) return tl::unexpected(value.error());
  if (!*value) return std::optional<LogIndex>();
  auto index = layout::parse_number(**value);
  if (!index) return tl::unexpected(index.error());
  return std::optional(LogIndex{*index});
}

Result<std::string> Reader::table(const journal::ResourceId& table) const {
  auto value = database_->get(Family::kTables, layout::table_key(table));
  if (!value) return tl::unexpected(value.error());
  return std::move(*value).value_or(std::string());
}

Result<std::string> Reader::state(std::string_view name) const {
  auto value = database_->get(Family::kStates, name);
  if (!value) return tl::unexpected(value.error());
  return std::move(*value).value_or(std::string());
}

Result<std::vector<journal::StateWrite>> Reader::states(std::string_view prefix) const {
  std::vector<journal::StateWrite> out;
  const auto rows = database_->iterate(Family::kStates, rocksdb::ReadOptions());
  for (rows->Seek(slice(prefix)); rows->Valid() && view(rows->key()).starts_with(prefix);
       rows->Next()) {
    out.push_back({rows->key().ToString(), rows->value().ToString()});
  }
  if (!rows->status().ok()) return database_->failed(rows->status());
  return out;
}

Result<std::vector<Digest>> Reader::inclusion_proof(LogIndex index, TreeSize size) const {
  const auto now = head();
  if (size > now->size) return no_entry(LogIndex{size.value - 1}, now->size);
  return merkle::inclusion_proof(index, size,
                                 tile_reader(*database_, now->size, now->edge, &tiles_));
}

Result<std::vector<Digest>> Reader::consistency_proof(TreeSize first, TreeSize second) const {
  const auto now = head();
  if (second > now->size) return no_entry(LogIndex{second.value - 1}, now->size);
  return merkle::consistency_proof(first, second,
                                   tile_reader(*database_, now->size, now->edge, &tiles_));
}

Result<std::string> Reader::checkpoint_from(TreeSize size) const {
  const auto now = head();
  if (size > now->checkpoint_size) {
    return fail(ErrorKind::kNotFound, "the newest checkpoint is over " +
                                          std::to_string(now->checkpoint_size.value) + " entries");
  }
  const layout::NumberBytes key = layout::number(size.value);
  const auto rows = database_->iterate(Family::kCheckpoints, rocksdb::ReadOptions());
  rows->Seek(slice(key));
  if (!rows->status().ok()) return database_->failed(rows->status());
  if (rows->Valid()) {
    auto stored = StoredCheckpoint::parse(view(rows->key()), view(rows->value()), log_.name);
    if (!stored) return tl::unexpected(stored.error());
    // The newest is in the database only with the next group.
    if (stored->checkpoint.size < now->checkpoint_size) return stored->note(log_);
  }
  return *now->checkpoint;
}

Status Reader::checkpoints(const std::function<bool(TreeSize, const std::string&)>& use) const {
  const auto now = head();
  const auto rows = database_->iterate(Family::kCheckpoints, rocksdb::ReadOptions());
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    auto stored = StoredCheckpoint::parse(view(rows->key()), view(rows->value()), log_.name);
    if (!stored) return tl::unexpected(stored.error());
    // The newest is in the database only with the next group.
    if (stored->checkpoint.size >= now->checkpoint_size) break;
    if (!use(stored->checkpoint.size, stored->note(log_))) return {};
  }
  if (!rows->status().ok()) return database_->failed(rows->status());
  use(now->checkpoint_size, *now->checkpoint);
  return {};
}

}  // namespace rapporteur::rocks
