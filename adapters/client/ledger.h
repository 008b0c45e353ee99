// What was fetched by the last sync: the signed directory, what its waivers name, and the agency's
// own submissions, live ones and those that were replaced or withdrawn; and what the hub has
// accepted from this folder since.
//
// Threads: one at a time. Durability: on disk when a function returns.
// Errors: kNotVerified (the directory's signature, or an older one than was seen), kNotFound (never
// synced), kStorage, and those of the connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/client/connection.h"
#include "adapters/client/database.h"
#include "adapters/client/signed_directory.h"
#include "adapters/client/waivers.h"
#include "proto/base/clock.h"
#include "rapporteur/v1/envelope.pb.h"

namespace rapporteur::client {

struct OwnSubmission {
  LogIndex index;
  v1::Header header;
  MessageId message_id;
  std::string body;
};

struct SyncSummary {
  std::uint64_t directory_version = 0;
  std::size_t participants = 0;
  std::size_t submissions = 0;
  std::size_t waivers = 0;
};

class Ledger {
 public:
  // `state` outlives it.
  Ledger(Database& state, PublicKeyBytes log_key) : state_(state), log_key_(log_key) {}

  // Asks for everything, then replaces what was kept, in one transaction.
  [[nodiscard]] Result<SyncSummary> sync(Connection& line, UnixMillis now);

  // Empty before the first sync.
  [[nodiscard]] Result<std::optional<SignedDirectory>> directory() const;
  [[nodiscard]] Result<std::optional<UnixMillis>> synced_at() const;
  // Those of the synced directory.
  [[nodiscard]] Result<std::vector<WaivedCells>> waived() const;
  // Live ones, by log index.
  [[nodiscard]] Result<std::vector<OwnSubmission>> submissions() const;
  // Those that are in force no more; the last to end comes first.
  [[nodiscard]] Result<std::vector<OwnSubmission>> ended() const;

 private:
  [[nodiscard]] Result<std::vector<OwnSubmission>> read(std::string_view which) const;

  Database& state_;
  PublicKeyBytes log_key_;
};

// What this agency itself had accepted since: a new submission or revision is live from now on,
// what it revises or withdraws no more. Nothing where nothing was synced. Within the caller's
// transaction.
[[nodiscard]] Status note_accepted(Database& state, const v1::Envelope& sent, LogIndex index);

// Ids of the participants that the directory would let receive such a submission, ascending.
[[nodiscard]] std::vector<std::string> recipients(const v1::DirectoryState& directory,
                                                  const v1::Header& header);

}  // namespace rapporteur::client
