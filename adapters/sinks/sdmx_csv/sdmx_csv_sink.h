// SDMX-CSV 2.0 files: one for all submissions, or a folder with one for each.
#pragma once

#include <string>
#include <string_view>

#include "adapters/sinks/sink.h"

namespace rapporteur::sinks {

// A folder (it exists, or the destination ends in '/'; it is made): each submission is durably in
// place when write() returns, as LOGINDEX-SENDER-INDICATOR-MESSAGEID.csv. A file, or "-" for
// standard output: everything is put in place by finish(). A submission is known by its sender and
// message id: the log of a hub that was restored gives indices anew.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sdmx_csv_sink(const SinkOptions& options,
                                                               sources::FindingLog& findings);

// The file's name in such a folder.
[[nodiscard]] std::string sdmx_csv_file_name(LogIndex index, const MessageId& message_id,
                                             std::string_view sender, std::string_view indicator);

}  // namespace rapporteur::sinks
