// Whether it can be seen at a glance that a table with nothing hidden gives nothing away.
//
// What follows exactly from sums is the same in every table that fits them: one such table in which
// no protected count is 1..k-1 shows that none follows. Here that table is made of the most
// detailed figures, every other combination of codes being none; it is one if each total that is
// public is their sum. Whoever has to work out what follows (judged_table.h) finds nothing then.
//
// Threads: any; pure. Cost: a few operations for each figure and each kind of margin that is public
// of it. Errors: none; false where it cannot be seen, which says nothing of the table. Bands of age
// that overlap, figures with a qualifier or in force no more, linked indicators, and three or more
// breakdowns that share dimensions are left to judged_table.h.
#pragma once

#include "broker/rules/cells.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

// `pool` is settled if anything published is in it.
[[nodiscard]] bool gives_nothing_away(const rules::CellPool& pool, const rules::Policy& policy);

}  // namespace rapporteur::disclosure
