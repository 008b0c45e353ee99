// Brings items of the outbox to the hub and tells what became of them: the second half of push,
// revise and withdraw.
#pragma once

#include <span>

#include "adapters/agency/desk.h"

namespace rapporteur::agency {

// Carries until every one of `ids` is settled, held or doubtful, or nothing is answered for
// `patience`. If another process of this folder carries, waits for it. Reports each item. Exit
// code: 0 all accepted or held; 1 one refused or doubtful. Errors: kUnreachable, kOverloaded (what
// waits is sent by the next push or run), kNotVerified.
[[nodiscard]] Outcome carry(Program& program, Desk& desk, std::span<const MessageId> ids,
                            std::chrono::seconds patience);

// Adds the items, then carries them.
[[nodiscard]] Outcome add_and_carry(Program& program, Desk& desk,
                                    std::span<const client::NewItem> items,
                                    std::chrono::seconds patience);

// One item of the outbox for a person, and for a machine.
[[nodiscard]] std::string item_text(const client::Item& item);
[[nodiscard]] nlohmann::ordered_json item_json(const client::Item& item);
// The hub's findings about an item that was refused or warned of, one a line.
[[nodiscard]] std::vector<std::string> finding_lines(const client::Item& item);

}  // namespace rapporteur::agency
