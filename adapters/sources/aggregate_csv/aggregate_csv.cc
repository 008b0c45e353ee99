#include "adapters/sources/aggregate_csv/aggregate_csv.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "adapters/sources/csv/csv_source.h"
#include "adapters/sources/limits.h"
#include "adapters/sources/suggest.h"

namespace rapporteur::sources {
namespace {

class AggregateCsv final : public CsvSource {
 public:
  AggregateCsv(std::unique_ptr<CsvReader> reader, CsvHeader header, Dataset dataset)
      : CsvSource(std::move(reader), std::move(header), std::move(dataset)) {}

 private:
  std::optional<Meaning> meaning_of(const RowBlock& block, std::uint64_t line,
                                    FindingLog& findings) override {
    for (std::size_t i = 0; i < block.open_cells(); ++i) {
      if (!block.open_cell(i).empty()) return Meaning{};
    }
    findings.add({.severity = Severity::kWarning,
                  .code = "BLANK_ROW",
                  .line = line,
                  .what = "every field of the row is blank",
                  .remedy = "delete the row"});
    return std::nullopt;
  }
};

std::vector<std::string_view> missing_of(const CsvHeader& header,
                                         const std::vector<std::string>& wanted) {
  std::vector<std::string_view> missing;
  for (const auto& column : wanted) {
    if (std::find(header.fields.begin(), header.fields.end(), column) == header.fields.end()) {
      missing.push_back(column);
    }
  }
  return missing;
}

Status check_names(const CsvHeader& header, FindingLog& findings) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const std::string& name = header.fields[i];
    if (name.empty() || seen.insert(name).second) continue;
    return findings.stop({.code = "DUPLICATE_COLUMN",
                          .line = header.line,
                          .column = static_cast<std::uint32_t>(i + 1),
                          .text = name,
                          .what = "two columns have one name",
                          .remedy = "rename one of them"});
  }
  return {};
}

// `nearest` is the line that has most of them.
Finding missing_columns(const CsvHeader& nearest, const std::vector<std::string>& wanted,
                        std::size_t lines) {
  const std::vector<std::string_view> have(nearest.fields.begin(), nearest.fields.end());
  std::string names;
  std::string remedy = "name the columns as the file does";
  for (const std::string_view missing : missing_of(nearest, wanted)) {
    names += (names.empty() ? "" : ", ") + std::string(missing);
    if (const std::string hint = did_you_mean(missing, have); !hint.empty()) {
      remedy += "; for " + std::string(missing) + ", " + hint;
    }
  }
  return {.code = "COLUMN_MISSING",
          .line = nearest.line,
          .text = names,
          .what = (lines == 1 ? std::string("the first line does not have")
                              : "none of the first " + std::to_string(lines) + " lines has") +
                  " every column that the mapping names; missing",
          .remedy = remedy};
}

std::size_t first_line_end(std::string_view head) {
  return std::min(head.find_first_of("\r\n"), head.size());
}

}  // namespace

bool recognises_aggregate_csv(std::string_view head) {
  const std::string_view line = head.substr(0, first_line_end(head));
  return line.find_first_of(",;\t|") != std::string_view::npos && line.front() != '<' &&
         line.front() != '{' && line.front() != '[';
}

Result<std::unique_ptr<Source>> open_aggregate_csv(std::unique_ptr<Input> input,
                                                   const OpenOptions& options,
                                                   FindingLog& findings) {
  const auto head = input->head();
  if (!head) return tl::unexpected<Error>(head.error());
  const char delimiter = options.delimiter.value_or(guess_delimiter(*head));
  Dataset dataset{.file = input->name(), .format = "aggregate_csv"};
  auto reader = std::make_unique<CsvReader>(std::move(input), delimiter);
  // Lines of title may stand before the header; without a mapping the first line is the header.
  CsvHeader header;
  std::size_t lines = 0;
  std::size_t missing = SIZE_MAX;
  while (missing > 0 && lines <= limits::kTitleLines) {
    auto candidate = read_header(*reader, findings);
    if (!candidate) return tl::unexpected<Error>(candidate.error());
    if (candidate->fields.empty()) break;
    ++lines;
    const std::size_t of_this = missing_of(*candidate, options.expected_columns).size();
    if (of_this >= missing) continue;
    missing = of_this;
    header = std::move(*candidate);
  }
  if (lines == 0) return empty_file(findings);
  if (missing > 0) {
    return findings.stop(missing_columns(header, options.expected_columns, lines));
  }
  if (auto names = check_names(header, findings); !names) {
    return tl::unexpected<Error>(names.error());
  }
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    dataset.components.push_back({.id = header.fields[i], .column = i});
  }
  dataset.decimal_mark = delimiter == ',' ? '.' : '\0';
  return std::make_unique<AggregateCsv>(std::move(reader), std::move(header), std::move(dataset));
}

}  // namespace rapporteur::sources
