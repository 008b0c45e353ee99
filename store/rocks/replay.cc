#include "store/rocks/replay.h"

#include "proto/base/check.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/envelope.pb.h"
#include "store/journal/sequences.h"
#include "store/rocks/layout.h"
#include "store/tables/cells.h"
#include "store/tables/message_state.h"
#include "store/tables/table.h"
#include "store/verify/erasure_check.h"

namespace rapporteur::rocks {
namespace {

constexpr std::uint64_t kEntriesAtOnce = 1'024;

tl::unexpected<Error> unreadable(LogIndex index, const std::string& what) {
  return fail(ErrorKind::kStorage, what, "entry " + std::to_string(index.value),
              "restore the log from a verified backup");
}

std::string index_bytes(LogIndex index) {
  const layout::NumberBytes bytes = layout::number(index.value);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Status Replay::add(const ReplayedEntry& entry) {
  RAPPORTEUR_CHECK(entry.index.value == tree_.size().value);
  tree_.append(merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record)));
  v1::Record record;
  if (!record.ParseFromArray(entry.record.data(), static_cast<int>(entry.record.size()))) {
    return unreadable(entry.index, "the record cannot be read");
  }
  if (!record.header().empty()) {
    if (auto added = message(record, entry); !added) return added;
  }
  if (const auto erased = verify::erased_by(record); !erased.empty()) {
    put(Family::kLog, layout::erased_key(entry.index), layout::encode_indices(erased));
  }
  return tree_.size().value % kEntriesAtOnce == 0 ? flush() : Status();
}

Status Replay::message(const v1::Record& record, const ReplayedEntry& entry) {
  v1::Header header;
  const bool parsed = header.ParseFromString(record.header());
  const auto id = MessageId::from(header.message_id());
  const auto key = KeyId::from(header.key_id());
  if (!parsed || !id || !key) return unreadable(entry.index, "its header cannot be read");
  put(Family::kMessages, layout::message_key({header.sender(), *id}), index_bytes(entry.index));
  put(Family::kStates, journal::sequence_state_name(*key),
      index_bytes(LogIndex{header.sequence() + 1}));
  return record.has_accepted() ? accepted(record, header, entry) : Status();
}

Status Replay::accepted(const v1::Record& record, const v1::Header& header,
                        const ReplayedEntry& entry) {
  const bool replaces = header.kind() != v1::KIND_NEW;
  if (replaces) {
    const auto revised = MessageId::from(header.revises());
    if (!revised) return unreadable(entry.index, "it does not say what it replaces");
    const auto ending = header.kind() == v1::KIND_WITHDRAWAL ? tables::Ending::kWithdrawn
                                                             : tables::Ending::kReplaced;
    const auto end = tables::end_message({header.sender(), *revised}, ending);
    tables_[layout::table_key(end.table)] = index_bytes(entry.index) + end.value;
  }
  // Of each table: the hashes that the entry adds, and those that it ends.
  std::map<journal::ResourceId, std::vector<std::uint64_t>> touched;
  std::map<journal::ResourceId, std::vector<std::uint64_t>> ended;
  const auto touch = [&](std::string_view body, bool adds) -> Status {
    if (body.empty()) {
      // What is replaced was counted with its own entry.
      if (adds) ++bodies_absent_;
      return {};
    }
    auto read = BodyCodec::decode(bytes_of(body));
    if (!read) return unreadable(entry.index, "a body cannot be read: " + read.error().what);
    for (const auto& [id, table] :
         tables::rows_by_table(header.dataflow(), header.sender(), read->observations)) {
      auto& hashes = touched[id];
      if (!adds) {
        ended[table.ended] = tables::counted_keys(read->observations, table.rows);
        continue;
      }
      for (const std::size_t row : table.rows) hashes.push_back(read->observations.key_hash(row));
    }
    return {};
  };
  const LogIndex replaced{record.accepted().replaced_index()};
  if (header.kind() != v1::KIND_WITHDRAWAL) {
    if (auto done = touch(entry.body, true); !done) return done;
  }
  if (replaces) {
    const auto before = body_of_(replaced);
    if (!before) return tl::unexpected(before.error());
    if (auto done = touch(*before, false); !done) return done;
  }
  for (const auto& one : touched) {
    auto changed = change_table(one.first, entry.index, [&](tables::Table& table) -> Status {
      if (replaces) table.remove(replaced);
      auto inserted = table.insert(one.second);
      return inserted ? inserted : unreadable(entry.index, inserted.error().what);
    });
    if (!changed) return changed;
  }
  for (const auto& one : ended) {
    if (one.second.empty()) continue;
    auto changed = change_table(one.first, entry.index, [&](tables::Table& table) -> Status {
      table.take_over(one.second, replaced);
      return {};
    });
    if (!changed) return changed;
  }
  return {};
}

template <typename Change>
Status Replay::change_table(const journal::ResourceId& id, LogIndex writer, const Change& change) {
  const std::string key = layout::table_key(id);
  const auto stored = table(key);
  if (!stored) return tl::unexpected(stored.error());
  auto parsed = tables::Table::parse(*stored);
  if (!parsed) return tl::unexpected(parsed.error());
  if (auto changed = change(*parsed); !changed) return changed;
  const std::string value = parsed->encode();
  tables_[key] = value.empty() ? value : index_bytes(writer) + value;
  return {};
}

Result<std::string> Replay::table(const std::string& key) {
  const auto pending = tables_.find(key);
  if (pending != tables_.end()) return pending->second;
  auto stored = into_.get(Family::kTables, key);
  if (!stored) return tl::unexpected(stored.error());
  return std::move(*stored).value_or(std::string());
}

void Replay::put(Family family, std::string_view key, std::string_view value) {
  RAPPORTEUR_CHECK(batch_.Put(into_.family(family), slice(key), slice(value)).ok());
}

Status Replay::flush() {
  for (const merkle::Tile& tile : tree_.take_completed()) {
    put(Family::kTiles, layout::tile_key(tile.id), merkle::pack(tile.hashes));
  }
  for (const auto& [key, value] : tables_) {
    if (value.empty()) {
      RAPPORTEUR_CHECK(batch_.Delete(into_.family(Family::kTables), key).ok());
    } else {
      put(Family::kTables, key, value);
    }
  }
  tables_.clear();
  tree_.begin_group();
  auto written = into_.write(batch_);
  batch_.Clear();
  return written;
}

Status Replay::finish() {
  const std::string edge = layout::encode_edge(tree_.upper_edge());
  if (!edge.empty()) put(Family::kLog, layout::kEdgeKey, edge);
  return flush();
}

}  // namespace rapporteur::rocks
