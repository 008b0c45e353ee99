// Which rows of a submission belong to which table of the published view.
//
// Threads: any.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "proto/statistics/observation_set.h"
#include "store/journal/journal.h"

namespace rapporteur::tables {

// The rows of each table, ascending.
[[nodiscard]] std::map<journal::ResourceId, std::vector<std::size_t>> rows_by_table(
    std::string_view dataflow, std::string_view sender, const ObservationSet& observations);

}  // namespace rapporteur::tables
