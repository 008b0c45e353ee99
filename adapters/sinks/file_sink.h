// Received submissions as files of any dataset format: one for all, or a folder with one for each.
#pragma once

#include <string>
#include <string_view>

#include "adapters/sinks/dataset_writer.h"
#include "adapters/sinks/sink.h"

namespace rapporteur::sinks {

// A folder (it exists, or the destination ends in '/'; it is made): each submission is durably in
// place when write() returns, as LOGINDEX-SENDER-INDICATOR-MESSAGEID with the format's extension. A
// file, or "-" for standard output: everything is put in place by finish(). A submission is known
// by its sender and message id: the log of a hub that was restored gives indices anew.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_file_sink(const DatasetFormat& format,
                                                           const SinkOptions& options,
                                                           sources::FindingLog& findings);

// The file's name in such a folder, without the extension.
[[nodiscard]] std::string submission_file_name(LogIndex index, const MessageId& message_id,
                                               std::string_view sender, std::string_view indicator);

}  // namespace rapporteur::sinks
