// What an agency with a policy of witnesses does beside its other talks with the hub.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "adapters/agency/desk.h"
#include "adapters/client/quorum_wait.h"

namespace rapporteur::agency {

// Warns when the hub's newest cosigned checkpoint will not do; empty without a policy.
[[nodiscard]] std::optional<client::QuorumWatch> watch_quorum(const Program& program, Desk& desk);

// What became of messages that were to come under a quorum.
struct UnderQuorum {
  std::map<MessageId, verify::TrustedHead> heads;  // of those that did
  Status all;                                      // why not all of them did
};

// Waits until a quorum covers all of them and has put it into their receipts. Errors: kNotVerified
// when the patience is over, with what kept it; kStorage for a receipt that cannot be read, which
// holds up no other. The receipts of those that are not covered are as they were.
[[nodiscard]] UnderQuorum bring_under_quorum(const Program& program, Desk& desk,
                                             std::span<const client::Receipted> accepted,
                                             std::chrono::seconds patience, StopSignals& stop);

// Messages that were accepted, and whose receipts the policy does not take yet.
[[nodiscard]] Result<std::vector<MessageId>> without_quorum(const Desk& desk);

}  // namespace rapporteur::agency
