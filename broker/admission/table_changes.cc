#include "broker/admission/table_changes.h"

#include <algorithm>

#include "store/tables/cells.h"

namespace rapporteur::admission {

void TableChanges::add(const ObservationSet& observations) {
  added_ = &observations;
  auto by_table = tables::rows_by_table(dataflow_, sender_, observations);
  for (auto& [id, rows] : by_table) {
    Touched& table = tables_[id];
    for (const std::size_t row : rows) table.hashes.push_back(observations.key_hash(row));
    table.rows = std::move(rows);
  }
}

void TableChanges::remove(const ObservationSet& observations) {
  for (const auto& [id, rows] : tables::rows_by_table(dataflow_, sender_, observations)) {
    tables_.try_emplace(id);
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
  return writes;
}

}  // namespace rapporteur::admission
