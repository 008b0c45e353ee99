// Which counts a certificate has to speak for.
//
// The hidden protected cells (status Q) that are tied, by equations over counts that are not known,
// to something that the submission says; not those that follow exactly, which are findings as they
// are. A cell that lies under a known total below k beside which nothing below that total is known
// need not be told from anything between nothing and that total (`small_total`).
//
// Threads: any; pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "broker/disclosure/judged_table.h"
#include "broker/disclosure/width.h"

namespace rapporteur::disclosure {

// Ascending variables. `judged` was judged.
[[nodiscard]] std::vector<Target> targets_of(const JudgedTable& judged);

// The rows of the submission that say something of what equations tie to one of these, ascending.
[[nodiscard]] std::vector<std::uint32_t> own_rows_tied_to(const TableSystem& table,
                                                          std::span<const Variable> variables);

}  // namespace rapporteur::disclosure
