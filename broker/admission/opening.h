// What the log says when the hub opens it: the directory, the subscriptions and the newest cosigned
// checkpoint, as they were left.
//
// Errors: kStorage when a state cannot be read, or the log has no founding entry.
#pragma once

#include <memory>
#include <vector>

#include "broker/core/core.h"
#include "broker/core/subscription.h"
#include "broker/directory/directory.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

// Of the stored state, else of the founding Started entry at index 0.
[[nodiscard]] Result<std::shared_ptr<const directory::Directory>> open_directory(
    const journal::JournalReader& reader);
[[nodiscard]] Result<std::vector<core::Subscription>> open_subscriptions(
    const journal::JournalReader& reader);
// An empty note if there is none.
[[nodiscard]] Result<core::Cosigned> open_cosigned(const journal::JournalReader& reader);

// Up to where a verified backup covers the log.
[[nodiscard]] Result<TreeSize> open_backed_up(const journal::JournalReader& reader);

}  // namespace rapporteur::admission
