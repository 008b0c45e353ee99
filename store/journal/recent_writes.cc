#include "store/journal/recent_writes.h"

#include <algorithm>

namespace rapporteur::journal {

void RecentWrites::add(const Draft& draft, LogIndex index) {
  if (draft.message) add(draft.message->resource(), index);
  for (const TableWrite& table : draft.tables) add(table.table, index);
  for (const ResourceId& resource : draft.resources) add(resource, index);
}

void RecentWrites::add(const ResourceId& resource, LogIndex index) {
  order_.emplace_back(resource, index);
  last_[resource] = index;
  if (order_.size() <= kRemembered) return;
  const auto [oldest, at] = order_.front();
  order_.pop_front();
  forgotten_ = std::max(forgotten_, TreeSize{at.value + 1});
  const auto found = last_.find(oldest);
  if (found != last_.end() && found->second == at) last_.erase(found);
}

std::optional<LogIndex> RecentWrites::conflict(const ReadSet& reads) const {
  std::optional<LogIndex> latest;
  if (!reads.resources.empty() && reads.as_of < forgotten_) latest = LogIndex{forgotten_.value - 1};
  for (const ResourceId& resource : reads.resources) {
    const auto found = last_.find(resource);
    if (found == last_.end() || found->second.value < reads.as_of.value) continue;
    latest = std::max(latest.value_or(LogIndex{}), found->second);
  }
  return latest;
}

}  // namespace rapporteur::journal
