// Drafts of the entries and states that the hub itself writes.
//
// Threads: any. Source: audit.proto.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "broker/core/events.h"
#include "broker/core/subscription.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::core {

// Created, rewound, or (`removed`) taken away.
[[nodiscard]] journal::Draft subscribed_draft(const Subscription& subscription, bool removed);
// Only the state: nothing enters the log.
[[nodiscard]] journal::Draft cursor_draft(const Subscription& subscription);
[[nodiscard]] journal::Draft cursors_moved_draft(const v1::CursorsMoved& moved);
[[nodiscard]] journal::Draft unauthenticated_draft(
    const std::map<std::pair<std::string, std::string>, std::uint64_t>& faults, UnixMillis from,
    UnixMillis until);
// With the state that says the same.
[[nodiscard]] journal::Draft backed_up_draft(const notes::Checkpoint& covered,
                                             const std::string& operator_id);
// Only the state: the newest checkpoint that a quorum cosigned, as a note.
[[nodiscard]] journal::Draft cosigned_draft(std::string note);
// Erases what was found.
[[nodiscard]] journal::Draft expired_draft(const Expiry& rule, const ExpiredPiece& found);
[[nodiscard]] journal::Draft started_draft(const v1::Started& started);
[[nodiscard]] journal::Draft stopped_draft();

}  // namespace rapporteur::core
