#include "adapters/sources/source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/sources/aggregate_csv/aggregate_csv.h"
#include "adapters/sources/csv/text_check.h"
#include "adapters/sources/glotip/glotip.h"
#include "adapters/sources/sdmx_csv/sdmx_csv.h"
#include "adapters/sources/suggest.h"

namespace rapporteur::sources {
namespace {

// The most specific first: every SDMX-CSV file is a table with a header, too.
constexpr std::array<SourceFormat, 3> kFormats{{
    {"sdmx_csv", "SDMX-CSV 1.0, 2.0 and 2.1, and Eurostat's dialect", recognises_sdmx_csv,
     open_sdmx_csv},
    {"glotip", "bulk file of the UNODC Global Report on Trafficking in Persons", recognises_glotip,
     open_glotip},
    {"aggregate_csv", "any character-separated table with a header line, read through a mapping",
     recognises_aggregate_csv, open_aggregate_csv},
}};

std::vector<std::string_view> format_names() {
  std::vector<std::string_view> names;
  names.reserve(kFormats.size());
  for (const auto& format : kFormats) names.push_back(format.name);
  return names;
}

Result<const SourceFormat*> choose(std::string_view head, const OpenOptions& options,
                                   FindingLog& findings) {
  if (looks_like_utf16(head)) {
    return findings.stop({.code = "BAD_ENCODING",
                          .what = "the file is UTF-16, not UTF-8",
                          .remedy = "save it as UTF-8, or: iconv -f UTF-16 -t UTF-8"});
  }
  if (head.substr(0, kUtf8Mark.size()) == kUtf8Mark) head.remove_prefix(kUtf8Mark.size());
  for (const auto& format : kFormats) {
    const bool named = !options.format.empty() && options.format == format.name;
    if (named || (options.format.empty() && format.recognises(head))) return &format;
  }
  const auto names = format_names();
  std::string remedy = "the formats are";
  for (const auto name : names) remedy += ' ' + std::string(name);
  if (!options.format.empty()) {
    return fail(ErrorKind::kUsage, "no such source format: " + printable(options.format, 80), {},
                remedy + "; " + did_you_mean(options.format, names));
  }
  return findings.stop(
      {.code = head.empty() ? "EMPTY_FILE" : "UNKNOWN_FORMAT",
       .what = head.empty() ? "the file is empty" : "the content is in no format that can be read",
       .remedy =
           head.empty() ? "a table needs a header line and at least one row" : std::move(remedy)});
}

Result<std::unique_ptr<Source>> open_input(std::unique_ptr<Input> input, const OpenOptions& options,
                                           FindingLog& findings) {
  const auto head = input->head();
  if (!head) return tl::unexpected<Error>(head.error());
  const auto format = choose(*head, options, findings);
  if (!format) return tl::unexpected<Error>(format.error());
  return (*format)->open(std::move(input), options, findings);
}

}  // namespace

std::span<const SourceFormat> source_formats() {
  return kFormats;
}

Result<std::unique_ptr<Source>> open_source(const std::string& path, const OpenOptions& options,
                                            FindingLog& findings) {
  auto input = open_file_input(path);
  if (!input) return tl::unexpected<Error>(input.error());
  return open_input(std::move(*input), options, findings);
}

Result<std::unique_ptr<Source>> open_source_text(std::string name, std::string content,
                                                 const OpenOptions& options, FindingLog& findings) {
  return open_input(make_text_input(std::move(name), std::move(content)), options, findings);
}

}  // namespace rapporteur::sources
