// A source's rows written in another format.
#pragma once

#include <cstdint>

#include "adapters/sinks/dataset_writer.h"
#include "adapters/sources/source.h"

namespace rapporteur::sinks {

struct ConvertOptions {
  WriterOptions writer{};
  // Without it one row that cannot be read means that nothing is written.
  bool skip_refused_rows = false;
};

struct Conversion {
  std::uint64_t rows = 0;
  std::uint64_t rows_left_out = 0;  // each with a finding
};

// Reads a plain source (plain_source.h, bound_source.h) to its end. Errors: those of the source and
// of the writer; kRefused when rows were left out and must not be. Then the output is not
// committed.
[[nodiscard]] Result<Conversion> convert(sources::Source& source, const DatasetFormat& format,
                                         Output& output, const ConvertOptions& options,
                                         Losses& losses, sources::FindingLog& findings);

}  // namespace rapporteur::sinks
