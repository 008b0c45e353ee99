// What an agency does when its hub goes on in a new log that continues the one it knew: offers
// again what the backup may lack, goes on receiving, and forgets what was synced from the old one.
//
// Threads: one. Durability: within the caller's transaction. Errors: kStorage.
// Source: PROTOCOL.md, "A hub that was restored".
#pragma once

#include <functional>
#include <string>

#include "adapters/client/known_log.h"
#include "adapters/client/outbox.h"
#include "adapters/client/received.h"

namespace rapporteur::client {

struct OwnState {
  Database& state;
  Outbox& outbox;
  Received& received;
  KeyId key;
};

// `tell` gets a line for a person.
[[nodiscard]] Status take_up_new_log(const OwnState& own, Connection& line, const NewLog& found,
                                     const std::function<void(const std::string&)>& tell);

}  // namespace rapporteur::client
