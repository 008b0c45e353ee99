// Which resource was written at which index last: a bounded memory of what verdicts may have
// missed.
//
// Units and shapes: remembers the last `kRemembered` writes. A verdict that read something before
// what was forgotten counts as in conflict with it.
// Threads: one at a time.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "store/journal/sequencer.h"

namespace rapporteur::journal {

class RecentWrites {
 public:
  static constexpr std::size_t kRemembered = 65'536;

  // Nothing is known of the writes of entries before `size`.
  void forget_before(TreeSize size) { forgotten_ = size; }
  // All that the draft writes as entry `index`.
  void add(const Draft& draft, LogIndex index);
  // The latest write, from `reads.as_of` on, of something in `reads`; empty when the verdict holds.
  [[nodiscard]] std::optional<LogIndex> conflict(const ReadSet& reads) const;

 private:
  void add(const ResourceId& resource, LogIndex index);

  TreeSize forgotten_;
  std::deque<std::pair<ResourceId, LogIndex>> order_;
  std::unordered_map<ResourceId, LogIndex> last_;
};

}  // namespace rapporteur::journal
