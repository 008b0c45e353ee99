#include "broker/admission/table_changes.h"

#include <algorithm>
#include <iterator>

#include "store/tables/cells.h"

namespace rapporteur::admission {

void TableChanges::add(const ObservationSet& observations) {
  added_ = &observations;
  auto by_table = tables::rows_by_table(dataflow_, sender_, observations);
  for (auto& [id, of_table] : by_table) {
    Touched& table = tables_[id];
    for (const std::size_t row : of_table.rows) table.hashes.push_back(observations.key_hash(row));
    table.rows = std::move(of_table.rows);
  }
}

void TableChanges::remove(const ObservationSet& observations) {
  for (const auto& [id, table] : tables::rows_by_table(dataflow_, sender_, observations)) {
    tables_.try_emplace(id);
    ended_[table.ended] = tables::counted_keys(observations, table.rows);
  }
}

Result<std::vector<TableChanges::TakenKey>> TableChanges::taken_keys() const {
  std::vector<TakenKey> taken;
  for (const auto& [id, touched] : tables_) {
    const auto table = view_.table(id);
    if (!table) return tl::unexpected(table.error());
    if ((*table)->empty()) continue;
    for (std::size_t i = 0; i < touched.rows.size(); ++i) {
      for (const LogIndex index : (*table)->find(touched.hashes[i])) {
        if (index == view_.left_out()) continue;
        const auto holder = view_.holder(index);
        if (!holder) return tl::unexpected(holder.error());
        if (*holder != nullptr && (*holder)->keys->holds(*added_, touched.rows[i])) {
          taken.push_back({touched.rows[i], *holder});
        }
      }
    }
  }
  std::sort(taken.begin(), taken.end(),
            [](const TakenKey& a, const TakenKey& b) { return a.row < b.row; });
  return taken;
}

Result<std::vector<const Holder*>> TableChanges::erased() const {
  std::vector<const Holder*> out;
  for (const auto& [id, touched] : tables_) {
    const auto table = view_.table(id);
    if (!table) return tl::unexpected(table.error());
    // Of a restored log the tables may not say that a holder was erased since the backup.
    std::vector<LogIndex> all = (*table)->erased();
    std::ranges::copy((*table)->holders(), std::back_inserter(all));
    for (const LogIndex index : all) {
      if (index == view_.left_out()) continue;
      const auto holder = view_.holder(index);
      if (!holder) return tl::unexpected(holder.error());
      if (*holder == nullptr || !(*holder)->erased) continue;
      if (std::ranges::find(out, *holder) != out.end()) continue;
      const auto ended = view_.ended(**holder);
      if (!ended) return tl::unexpected(ended.error());
      if (!*ended) out.push_back(*holder);
    }
  }
  return out;
}

Result<std::optional<std::vector<journal::TableWrite>>> TableChanges::writes() const {
  std::vector<journal::TableWrite> writes;
  writes.reserve(tables_.size());
  for (const auto& [id, touched] : tables_) {
    const auto published = view_.table(id);
    if (!published) return tl::unexpected(published.error());
    tables::Table table = **published;
    if (const auto replaced = view_.left_out()) table.remove(*replaced);
    if (!table.insert(touched.hashes)) return std::nullopt;
    writes.push_back({id, table.encode()});
  }
  if (auto added = add_ended(writes); !added) return tl::unexpected(added.error());
  return writes;
}

Status TableChanges::add_ended(std::vector<journal::TableWrite>& writes) const {
  for (const auto& [id, hashes] : ended_) {
    if (hashes.empty()) continue;
    const auto known = view_.table(id);
    if (!known) return tl::unexpected(known.error());
    tables::Table table = **known;
    table.take_over(hashes, *view_.left_out());
    writes.push_back({id, table.encode()});
  }
  return {};
}

Status ErasedTables::add(const v1::Header& header, const ObservationSet& observations,
                         LogIndex index) {
  const auto change = [&](const journal::ResourceId& id, const auto& take_out) -> Status {
    const auto published = view_.table(id);
    if (!published) return tl::unexpected(published.error());
    const auto known = tables_.find(id);
    tables::Table table = known != tables_.end() ? known->second : **published;
    if (take_out(table)) tables_.insert_or_assign(id, std::move(table));
    return {};
  };
  for (const auto& [id, rows] :
       tables::rows_by_table(header.dataflow(), header.sender(), observations)) {
    // One that was replaced is in the second, if in any.
    auto changed = change(id, [&](tables::Table& live) { return live.erase(index); });
    if (changed) {
      changed = change(rows.ended, [&](tables::Table& ended) { return ended.remove(index); });
    }
    if (!changed) return changed;
  }
  return {};
}

std::vector<journal::TableWrite> ErasedTables::writes() const {
  std::vector<journal::TableWrite> out;
  out.reserve(tables_.size());
  for (const auto& [id, table] : tables_) out.push_back({id, table.encode()});
  return out;
}

}  // namespace rapporteur::admission
