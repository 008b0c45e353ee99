#include "store/rocks/succession.h"

#include <rocksdb/write_batch.h>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "store/journal/snapshots.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/checkpoint_file.h"
#include "store/rocks/layout.h"
#include "store/rocks/recovery.h"

namespace rapporteur::rocks {
namespace {

// The copy as it is, once it is known to hold what its checkpoints say.
struct Opened {
  FileHandle lock;
  std::unique_ptr<Database> database;
  Recovered found;
  std::string note;  // the newest
};

Result<Opened> open_copy(const std::filesystem::path& folder) {
  if (auto checked = check_log_folder(folder); !checked) return tl::unexpected(checked.error());
  auto lock = lock_log_folder(folder);
  if (!lock) return tl::unexpected(lock.error());
  auto database = Database::open(database_folder(folder), Database::Mode::kWrite, {});
  if (!database) return tl::unexpected(database.error());
  auto found = recover(**database);
  if (!found) return tl::unexpected(found.error());
  const auto slots = read_checkpoint_slots(folder);
  if (!slots) return tl::unexpected(slots.error());
  const auto given = newest_of(*slots, found->log);
  if (!given) return tl::unexpected(given.error());
  auto checked = check_against(**database, found->tree, given->checkpoint, folder.string());
  if (!checked) return tl::unexpected(checked.error());
  Opened out{std::move(*lock), std::move(*database), std::move(*found), given->note};
  if (out.found.newest && out.found.newest->checkpoint.size > given->checkpoint.size) {
    out.note = out.found.newest->note(out.found.log);
  }
  return out;
}

void put(rocksdb::WriteBatch& batch, const Database& database, Family family, std::string_view key,
         const std::string& value) {
  RAPPORTEUR_CHECK(batch.Put(database.family(family), slice(key), value).ok());
}

// The hashes on the way from the first leaf to the root, with another first leaf.
Status replace_first_leaf(const Database& database, Digest leaf, TreeSize size,
                          rocksdb::WriteBatch& batch) {
  auto packed = database.get(Family::kLog, layout::kEdgeKey);
  if (!packed) return tl::unexpected(packed.error());
  auto edge = layout::decode_edge(packed->value_or(std::string()));
  if (!edge) return tl::unexpected(edge.error());
  for (unsigned level = 0; size.value >> (merkle::kTileHeight * (level + 1)) != 0; ++level) {
    const std::string key = layout::tile_key({level, 0});
    auto stored = database.get(Family::kTiles, key);
    if (!stored) return tl::unexpected(stored.error());
    auto hashes = layout::unpack_tile(stored->value_or(std::string()));
    if (!hashes) return tl::unexpected(hashes.error());
    if (hashes->size() != merkle::kTileWidth) {
      return fail(ErrorKind::kStorage, "the database lacks a tile of the tree",
                  merkle::tile_path({level, 0}), "use another backup");
    }
    hashes->front() = leaf;
    put(batch, database, Family::kTiles, key, merkle::pack(*hashes));
    leaf = merkle::complete_root(*hashes);
    for (merkle::Tile& partial : *edge) {
      if (partial.id == merkle::TileId{level + 1, 0}) partial.hashes.front() = leaf;
    }
  }
  put(batch, database, Family::kLog, layout::kEdgeKey, layout::encode_edge(*edge));
  return {};
}

struct FirstEntry {
  std::string nonce;
  std::string record;
};

Result<FirstEntry> read_first(const Database& database) {
  const layout::NumberBytes key = layout::number(0);
  auto stored = database.get(Family::kRecords, {key.data(), key.size()});
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored || (*stored)->size() < limits::kNonceBytes) {
    return fail(ErrorKind::kStorage, "the log has no first entry", {}, "use another backup");
  }
  return FirstEntry{(*stored)->substr(0, limits::kNonceBytes),
                    (*stored)->substr(limits::kNonceBytes)};
}

Result<FirstEntry> new_first(const Opened& copy, const NewLog& log, const FirstEntry& old,
                             const std::string& verifier_key) {
  const Carried carried{copy.found.log.text(), copy.note, old.nonce, old.record,
                        copy.found.tree.size()};
  auto record = log.first(carried, verifier_key);
  if (!record) return tl::unexpected(record.error());
  auto time_ms = layout::parse_time_prefix(old.record);
  if (!time_ms) return tl::unexpected(time_ms.error());
  RAPPORTEUR_CHECK(!layout::has_time_prefix(*record));
  FirstEntry first{std::string(limits::kNonceBytes, '\0'), layout::time_prefix(*time_ms) + *record};
  crypto::fill_random(std::as_writable_bytes(std::span(first.nonce)));
  return first;
}

Status sign_anew(const std::filesystem::path& folder, Database& database, const NewLog& log,
                 const notes::VerifierKey& key, const Clock& clock) {
  auto found = recover(database);
  if (!found) return tl::unexpected(found.error());
  const auto signed_head = StoredCheckpoint::sign(key, log.key, found->tree);
  rocksdb::WriteBatch batch = Database::batch();
  const layout::NumberBytes size = layout::number(signed_head.checkpoint.size.value);
  put(batch, database, Family::kCheckpoints, {size.data(), size.size()}, signed_head.value());
  if (auto written = database.write(batch); !written) return written;
  rocksdb::Env& files = *rocksdb::Env::Default();
  auto file = CheckpointFile::create(folder, signed_head.note(key), clock.monotonic(), files);
  if (!file) return tl::unexpected(file.error());
  return seal_log_folder(folder, files);
}

}  // namespace

Result<std::string> continue_log(const std::filesystem::path& folder, NewLog log,
                                 const Clock& clock) {
  const notes::VerifierKey key{log.origin, notes::KeyType::kEd25519, log.key.public_key()};
  if (auto valid = notes::VerifierKey::parse(key.text()); !valid) {
    return fail(ErrorKind::kConfiguration,
                "'" + printable(log.origin, 80) + "' is no origin of a log", {},
                "use a name like example.org/rapporteur/log2, without spaces or '+'");
  }
  auto copy = open_copy(folder);
  if (!copy) return tl::unexpected(copy.error());
  if (copy->found.log.name == log.origin) {
    return fail(ErrorKind::kConfiguration, "this is the origin of the log that is restored",
                log.origin, "give the new log a name of its own: two logs of one name are a fork");
  }
  auto keys = continue_body_keys(
      {log.body_keys, copy->found.log.text(), body_key_file_of(folder), key.text()});
  if (!keys) return tl::unexpected(keys.error());
  const auto old = read_first(*copy->database);
  if (!old) return tl::unexpected(old.error());
  const auto first = new_first(*copy, log, *old, key.text());
  if (!first) return tl::unexpected(first.error());

  rocksdb::WriteBatch batch = Database::batch();
  const layout::NumberBytes first_key = layout::number(0);
  put(batch, *copy->database, Family::kRecords, {first_key.data(), first_key.size()},
      first->nonce + first->record);
  put(batch, *copy->database, Family::kLog, layout::kVerifierKey, key.text());
  const Digest leaf = merkle::record_leaf_hash(bytes_of(first->nonce), bytes_of(first->record));
  if (auto replaced = replace_first_leaf(*copy->database, leaf, copy->found.tree.size(), batch);
      !replaced) {
    return tl::unexpected(replaced.error());
  }
  // A verified backup of the old log is none of this one, nor do its witnesses know this one.
  for (const std::string_view state : {journal::kBackedUpState, journal::kCosignedState}) {
    RAPPORTEUR_CHECK(batch.Delete(copy->database->family(Family::kStates), slice(state)).ok());
  }
  auto done = copy->database->remove_all(Family::kCheckpoints)
                  .and_then([&] { return copy->database->write(batch); })
                  .and_then([&] { return sign_anew(folder, *copy->database, log, key, clock); })
                  .and_then([&] { return copy->database->close(); });
  if (!done) return tl::unexpected(done.error());
  return key.text();
}

}  // namespace rapporteur::rocks
