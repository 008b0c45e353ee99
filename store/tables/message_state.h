// Whether an accepted message is still the live head of its chain, and what took its place.
//
// Kept beside the tables, as the journal keeps those: a message that nothing has replaced has no
// value. Only accepted submissions are ever replaced, so a message that is unknown or was refused
// has none either: ask JournalReader::find and the record first.
//
// Threads: any. Errors: kStorage for bytes that `replaced` and `withdrawn` did not make.
// Source: FORMAT.md, "Replaced messages".
#pragma once

#include "store/journal/journal.h"

namespace rapporteur::tables {

enum class Ending { kReplaced, kWithdrawn };

struct MessageEnd {
  Ending ending;
  LogIndex by;  // the entry that did it
};

// Key of the value, and the resource of a verdict that depends on it. XXH3-128 over "head", the
// sender and the 16 bytes of the id, each behind its length in 4 bytes, big-endian.
[[nodiscard]] journal::ResourceId head_id(const journal::MessageKey& message);

// What the draft of the replacing or withdrawing entry writes.
[[nodiscard]] journal::TableWrite end_message(const journal::MessageKey& message, Ending ending);

// `stored` as JournalReader::table gives it for head_id(); empty: the message is live.
[[nodiscard]] Result<std::optional<MessageEnd>> parse_message_end(std::string_view stored);

}  // namespace rapporteur::tables
