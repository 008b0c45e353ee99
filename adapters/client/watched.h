// Files of a watched folder that are in the outbox, so that a file is sent once, whenever the
// process that watches ends.
//
// Threads: one at a time. Durability: on disk with the transaction it is called in.
// Errors: kStorage.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/client/database.h"
#include "proto/base/ids.h"

namespace rapporteur::client {

struct WatchedFile {
  std::string name;
  Digest content_sha256;
};

class Watched {
 public:
  // `state` outlives it.
  explicit Watched(Database& state) : state_(state) {}

  [[nodiscard]] Result<std::vector<WatchedFile>> files() const;
  // The messages that the file became; empty when it was not taken yet.
  [[nodiscard]] Result<std::vector<MessageId>> messages(const WatchedFile& file) const;
  [[nodiscard]] Status add(const WatchedFile& file, std::span<const MessageId> ids);
  [[nodiscard]] Status forget(const WatchedFile& file);

 private:
  Database& state_;
};

}  // namespace rapporteur::client
