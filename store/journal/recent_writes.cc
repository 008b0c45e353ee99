#include "store/journal/recent_writes.h"

#include <algorithm>

namespace rapporteur::journal {

void RecentWrites::add(const Draft& draft, LogIndex index) {
  if (draft.message) add(draft.message->resource(), index);
  for (const TableWrite& table : draft.tables) add(table.table, index);
  for (const ResourceId& resource : draft.resources) add(resource, index);
}

std::optional<LogIndex> RecentWrites::conflict(const ReadSet& reads) const {
  std::uint64_t latest = 0;
  if (!reads.resources.empty() && reads.as_of < forgotten_) latest = forgotten_.value;
  for (const ResourceId& resource : reads.resources) {
    const std::uint64_t end = ends_[slot(resource)];
    if (end > reads.as_of.value) latest = std::max(latest, end);
  }
  if (latest == 0) return std::nullopt;
  return LogIndex{latest - 1};
}

}  // namespace rapporteur::journal
