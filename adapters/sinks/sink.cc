#include "adapters/sinks/sink.h"

#include <algorithm>
#include <array>
#include <vector>

#include "adapters/sinks/file_sink.h"
#include "adapters/sinks/table/table_sink.h"
#include "adapters/sources/suggest.h"

namespace rapporteur::sinks {
namespace {

constexpr std::string_view kTable = "table";
constexpr std::string_view kUsualFormat = "sdmx-csv-2.0";

constexpr std::array<SinkFormat, 1> kKinds{{
    {kTable, "a table of the current figures for a terminal", open_table_sink},
}};

// What a destination says by its own name.
std::string_view format_of(const SinkOptions& options) {
  if (!options.format.empty()) return options.format;
  return options.destination == "-" ? kTable : kUsualFormat;
}

}  // namespace

std::span<const SinkFormat> sink_formats() {
  return kKinds;
}

const DatasetFormat* file_format_of(const SinkOptions& options) {
  return dataset_format(format_of(options));
}

Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options, sources::FindingLog& findings) {
  if (options.destination.empty()) {
    return fail(ErrorKind::kUsage, "no destination is named", {}, "a folder/, a file, or -");
  }
  if (const DatasetFormat* files = file_format_of(options)) {
    return open_file_sink(*files, options, findings);
  }
  const std::string_view wanted = format_of(options);
  std::vector<std::string_view> names;
  for (const auto& format : kKinds) {
    if (format.name == wanted) return format.open(options, findings);
    names.push_back(format.name);
  }
  for (const auto& format : dataset_formats()) names.push_back(format.name);
  return fail(ErrorKind::kUsage, "no such destination format: " + printable(wanted, 80), {},
              sources::did_you_mean(wanted, names));
}

}  // namespace rapporteur::sinks
