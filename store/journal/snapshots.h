// Copies of a log as it stands at one moment, made beside its writer, which waits for a moment.
//
// Threads: one at a time, any, beside appends. Durability: none; a snapshot is to be copied
// elsewhere and read back before anything is promised of it. Errors: kStorage; there is no snapshot
// then. Source: ops/adr/0021-backups-are-log-folders.md.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "store/journal/states.h"

namespace rapporteur::journal {

// As a state of the journal: u64 big-endian.
[[nodiscard]] std::string backed_up_state(TreeSize size);
// "" is 0. kStorage for what is no such value.
[[nodiscard]] Result<TreeSize> parse_backed_up(std::string_view state);

struct Snapshot {
  std::string folder;          // absolute; a whole log
  std::string checkpoint;      // signed note; every entry it covers is in the snapshot
  std::string body_keys_copy;  // absolute; empty: the keys of the bodies are in one place alone
};

class Snapshots {
 public:
  virtual ~Snapshots() = default;
  // Takes the place of the one before.
  [[nodiscard]] virtual Result<Snapshot> take_snapshot() = 0;
};

}  // namespace rapporteur::journal
