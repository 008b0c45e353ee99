// The directory as of the log's size.
//
// An administrative entry stages the next directory when its index is assigned
// (`Draft::state_at`); it shows when the log's size has passed that index. So nobody sees a
// directory that is not on stable storage, and who reads size() first and the directory after it
// never sees one older than that size.
//
// Threads: any. Lifetime: `reader` outlives it; what `get` returned stays valid.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "broker/directory/directory.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

class DirectoryHolder {
 public:
  DirectoryHolder(const journal::JournalReader& reader,
                  std::shared_ptr<const directory::Directory> directory);
  [[nodiscard]] std::shared_ptr<const directory::Directory> get() const;
  // `directory` is that after the entry `version() - 1`.
  void stage(std::shared_ptr<const directory::Directory> directory);

 private:
  const journal::JournalReader& reader_;
  mutable std::mutex mutex_;
  // By version, ascending; the first holds until the size has passed the entry of the second.
  mutable std::deque<std::shared_ptr<const directory::Directory>> directories_;
};

}  // namespace rapporteur::admission
