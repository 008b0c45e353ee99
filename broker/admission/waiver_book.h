// The cells that waivers name, read from their entries in the log when a judgement first needs
// them.
//
// The directory says which waivers stand, and every verdict reads it, so that one that came or went
// meanwhile makes the verdict stale. An entry never changes: what was read of one is kept.
// Threads: any. Memory: 32 bytes a cell of the waivers that stand (limits::kWaivers of
// limits::kWaivedCells each). Lifetime: `reader` outlives it.
// Errors: kStorage for an entry that cannot be read or is not what the directory says.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "broker/directory/directory.h"
#include "broker/rules/waivers.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

// As the entry holds them: a WaiverAdd's cell_sha256s.
[[nodiscard]] Result<std::string> waived_cells(const journal::JournalReader& reader,
                                               LogIndex index);

class WaiverBook {
 public:
  explicit WaiverBook(const journal::JournalReader& reader) : reader_(reader) {}

  // Those of one dataflow, ascending.
  [[nodiscard]] Result<std::vector<rules::Waiver>> of(const directory::Directory& directory,
                                                      std::string_view dataflow) const;

 private:
  using Cells = std::shared_ptr<const std::vector<Digest>>;
  [[nodiscard]] Result<Cells> cells_of(const v1::Waiver& waiver) const;
  void forget_all_but(const v1::DirectoryState& state) const;

  const journal::JournalReader& reader_;
  mutable std::mutex mutex_;
  mutable std::map<std::uint64_t, Cells> known_;  // by index
};

}  // namespace rapporteur::admission
