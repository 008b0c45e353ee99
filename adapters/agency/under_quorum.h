// What an agency with a policy of witnesses does beside its other talks with the hub.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "adapters/agency/desk.h"
#include "adapters/client/quorum_wait.h"

namespace rapporteur::agency {

// Warns when the hub's newest cosigned checkpoint will not do; empty without a policy.
[[nodiscard]] std::optional<client::QuorumWatch> watch_quorum(const Program& program, Desk& desk);

// Waits until a quorum covers all of them and has put it into their receipts. Error: kNotVerified
// when the patience is over, with what kept it; their receipts are as they were.
[[nodiscard]] Status bring_under_quorum(const Program& program, Desk& desk,
                                        std::span<const client::Receipted> accepted,
                                        std::chrono::seconds patience, StopSignals& stop);

// Messages that were accepted, and whose receipts the policy does not take yet.
[[nodiscard]] Result<std::vector<MessageId>> without_quorum(const Desk& desk);

}  // namespace rapporteur::agency
