// Which rows of a submission belong to which table of the published view, and what is remembered of
// them when they are in force no more.
//
// Threads: any.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "proto/statistics/observation_set.h"
#include "store/journal/journal.h"

namespace rapporteur::tables {

struct TableRows {
  journal::ResourceId ended;      // ended_id() of the table
  std::vector<std::size_t> rows;  // ascending
};
// By table_id().
[[nodiscard]] std::map<journal::ResourceId, TableRows> rows_by_table(
    std::string_view dataflow, std::string_view sender, const ObservationSet& observations);

// Hashes of the keys of those rows that have a count.
[[nodiscard]] std::vector<std::uint64_t> counted_keys(const ObservationSet& observations,
                                                      const std::vector<std::size_t>& rows);

}  // namespace rapporteur::tables
