// What the log says when the hub opens it: the directory and the subscriptions, as the folds left
// them.
//
// Errors: kStorage when a state cannot be read, or the log has no founding entry.
#pragma once

#include <memory>
#include <vector>

#include "broker/core/subscription.h"
#include "broker/directory/directory.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

// Of the stored state, else of the founding Started entry at index 0.
[[nodiscard]] Result<std::shared_ptr<const directory::Directory>> open_directory(
    const journal::JournalReader& reader);
[[nodiscard]] Result<std::vector<core::Subscription>> open_subscriptions(
    const journal::JournalReader& reader);

// Up to where a verified backup covers the log.
[[nodiscard]] Result<TreeSize> open_backed_up(const journal::JournalReader& reader);

}  // namespace rapporteur::admission
