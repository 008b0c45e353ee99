// Brings items of the outbox to the hub and tells what became of them: the second half of push,
// revise and withdraw.
#pragma once

#include <chrono>
#include <span>

#include "adapters/agency/desk.h"
#include "adapters/agency/item_view.h"

namespace rapporteur::agency {

struct CarryOptions {
  std::chrono::seconds patience{30};
  SaidFindings said;            // of the files that were sent
  bool require_quorum = false;  // also wait for witnesses; the desk has a policy
};

// Carries what waits until every one of `ids`, and whatever waited before them, is settled, held or
// doubtful, or nothing is answered for the patience. If another process of this folder carries,
// waits for it. Reports each item. Exit code: 0 all accepted or held; 1 one refused or doubtful, or
// accepted and not covered by a quorum in time.
// Errors: kUnreachable, kOverloaded when the hub said so (what waits is sent by the next push or
// run), kNotVerified, and what else the hub said to put it off.
[[nodiscard]] Outcome carry(Program& program, Desk& desk, std::span<const MessageId> ids,
                            const CarryOptions& options);

// Adds the items, which the data officer may sign, too, then carries them.
[[nodiscard]] Outcome add_and_carry(Program& program, Desk& desk,
                                    std::span<const client::NewItem> items,
                                    const CarryOptions& options,
                                    const std::optional<client::SecondSigner>& officer = {});

}  // namespace rapporteur::agency
