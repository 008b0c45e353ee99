// A copy of a log made into a new log that carries its entries: new origin, new key, a new first
// entry, everything else at its place.
//
// Threads: one at a time. Durability: synced when it returns. Errors: kStorage; kConfiguration for
// an origin that is none, or that of the log itself; kNotFound without the keys of the bodies. The
// folder is of no use after an error. Source: FORMAT.md, "A log that continues another";
// ops/adr/0022-a-restored-log-is-a-new-one.md.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "proto/base/clock.h"
#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::rocks {

// What the new first entry tells of the log before.
struct Carried {
  std::string verifier_key;
  std::string checkpoint;  // the newest in the copy: a signed note
  std::string first_nonce;
  std::string first_record;
  TreeSize size;
};

struct NewLog {
  std::string origin;
  crypto::SigningKey key;
  // The keys of the old log's bodies, or their copy; those of the new one are beside its folder.
  std::filesystem::path body_keys;
  // The new first record, without its time, which stays that of the old one.
  std::function<Result<std::string>(const Carried& carried, const std::string& verifier_key)> first;
};

// `folder` holds the copy of a stopped log, or a snapshot. The verifier key of the new log.
[[nodiscard]] Result<std::string> continue_log(const std::filesystem::path& folder, NewLog log,
                                               const Clock& clock);

}  // namespace rapporteur::rocks
