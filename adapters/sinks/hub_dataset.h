// The hub's observations as a dataset that every format can write.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "adapters/sinks/received.h"
#include "adapters/sources/dataset.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::sinks {

// Rows for sources::hub_dataset(), without lines.
void append_rows(const ObservationSet& observations, sources::RowBlock& block);

// The components of sources::hub_dataset(), and after them custom columns that say where a row
// comes from: SENDER MESSAGE_ID LOG_INDEX KIND REVISES RELEASABILITY ROWS_LEFT_OUT OFFICER_REASON.
// It has no structure yet.
[[nodiscard]] sources::Dataset received_dataset();
// Rows for it, and the structure they need; replace rows of a revision, delete rows of what it took
// away. The block was cleared for the dataset's width.
void append_rows(const ReceivedSubmission& submission, sources::Dataset& dataset,
                 sources::RowBlock& block);

// A whole SDMX-CSV 2.0 file of figures that nobody sent yet.
[[nodiscard]] std::string sdmx_csv_of(std::string_view dataflow,
                                      const ObservationSet& observations);

}  // namespace rapporteur::sinks
