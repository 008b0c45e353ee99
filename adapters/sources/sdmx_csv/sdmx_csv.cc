#include "adapters/sources/sdmx_csv/sdmx_csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/sources/csv/csv_source.h"
#include "adapters/sources/csv/text_check.h"
#include "adapters/sources/limits.h"
#include "adapters/sources/sdmx_csv/eurostat.h"
#include "adapters/sources/sdmx_csv/header.h"

namespace rapporteur::sources {
namespace {

std::optional<StructureKind> structure_kind(std::string_view text) {
  constexpr std::array kKinds{StructureKind::kDataflow, StructureKind::kDataStructure,
                              StructureKind::kDataProvision};
  for (const StructureKind kind : kKinds) {
    if (text == name(kind)) return kind;
  }
  return std::nullopt;
}

class SdmxCsv final : public CsvSource {
 public:
  SdmxCsv(std::unique_ptr<CsvReader> reader, CsvHeader header, Dataset dataset,
          sdmx_csv::RowColumns columns)
      : CsvSource(std::move(reader), std::move(header), std::move(dataset)), columns_(columns) {}

 private:
  std::optional<Meaning> meaning_of(const RowBlock& block, std::uint64_t line,
                                    FindingLog& findings) override {
    Meaning meaning;
    if (columns_.action && !block.open_cell(*columns_.action).empty()) {
      const auto action = action_of(block.open_cell(*columns_.action));
      if (!action) {
        refuse("BAD_ACTION", *columns_.action, block, line, "is no action",
               "I, A, M, R or D; or leave the column out", findings);
        return std::nullopt;
      }
      meaning.action = *action;
    }
    const auto structure = structure_of(block, line, findings);
    if (!structure) return std::nullopt;
    meaning.structure = *structure;
    return meaning;
  }

  // Most rows name the structure of the row before.
  std::optional<std::uint32_t> structure_of(const RowBlock& block, std::uint64_t line,
                                            FindingLog& findings) {
    const std::string_view kind_text = columns_.dataflow_alone
                                           ? name(StructureKind::kDataflow)
                                           : block.open_cell(columns_.structure);
    const std::string_view id_text = block.open_cell(columns_.structure_id);
    for (std::size_t i = texts_.size(); i > 0; --i) {
      if (texts_[i - 1].first == kind_text && texts_[i - 1].second == id_text) {
        return static_cast<std::uint32_t>(i - 1);
      }
    }
    const auto kind = structure_kind(kind_text);
    if (!kind) {
      refuse("BAD_STRUCTURE", columns_.structure, block, line, "is no kind of structure",
             "dataflow, datastructure or dataprovision", findings);
      return std::nullopt;
    }
    StructureReference reference{*kind, std::string(id_text), ""};
    if (const std::size_t mark = id_text.find(": "); mark != std::string_view::npos) {
      reference.id = id_text.substr(0, mark);
      reference.label = id_text.substr(mark + 2);
    } else if (columns_.structure_name) {
      reference.label = block.open_cell(*columns_.structure_name);
    }
    if (!is_structure_reference(reference.id)) {
      refuse("BAD_STRUCTURE", columns_.structure_id, block, line, "does not identify a structure",
             "write AGENCY:ID(VERSION)", findings);
      return std::nullopt;
    }
    if (texts_.size() >= limits::kStructures) {
      refuse("TOO_MANY_STRUCTURES", columns_.structure_id, block, line,
             "is one structure more than a file may have", "cut the file", findings);
      return std::nullopt;
    }
    texts_.emplace_back(kind_text, id_text);
    described().structures.push_back(std::move(reference));
    return static_cast<std::uint32_t>(texts_.size() - 1);
  }

  void refuse(std::string code, std::size_t column, const RowBlock& block, std::uint64_t line,
              std::string what, std::string remedy, FindingLog& findings) {
    findings.add({.code = std::move(code),
                  .line = line,
                  .column = static_cast<std::uint32_t>(column + 1),
                  .column_name = header().fields[column],
                  .text = std::string(block.open_cell(column)),
                  .what = std::move(what),
                  .remedy = std::move(remedy)});
  }

  sdmx_csv::RowColumns columns_;
  std::vector<std::pair<std::string, std::string>> texts_;  // as written; one per structure
};

}  // namespace

bool recognises_sdmx_csv(std::string_view head) {
  return sdmx_csv::read_first_column(head).has_value();
}

Result<std::unique_ptr<Source>> open_sdmx_csv(std::unique_ptr<Input> input, const OpenOptions&,
                                              FindingLog& findings) {
  auto head = input->head();
  if (!head) return tl::unexpected<Error>(head.error());
  if (head->empty()) return empty_file(findings);
  if (head->substr(0, kUtf8Mark.size()) == kUtf8Mark) head->remove_prefix(kUtf8Mark.size());
  const auto first = sdmx_csv::read_first_column(*head);
  if (!first) {
    return findings.stop({.code = "BAD_HEADER",
                          .line = 1,
                          .text = std::string(head->substr(0, head->find_first_of("\r\n"))),
                          .what = "the header does not begin as SDMX-CSV does",
                          .remedy = "it begins with STRUCTURE or STRUCTURE[;], then a delimiter "
                                    "and STRUCTURE_ID; in version 1.0 with DATAFLOW"});
  }
  Dataset dataset{.file = input->name(), .format = "sdmx_csv"};
  auto reader = std::make_unique<CsvReader>(std::move(input), first->delimiter);
  auto header = read_header(*reader, findings);
  if (!header) return tl::unexpected<Error>(header.error());
  auto columns = sdmx_csv::read_columns(*header, *first, dataset, findings);
  if (!columns) return tl::unexpected<Error>(columns.error());
  const bool eurostat = first->version_1 && sdmx_csv::is_eurostat(dataset);
  std::unique_ptr<Source> source = std::make_unique<SdmxCsv>(std::move(reader), std::move(*header),
                                                             std::move(dataset), *columns);
  return eurostat ? sdmx_csv::read_flags(std::move(source)) : std::move(source);
}

}  // namespace rapporteur::sources
