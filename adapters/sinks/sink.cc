#include "adapters/sinks/sink.h"

#include <array>

#include "adapters/sinks/sdmx_csv/sdmx_csv_sink.h"
#include "adapters/sinks/table/table_sink.h"
#include "adapters/sources/suggest.h"

namespace rapporteur::sinks {
namespace {

constexpr std::array<SinkFormat, 2> kFormats{{
    {"sdmx-csv-2.0", "SDMX-CSV 2.0: a folder with one file a submission, or one file", true,
     open_sdmx_csv_sink},
    {"table", "a table of the current figures for a terminal", false, open_table_sink},
}};

// What a destination says by its own name.
std::string_view format_of(const SinkOptions& options) {
  if (!options.format.empty()) return options.format;
  return options.destination == "-" ? "table" : "sdmx-csv-2.0";
}

}  // namespace

std::span<const SinkFormat> sink_formats() {
  return kFormats;
}

Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options, sources::FindingLog& findings) {
  if (options.destination.empty()) {
    return fail(ErrorKind::kUsage, "no destination is named", {}, "a folder/, a file, or -");
  }
  const std::string_view wanted = format_of(options);
  std::vector<std::string_view> names;
  for (const auto& format : kFormats) {
    if (format.name == wanted) return format.open(options, findings);
    names.push_back(format.name);
  }
  return fail(ErrorKind::kUsage, "no such destination format: " + printable(wanted, 80), {},
              sources::did_you_mean(wanted, names));
}

}  // namespace rapporteur::sinks
