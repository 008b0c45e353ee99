// SDMX-CSV 1.0, 2.0 and 2.1.
//
// Components keep their order but for their kind: dimensions, measures, attributes, custom columns;
// what nobody gave a role stays on its side of the measures. Text that a spreadsheet would take for
// a formula gets an apostrophe before it, which the project's own source takes off only where the
// file says where its rows come from (SENDER, MESSAGE_ID, LOG_INDEX): in other files it is a loss.
// 1.0 has dataflows only, no actions, no several values in a cell. Only 2.1 tells what is missing
// on purpose (NaN, #N/A) and dimensions switched off (~) from blanks.
// Source: SDMX-CSV 1.0, 2.0 and 2.1 field guides.
#pragma once

#include "adapters/sinks/dataset_writer.h"

namespace rapporteur::sinks {

[[nodiscard]] std::string sdmx_csv_1_0_beginning(const sources::Dataset& dataset);
[[nodiscard]] std::string sdmx_csv_2_beginning(const sources::Dataset& dataset);

[[nodiscard]] Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_1_0(
    const sources::Dataset& dataset, Output& output, const WriterOptions& options, Losses& losses);
[[nodiscard]] Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_2_0(
    const sources::Dataset& dataset, Output& output, const WriterOptions& options, Losses& losses);
[[nodiscard]] Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_2_1(
    const sources::Dataset& dataset, Output& output, const WriterOptions& options, Losses& losses);

}  // namespace rapporteur::sinks
