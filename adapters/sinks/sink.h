// Where data goes to: one interface for every destination.
//
// Threads: one at a time.
// Durability: `write` has put the submission durably in place when it returns, where the
// destination is a folder; the others put everything in place in `finish`. A sink that is destroyed
// before leaves nothing half written behind. Errors: kStorage (with path and errno's words), kUsage
// (no such format, no destination, or one that must not be replaced: `open_sink` says so before
// anything is written). What a format cannot carry is a warning in `findings`, which must live as
// long as the sink.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/sinks/dataset_writer.h"
#include "adapters/sinks/received.h"
#include "adapters/sources/findings.h"
#include "proto/base/result.h"

namespace rapporteur::sinks {

class Sink {
 public:
  virtual ~Sink() = default;
  // The same submission twice (same log index) leaves the destination as once.
  [[nodiscard]] virtual Status write(const ReceivedSubmission& submission) = 0;
  [[nodiscard]] virtual Status finish() = 0;
};

struct SinkOptions {
  std::string format{};       // "": table for standard output, else sdmx-csv-2.0
  std::string destination{};  // folder/, file.csv, or "-" for standard output
  bool colours = false;       // only where a person looks at it
  std::size_t width = 100;    // of the terminal, in columns
};

// A kind of destination that is no file of rows.
struct SinkFormat {
  std::string_view name;
  std::string_view description;
  Result<std::unique_ptr<Sink>> (*open)(const SinkOptions& options,
                                        sources::FindingLog& findings) = nullptr;
};
[[nodiscard]] std::span<const SinkFormat> sink_formats();

// The dataset format that the options name, or that follows from the destination; null when they
// name another kind, or nothing there is.
[[nodiscard]] const DatasetFormat* file_format_of(const SinkOptions& options);

// A dataset format (file_sink.h: a folder gets one file a submission, durable in `write`) or one of
// sink_formats().
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options,
                                                      sources::FindingLog& findings);

}  // namespace rapporteur::sinks
