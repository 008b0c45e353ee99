#include "store/rocks/recovery.h"

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/body_cipher.h"
#include "store/rocks/layout.h"

namespace rapporteur::rocks {
namespace {

// The index after the last record, and the time in it.
Status read_end(const Database& database, std::uint64_t& size, std::uint64_t& last_time_ms) {
  const auto rows = database.iterate(Family::kRecords, rocksdb::ReadOptions());
  rows->SeekToLast();
  if (!rows->status().ok()) return database.failed(rows->status());
  if (!rows->Valid()) return {};
  auto last = layout::parse_number(view(rows->key()));
  if (!last) return tl::unexpected(last.error());
  std::string_view value = view(rows->value());
  value.remove_prefix(std::min(value.size(), limits::kNonceBytes));
  auto time_ms = layout::parse_time_prefix(value);
  if (!time_ms) return tl::unexpected(time_ms.error());
  size = *last + 1;
  last_time_ms = *time_ms;
  return {};
}

// The partial tile of level 0 is not kept: its leaves are hashed again from the records.
Result<merkle::Tile> last_leaves(const Database& database, std::uint64_t size) {
  merkle::Tile tile;
  tile.id = {0, size / merkle::kTileWidth};
  std::uint64_t index = tile.id.number * merkle::kTileWidth;
  const layout::NumberBytes first = layout::number(index);
  const auto rows = database.iterate(Family::kRecords, rocksdb::ReadOptions());
  for (rows->Seek(slice(first)); rows->Valid(); rows->Next(), ++index) {
    const layout::NumberBytes expected = layout::number(index);
    const std::string_view value = view(rows->value());
    if (rows->key() != slice(expected) || value.size() < limits::kNonceBytes) {
      return fail(ErrorKind::kStorage, "the database lacks an entry",
                  "entry " + std::to_string(index), "restore the log from a verified backup");
    }
    tile.hashes.push_back(merkle::record_leaf_hash(bytes_of(value.substr(0, limits::kNonceBytes)),
                                                   bytes_of(value.substr(limits::kNonceBytes))));
  }
  if (!rows->status().ok()) return database.failed(rows->status());
  return tile;
}

Result<merkle::Frontier> read_tree(const Database& database, std::uint64_t size) {
  auto packed = database.get(Family::kLog, layout::kEdgeKey);
  if (!packed) return tl::unexpected(packed.error());
  auto edge = layout::decode_edge(packed->value_or(std::string()));
  if (!edge) return tl::unexpected(edge.error());
  auto leaves = last_leaves(database, size);
  if (!leaves) return tl::unexpected(leaves.error());
  if (!leaves->hashes.empty()) edge->push_back(std::move(*leaves));
  auto tree = merkle::Frontier::restore(TreeSize{size}, *edge);
  if (!tree) {
    return fail(ErrorKind::kStorage,
                "the tree in the database does not fit its entries: " + tree.error().line(), {},
                "restore the log from a verified backup");
  }
  return tree;
}

Result<std::optional<StoredCheckpoint>> read_newest(const Database& database,
                                                    const std::string& origin) {
  const auto rows = database.iterate(Family::kCheckpoints, rocksdb::ReadOptions());
  rows->SeekToLast();
  if (!rows->status().ok()) return database.failed(rows->status());
  if (!rows->Valid()) return std::optional<StoredCheckpoint>();
  auto stored = StoredCheckpoint::parse(view(rows->key()), view(rows->value()), origin);
  if (!stored) return tl::unexpected(stored.error());
  return std::optional(std::move(*stored));
}

}  // namespace

Result<Recovered> recover(const Database& database) {
  auto key = database.get(Family::kLog, layout::kVerifierKey);
  if (!key) return tl::unexpected(key.error());
  auto log = notes::VerifierKey::parse(key->value_or(std::string()));
  if (!log) {
    return fail(ErrorKind::kStorage, "the database does not say which log it holds", {},
                "name the data folder of a hub");
  }
  Recovered out;
  out.log = std::move(*log);
  std::uint64_t size = 0;
  if (auto read = read_end(database, size, out.last_time_ms); !read) {
    return tl::unexpected(read.error());
  }
  auto tree = read_tree(database, size);
  if (!tree) return tl::unexpected(tree.error());
  out.tree = std::move(*tree);
  auto newest = read_newest(database, out.log.name);
  if (!newest) return tl::unexpected(newest.error());
  out.newest = std::move(*newest);
  if (out.newest) {
    auto checked = check_against(database, out.tree, out.newest->checkpoint, "the database");
    if (!checked) return tl::unexpected(checked.error());
  }
  return out;
}

Status check_against(const Database& database, const merkle::Frontier& tree,
                     const notes::Checkpoint& checkpoint, const std::string& source) {
  const TreeSize size = tree.size();
  if (sabotaged("rollback-check-off")) return {};
  if (size < checkpoint.size) {
    return fail(
        ErrorKind::kStorage,
        "the log has " + std::to_string(size.value) + " entries, but a checkpoint over " +
            std::to_string(checkpoint.size.value) +
            " was given out: entries that were acknowledged are missing",
        source,
        "if an old copy was put here, put the newer data back; where it is lost, `rapporteur "
        "restore` makes a new log from a backup");
  }
  const std::vector<merkle::Tile> edge = tree.edge();
  const auto root = checkpoint.size == size
                        ? Result<Digest>(tree.root())
                        : merkle::root(checkpoint.size, tile_reader(database, size, edge));
  if (!root) return tl::unexpected(root.error());
  if (*root != checkpoint.root) {
    return fail(ErrorKind::kStorage,
                "the first " + std::to_string(checkpoint.size.value) +
                    " entries are not those of a checkpoint that was given out",
                source,
                "keep this folder for examination and restore the log from a verified "
                "backup");
  }
  return {};
}

Result<std::optional<std::string>> open_stored_body(const Database& database,
                                                    const BodyKeyReader& keys, LogIndex index) {
  const layout::NumberBytes key = layout::number(index.value);
  const std::string_view key_bytes(key.data(), key.size());
  const auto row = database.get(Family::kBodies, key_bytes);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto record = database.get(Family::kRecords, key_bytes);
  if (!record) return tl::unexpected(record.error());
  const auto body_key = keys.read(index, 1);
  if (!body_key) return tl::unexpected(body_key.error());
  if (body_key->front().destroyed_by()) return std::nullopt;
  const std::string nonce = record->value_or(std::string()).substr(0, limits::kNonceBytes);
  auto plain = crypto::open_body({body_key->front().bytes, bytes_of(nonce), index}, **row);
  if (!plain || plain->size() < limits::kSaltBytes) {
    return fail(ErrorKind::kStorage, "its body cannot be opened with its key",
                "entry " + std::to_string(index.value),
                "put the newest copy of the keys of the bodies in their place");
  }
  return plain;
}

Status check_newest_body(const Database& database, const std::filesystem::path& file,
                         std::string_view verifier_key) {
  const auto rows = database.iterate(Family::kBodies, rocksdb::ReadOptions());
  rows->SeekToLast();
  if (!rows->status().ok()) return database.failed(rows->status());
  if (!rows->Valid()) return {};
  const auto index = layout::parse_number(view(rows->key()));
  if (!index) return tl::unexpected(index.error());
  const auto keys = BodyKeyReader::open(file, verifier_key);
  // What is wrong with the file itself is said when it is opened to be written.
  if (!keys) return {};
  return open_stored_body(database, **keys, LogIndex{*index}).map([](const auto&) {});
}

Status destroy_again(const Database& database, TreeSize size, BodyKeys& keys) {
  bool found = false;
  const auto rows = database.iterate(Family::kLog, rocksdb::ReadOptions());
  rows->Seek(layout::erased_key(LogIndex{keys.destroyed_through().value}));
  for (; rows->Valid() && view(rows->key()).starts_with(layout::kErasedPrefix); rows->Next()) {
    const auto by = layout::parse_number(view(rows->key()).substr(layout::kErasedPrefix.size()));
    const auto erased = layout::decode_indices(view(rows->value()));
    if (!by) return tl::unexpected(by.error());
    if (!erased) return tl::unexpected(erased.error());
    if (auto gone = keys.destroy(*erased, LogIndex{*by}); !gone) return gone;
    found = true;
  }
  if (!rows->status().ok()) return database.failed(rows->status());
  return found ? keys.note_destroyed(size) : Status();
}

}  // namespace rapporteur::rocks
