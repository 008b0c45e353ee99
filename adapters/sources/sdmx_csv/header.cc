#include "adapters/sources/sdmx_csv/header.h"

#include <algorithm>
#include <array>
#include <set>

#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sources::sdmx_csv {
namespace {

// labels=both joins identifier and name by this.
constexpr std::string_view kLabelMark = ": ";

// Bytes of the UTF-8 character that begins the text.
std::size_t first_character(std::string_view text) {
  std::size_t bytes = text.empty() ? 0 : 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80) ++bytes;
  return bytes;
}

bool begins_with_delimiter(std::string_view text) {
  return !text.empty() && std::string_view(",;\t|").find(text.front()) != std::string_view::npos;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + separator.size());
  }
}

// ID, ID[], ID[en;fr], each possibly followed by ": Label".
Component read_component(std::string_view field, std::size_t column, std::string_view separator) {
  Component out;
  out.column = column;
  const std::size_t label = field.find(kLabelMark);
  if (label != std::string_view::npos) {
    out.label = field.substr(label + kLabelMark.size());
    field = field.substr(0, label);
  }
  const std::size_t bracket = field.rfind('[');
  if (bracket != std::string_view::npos && field.back() == ']') {
    const std::string_view inside = field.substr(bracket + 1, field.size() - bracket - 2);
    out.shape = inside.empty() ? ValueShape::kMultiple : ValueShape::kMultilingual;
    if (!inside.empty()) out.languages = split(inside, separator);
    field = field.substr(0, bracket);
  }
  out.id = field;
  return out;
}

// OBS_VALUE, and OBS_VALUE1, OBS_VALUE2 where there are several.
bool is_measure(std::string_view id) {
  return id.starts_with(kObsValue) &&
         id.find_first_not_of("0123456789", kObsValue.size()) == std::string_view::npos;
}

ComponentRole role_of(std::string_view id) {
  if (id == kSeriesKey || id == kObsKey) return ComponentRole::kKey;
  if (is_measure(id)) return ComponentRole::kMeasure;
  if (is_provenance(id) || id == kReleasability) return ComponentRole::kCustom;
  if (dimension_named(id)) return ComponentRole::kDimension;
  if (attribute_named(id)) return ComponentRole::kAttribute;
  return ComponentRole::kUnknown;
}

bool is_row_column(std::string_view field) {
  constexpr std::array<std::string_view, 3> kNames{kStructureId, kStructureName, kAction};
  return std::find(kNames.begin(), kNames.end(), field) != kNames.end();
}

// With labels=name a column of names follows each component; keys and custom columns have none.
bool may_be_name_of(const Component& component, std::string_view field) {
  if (component.role == ComponentRole::kKey || component.role == ComponentRole::kCustom) {
    return false;
  }
  return !is_row_column(field) && role_of(field) == ComponentRole::kUnknown;
}

tl::unexpected<Error> duplicate(const CsvHeader& header, std::size_t column, FindingLog& findings) {
  return findings.stop({.code = "DUPLICATE_COLUMN",
                        .line = header.line,
                        .column = static_cast<std::uint32_t>(column + 1),
                        .text = header.fields[column],
                        .what = "two columns have one name",
                        .remedy = "rename one of them"});
}

void warn_about_separator(const CsvHeader& header, const Component& component,
                          FindingLog& findings) {
  findings.add({.severity = Severity::kWarning,
                .code = "NO_SUB_FIELD_SEPARATOR",
                .line = header.line,
                .column = static_cast<std::uint32_t>(component.column + 1),
                .column_name = component.id,
                .what = "the column has several values a cell, but STRUCTURE names no separator, "
                        "so each cell is kept as one text",
                .remedy = "write STRUCTURE[;] in the first column's header"});
}

}  // namespace

std::optional<FirstColumn> read_first_column(std::string_view head) {
  const bool quoted = head.substr(0, 1) == "\"";
  if (quoted) head.remove_prefix(1);
  if (head.starts_with(kDataflow)) {
    head.remove_prefix(kDataflow.size());
    if (quoted && head.starts_with('"')) head.remove_prefix(1);
    if (!begins_with_delimiter(head)) return std::nullopt;
    return FirstColumn{.version_1 = true, .separator = {}, .delimiter = head.front()};
  }
  if (head.substr(0, kStructure.size()) != kStructure) return std::nullopt;
  head.remove_prefix(kStructure.size());
  FirstColumn out;
  if (head.substr(0, 1) == "[") {
    const std::size_t bytes = first_character(head.substr(1));
    const std::size_t close = head.find(']', 1 + bytes);
    if (bytes == 0 || close == std::string_view::npos || close > 16) return std::nullopt;
    out.separator = head.substr(1, bytes);
    head.remove_prefix(close + 1);
  }
  if (quoted && head.substr(0, 1) == "\"") head.remove_prefix(1);
  if (!begins_with_delimiter(head)) return std::nullopt;
  out.delimiter = head.front();
  if (head.substr(1, kStructureId.size()) == kStructureId) return out;
  if (head.substr(1, kStructureId.size() + 1) == '"' + std::string(kStructureId)) return out;
  // Other columns may stand between; the identification must be somewhere in the header.
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  if (line.find(kStructureId) == std::string_view::npos) return std::nullopt;
  return out;
}

Result<RowColumns> read_columns(const CsvHeader& header, const FirstColumn& first, Dataset& dataset,
                                FindingLog& findings) {
  RowColumns columns;
  columns.dataflow_alone = first.version_1;
  bool has_id = first.version_1;
  const auto& fields = header.fields;
  const bool named =
      !first.version_1 && std::find(fields.begin(), fields.end(), kStructureName) != fields.end();
  dataset.labels = named ? Labels::kName : Labels::kId;
  dataset.sub_field_separator = first.separator;
  dataset.marks_missing = true;
  dataset.decimal_mark = first.delimiter == ',' ? '.' : '\0';
  std::set<std::string, std::less<>> seen;
  for (std::size_t i = 1; i < fields.size(); ++i) {
    const bool after_component = !dataset.components.empty() &&
                                 dataset.components.back().column + 1 == i &&
                                 dataset.components.back().role != ComponentRole::kLabel;
    if (named && after_component && may_be_name_of(dataset.components.back(), fields[i])) {
      const std::size_t labelled = dataset.components.size() - 1;
      dataset.components[labelled].label = fields[i];
      dataset.components.push_back(
          {.id = fields[i], .role = ComponentRole::kLabel, .label_of = labelled, .column = i});
      continue;
    }
    Component component = read_component(fields[i], i, first.separator);
    if (!component.id.empty() && !seen.insert(component.id).second) {
      return duplicate(header, i, findings);
    }
    const bool about_row = !first.version_1;
    if (about_row && component.id == kStructureId) {
      columns.structure_id = i;
      has_id = true;
    } else if (about_row && component.id == kStructureName) {
      columns.structure_name = i;
    } else if (about_row && component.id == kAction) {
      columns.action = i;
    } else {
      if (!component.label.empty()) dataset.labels = Labels::kBoth;
      if (component.shape != ValueShape::kSingle && first.separator.empty()) {
        warn_about_separator(header, component, findings);
      }
      component.role = role_of(component.id);
      dataset.components.push_back(std::move(component));
    }
  }
  if (!has_id) {
    return findings.stop({.code = "COLUMN_MISSING",
                          .line = header.line,
                          .text = std::string(kStructureId),
                          .what = "the column that identifies the structure is not there",
                          .remedy = "SDMX-CSV 2.0 begins with STRUCTURE,STRUCTURE_ID,ACTION"});
  }
  dataset.formulas_escaped = dataset.find(kSender) != nullptr &&
                             dataset.find(kMessageId) != nullptr &&
                             dataset.find(kLogIndex) != nullptr;
  return columns;
}

}  // namespace rapporteur::sources::sdmx_csv
