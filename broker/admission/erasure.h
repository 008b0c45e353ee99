// What may be erased, and what becomes of the published view then.
//
// An erasure takes salt and body of an accepted submission, live or superseded. The tables of a
// live one forget the keys of its cells, and that it was there stays known: nothing new is accepted
// beside it until it is revised or withdrawn (rule ERASED).
//
// Threads: any. Lifetime: borrows what it is given. Errors: kRefused, `what` beginning with a code
// of refusal.h and ": "; kStorage when the journal cannot be read. Source: ADR on erasure and
// retention.
#pragma once

#include <vector>

#include "broker/core/expiry.h"
#include "broker/directory/directory.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

// Of one entry, as an operator asks for. `reads` grows by what the verdict depends on. What was
// erased by an entry that this log, a restored one, does not have is erased again: its record says
// so then, its tables stay as they are.
[[nodiscard]] Result<std::vector<journal::TableWrite>> judge_erasure(
    LogIndex index, const directory::Directory& directory, const journal::JournalReader& reader,
    journal::ReadSet& reads);

// The first bodies from `from` on whose time is over: one piece of a sweep.
[[nodiscard]] Result<core::ExpiredPiece> find_expired(const core::FindExpired& asked,
                                                      const journal::JournalReader& reader);

}  // namespace rapporteur::admission
