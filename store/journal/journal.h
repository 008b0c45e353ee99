// The one ordered log: append in groups, prove, read back.
//
// An entry is a record with a nonce; salt and body lie beside it. A group of drafts becomes
// consecutive entries by one synced write, together with everything that follows from them: Merkle
// tiles, message ids, tables, named state. Order is decided here and nowhere else.
//
// Threads: `append` from one thread; a JournalReader from any number of threads at once.
// Durability: when `append` returns a Group, all of it is on stable storage, the checkpoint was
// signed after that, and what it erases is destroyed. After it has failed once, it fails for good:
// never retried, reads go on.
// Errors: kStorage. size() and the checkpoint are unchanged by a failed append, and nothing of the
// group was acknowledged; whether it is on disk is not known. When the log is opened again it holds
// all of the group or none; if all, the same message is answered as a repeat.
// Source: FORMAT.md; ADR on the journal as an interface.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "store/merkle/tree.h"

namespace rapporteur::journal {

// Something a verdict may depend on: a message id, a table, the directory. XXH3-128 of its name.
struct ResourceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const ResourceId&) const = default;
};
// For resources that are neither message nor table: "directory", ...
[[nodiscard]] ResourceId resource_named(std::string_view name);

struct MessageKey {
  std::string sender;
  MessageId id;
  [[nodiscard]] ResourceId resource() const;
};

// One value of the published view, by 128-bit table id; tables/ gives value and id their meaning.
// A verdict does not know the index its entry will get: append puts it in front of the value, as 8
// bytes, big-endian, and JournalReader::table returns the value with it.
struct TableWrite {
  ResourceId table;
  std::string value;  // empty: the table is gone
};

// A small named value that is a fold over the log (directory, next sequences, cursors).
struct StateWrite {
  std::string name;
  std::string value;  // empty: gone
};

struct Draft {
  // A serialized v1.Record without time_ms, which append puts in front. Empty: nothing enters the
  // log, only `state` is written with the group.
  std::string record;
  std::string salt;  // 32 bytes or empty
  std::string body;  // only with a salt
  // `message`, `tables` and `state_at` only with a record.
  std::optional<MessageKey> message;
  std::vector<TableWrite> tables;
  std::vector<StateWrite> state;
  // For state that holds the index of its own entry: called once, on the thread of `append`, when
  // the index is assigned and before the group is written. What it returns is written like `state`.
  // Must not fail; what else it changes must not be visible before size() has passed the index.
  std::function<std::vector<StateWrite>(LogIndex)> state_at;
  // Also written by it, for later read sets; message and tables are implied.
  std::vector<ResourceId> resources;
  // Entries of the log, all below its size, whose salt and body this entry erases. Only with a
  // record.
  std::vector<LogIndex> erases;
};

struct Appended {
  LogIndex index;
  std::string nonce;          // 32 bytes
  std::string record;         // as stored
  std::vector<Digest> proof;  // in the tree of the group's checkpoint
};

struct Group {
  std::vector<Appended> entries;  // one for each draft with a record, in order
  TreeSize size;
  std::shared_ptr<const std::string> checkpoint;  // signed note
};

enum class BodyState {
  kNone,    // none is stored; or it was not asked for
  kHere,    // salt and body
  kErased,  // destroyed for good, by entry `erased_by`
  kSealed,  // stored, but the log was opened without the keys of its bodies
};

struct StoredEntry {
  LogIndex index;
  std::string nonce;
  std::string record;
  std::string salt;  // empty unless kHere
  std::string body;
  BodyState state = BodyState::kNone;
  // As the store of the keys says. Of a copy of a log it may lie beyond its end.
  std::optional<LogIndex> erased_by = std::nullopt;
};

class JournalReader {
 public:
  virtual ~JournalReader() = default;

  // Entries on stable storage. Grows; never shrinks. What find, table and state say may come from
  // an entry at or above it: one that is being written, or whose append has failed.
  [[nodiscard]] virtual TreeSize size() const = 0;
  // The newest signed checkpoint; of size() at the time it was signed.
  [[nodiscard]] virtual std::shared_ptr<const std::string> checkpoint() const = 0;
  // Error: kNotFound for an index that is not in the log.
  [[nodiscard]] virtual Result<StoredEntry> entry(LogIndex index) const = 0;
  // Up to `count` entries from `first` on, stopping after `most_bytes` (at least one entry if there
  // is one). `bodies` false leaves salt and body empty.
  [[nodiscard]] virtual Result<std::vector<StoredEntry>> entries(LogIndex first, std::size_t count,
                                                                 std::size_t most_bytes,
                                                                 bool bodies) const = 0;
  [[nodiscard]] virtual Result<std::optional<LogIndex>> find(const MessageKey& key) const = 0;
  // Empty string: no such table, no such state. A table begins with the 8 bytes of the index of the
  // entry that wrote it.
  [[nodiscard]] virtual Result<std::string> table(const ResourceId& table) const = 0;
  [[nodiscard]] virtual Result<std::string> state(std::string_view name) const = 0;
  // All states whose name begins with `prefix`, by name.
  [[nodiscard]] virtual Result<std::vector<StateWrite>> states(std::string_view prefix) const = 0;

  [[nodiscard]] virtual Result<std::vector<Digest>> inclusion_proof(LogIndex index,
                                                                    TreeSize size) const = 0;
  [[nodiscard]] virtual Result<std::vector<Digest>> consistency_proof(TreeSize first,
                                                                      TreeSize second) const = 0;
  // The signed checkpoint of the smallest size that is not below `size`.
  // Error: kNotFound when none is so large.
  [[nodiscard]] virtual Result<std::string> checkpoint_from(TreeSize size) const = 0;
  // Calls `use` with every signed checkpoint kept, by ascending size, until it returns false.
  [[nodiscard]] virtual Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>& use) const = 0;
};

class Journal {
 public:
  virtual ~Journal() = default;
  [[nodiscard]] virtual Result<Group> append(std::span<Draft> drafts) = 0;
  [[nodiscard]] virtual const JournalReader& reader() const = 0;
  // Set once a synced write has failed: the reason. No append is tried after that.
  [[nodiscard]] virtual std::optional<Error> poisoned() const = 0;
};

}  // namespace rapporteur::journal

// Already uniform.
template <>
struct std::hash<rapporteur::journal::ResourceId> {
  std::size_t operator()(const rapporteur::journal::ResourceId& id) const noexcept {
    return static_cast<std::size_t>(id.low);
  }
};
