#include "adapters/sources/aggregate_csv/aggregate_csv.h"

#include <algorithm>
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

bool holds_all(const CsvHeader& header, const std::vector<std::string>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::find(header.fields.begin(), header.fields.end(), column) != header.fields.end();
  });
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

Finding missing_column(const CsvHeader& header, const std::vector<std::string>& wanted) {
  std::vector<std::string_view> have(header.fields.begin(), header.fields.end());
  std::string_view missing;
  for (const auto& column : wanted) {
    if (std::find(have.begin(), have.end(), column) == have.end()) missing = column;
  }
  return {.code = "COLUMN_MISSING",
          .line = header.line,
          .text = std::string(missing),
          .what = "no line of the first " + std::to_string(limits::kTitleLines + 1) +
                  " has every column that the mapping names",
          .remedy = "name the column as the file does; " + did_you_mean(missing, have)};
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
  CsvHeader first;
  CsvHeader header;
  for (std::size_t i = 0; i <= limits::kTitleLines; ++i) {
    auto candidate = read_header(*reader, findings);
    if (!candidate) return tl::unexpected<Error>(candidate.error());
    if (i == 0) first = *candidate;
    if (candidate->fields.empty()) break;
    if (!holds_all(*candidate, options.expected_columns)) continue;
    header = std::move(*candidate);
    break;
  }
  if (first.fields.empty()) return empty_file(findings);
  if (header.fields.empty()) {
    return findings.stop(missing_column(first, options.expected_columns));
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
