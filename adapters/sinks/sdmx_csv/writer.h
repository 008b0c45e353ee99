// Received submissions as SDMX-CSV 2.0 text, which the project's own source reads back unchanged.
//
// One row an observation (action I; R in a revision), one row with the key alone for what was
// deleted (D). After the hub's dimensions, OBS_VALUE and attributes stand custom columns that say
// where the row comes from: SENDER MESSAGE_ID LOG_INDEX KIND REVISES RELEASABILITY ROWS_LEFT_OUT
// OFFICER_REASON.
// Text that a spreadsheet would take for a formula gets an apostrophe before it.
// Threads: any. Source: SDMX-CSV 2.0 field guide.
#pragma once

#include <string>
#include <string_view>

#include "adapters/sinks/received.h"
#include "adapters/sources/findings.h"

namespace rapporteur::sinks {

[[nodiscard]] std::string sdmx_csv_header();
// Whether every text of the submission can stand in the file unchanged; what cannot is a finding.
bool sdmx_csv_can_carry(const ReceivedSubmission& submission, sources::FindingLog& findings);
// Appends the rows of the submission, each ended by a line feed.
void append_sdmx_csv_rows(const ReceivedSubmission& submission, std::string& out);
// A whole file of figures that nobody sent yet: without the custom columns.
[[nodiscard]] std::string sdmx_csv_of(std::string_view dataflow,
                                      const ObservationSet& observations);

}  // namespace rapporteur::sinks
