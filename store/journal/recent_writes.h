// Which resources were written since a log size: what a verdict may have missed.
//
// Units and shapes: resources share 2^20 slots by their id, and a slot holds the index of the last
// write of any of them. So an answer may name a conflict that is none (one in a hundred when ten
// thousand resources were written since the verdict read), which costs a second judgement, and
// never misses one. Memory: 8 MiB, whatever the log.
// Threads: one at a time.
#pragma once

#include <optional>
#include <vector>

#include "store/journal/sequencer.h"

namespace rapporteur::journal {

class RecentWrites {
 public:
  RecentWrites() : ends_(kSlots, 0) {}
  // Nothing is known of the writes of entries before `size`.
  void forget_before(TreeSize size) { forgotten_ = size; }
  // All that the draft writes as entry `index`. Indices do not go back.
  void add(const Draft& draft, LogIndex index);
  // The latest write, from `reads.as_of` on, of something in `reads`; empty when the verdict holds.
  [[nodiscard]] std::optional<LogIndex> conflict(const ReadSet& reads) const;

 private:
  static constexpr std::size_t kSlots = 1UL << 20U;
  // An id is a hash already.
  [[nodiscard]] static std::size_t slot(const ResourceId& id) { return id.low % kSlots; }
  void add(const ResourceId& resource, LogIndex index) { ends_[slot(resource)] = index.value + 1; }

  TreeSize forgotten_;
  std::vector<std::uint64_t> ends_;  // log size after the last write; 0: none
};

}  // namespace rapporteur::journal
