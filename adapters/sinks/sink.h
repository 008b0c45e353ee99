// Where data goes to: one interface for every destination.
//
// Threads: one at a time.
// Durability: `write` has put the submission durably in place when it returns, for sinks that say
// so (`SinkFormat::durable_per_submission`); the others put everything in place in `finish`. A sink
// that is destroyed before leaves nothing half written behind.
// Errors: kStorage (with path and errno's words), kUsage (no such format, no destination, or one
// that must not be replaced: `open_sink` says so before anything is written). What a format cannot
// carry is a warning in `findings`, which must live as long as the sink.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

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

struct SinkFormat {
  std::string_view name;
  std::string_view description;
  bool durable_per_submission = false;  // when the destination is a folder
  Result<std::unique_ptr<Sink>> (*open)(const SinkOptions& options,
                                        sources::FindingLog& findings) = nullptr;
};
// sdmx-csv-2.0 (a folder: one file a submission, durable in `write`; or one file), table.
[[nodiscard]] std::span<const SinkFormat> sink_formats();

[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options,
                                                      sources::FindingLog& findings);

}  // namespace rapporteur::sinks
