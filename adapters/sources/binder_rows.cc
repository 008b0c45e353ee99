// Row by row: what a row says, in the hub's words.
#include <algorithm>

#include "adapters/sources/binder.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/base/limits.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sources {
namespace {

constexpr auto kStatus = static_cast<std::size_t>(Attribute::kObsStatus);
constexpr auto kQualifier = static_cast<std::size_t>(Attribute::kValueQualifier);
constexpr auto kSource = static_cast<std::size_t>(Attribute::kSourceCode);

// A name and a code as one item of SOURCE_CODE; ';' separates items.
std::string source_item(const Target& target, std::string_view code) {
  std::string out = std::string(target.name()) + '=';
  for (const char c : code) {
    if (c == ';' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

void Binder::add(Finding finding, const Row& row, std::size_t field) {
  finding.line = row.line;
  finding.column = static_cast<std::uint32_t>(field + 1);
  findings_.add(std::move(finding));
}

Binder::Meaning Binder::meaning_of(const BoundColumn& column, std::string_view text) {
  ResolvedCode resolved = resolver_.resolve(column.target, *column.component, column.prefix, text);
  Meaning meaning;
  if (resolved.code.empty() && resolved.problem.empty()) return meaning;
  meaning.code = intern(column.target, resolved.code);
  if (!resolved.source.empty()) meaning.source = source_codes_.intern(resolved.source);
  if (column.target.kind == Target::Kind::kReleasability && meaning.code == kNotGiven) {
    const auto parsed = Releasability::parse(resolved.code);
    resolved.problem = "BAD_RELEASABILITY";
    resolved.what = parsed.error().what;
    resolved.remedy = parsed.error().remedy;
  }
  if (resolved.problem.empty()) return meaning;
  meaning.problem = static_cast<std::uint32_t>(problems_.size());
  problems_.push_back(std::move(resolved));
  return meaning;
}

void Binder::report_problem(const BoundColumn& column, const Meaning& meaning,
                            std::string_view text, Row& row) {
  const ResolvedCode& problem = problems_[meaning.problem];
  const bool keep = options_.unknown_codes == UnknownCodes::kKeep &&
                    problem.problem == "UNKNOWN_CODE" &&
                    text.size() <= rapporteur::limits::kCodeBytes;
  if (!keep) row.refused = true;
  Finding finding{.severity = keep ? Severity::kWarning : Severity::kError,
                  .code = problem.problem,
                  .line = row.line,
                  .column = static_cast<std::uint32_t>(column.component->field() + 1),
                  .column_name = column.component->id,
                  .text = std::string(text),
                  .what = problem.what,
                  .remedy = problem.remedy};
  // A name that a format writes in free text comes back row after row; a mapping settles all.
  if (column.component->names.empty()) {
    findings_.add(std::move(finding));
  } else {
    findings_.add_cause(std::move(finding));
  }
}

void Binder::read_column(BoundColumn& column, Row& row) {
  const std::string_view text = row.block->cell(row.row, column.column);
  const std::uint32_t number = column.texts.intern(text);
  if (number == column.meanings.size()) column.meanings.push_back(meaning_of(column, text));
  const Meaning& meaning = column.meanings[number];
  if (meaning.problem != kNotGiven) report_problem(column, meaning, text, row);
  if (meaning.code == kNotGiven) return;
  switch (column.target.kind) {
    case Target::Kind::kDimension:
      row.dimensions[column.target.index] = meaning.code;
      break;
    case Target::Kind::kAttribute:
      row.attributes[column.target.index] = meaning.code;
      break;
    case Target::Kind::kDataflow:
      row.dataflow = meaning.code;
      break;
    case Target::Kind::kReleasability:
      row.releasability = meaning.code;
      break;
  }
  if (meaning.source != kNotGiven) row.mapped.emplace_back(column.target, meaning.source);
}

void Binder::read_columns(Row& row) {
  row.dimensions.fill(kNotGiven);
  row.attributes.fill(kNotGiven);
  row.mapped.clear();
  for (auto& column : columns_) read_column(column, row);
  for (std::size_t d = 0; d < kDimensions; ++d) {
    // A blank of a delete row stands for every code; only a column can be blank.
    const bool every = row.block->action(row.row) == Action::kDelete && has_column_[d];
    if (row.dimensions[d] == kNotGiven && !every) row.dimensions[d] = constant_dimensions_[d];
  }
  for (std::size_t a = 0; a < kAttributes; ++a) {
    if (row.attributes[a] == kNotGiven) row.attributes[a] = constant_attributes_[a];
    if (row.attributes[a] == kNotGiven) row.attributes[a] = 0;
  }
  if (row.releasability == kNotGiven) row.releasability = 0;
}

void Binder::find_dataflow(Row& row) {
  std::string named;
  if (mapping_.dataflow) {
    row.dataflow = intern_dataflow(*mapping_.dataflow);
  } else if (row.dataflow == kNotGiven && !dataset_.structures.empty()) {
    const auto& structure = dataset_.structures[row.block->structure(row.row)];
    named = structure.id;
    if (structure.kind == StructureKind::kDataflow) row.dataflow = intern_dataflow(structure.id);
  }
  if (row.dataflow != kNotGiven && dataflow_known_[row.dataflow]) return;
  row.refused = true;
  if (row.dataflow != kNotGiven) named = dataflows_.text(row.dataflow);
  findings_.add_cause(
      {.code = "UNKNOWN_DATAFLOW",
       .line = row.line,
       .text = named,
       .what = named.empty() ? "nothing names the dataflow" : "is no dataflow of the hub",
       .remedy = "name it in the mapping: dataflow = \"" +
                 std::string(codelists::dataflows().front().id) + '"'});
}

bool Binder::read_value(const Measure& measure, Row& row, std::optional<Decimal>& value) {
  std::string_view cell = row.block->cell(row.row, measure.column);
  if (dataset_.marks_missing && cell == kNotANumber) cell = {};
  const auto read = numbers_.read(cell);
  if (!read) {
    add({.code = "BAD_NUMBER",
         .column_name = measure.name,
         .text = std::string(cell),
         .what = read.error().what,
         .remedy = read.error().remedy},
        row, measure.field);
    return false;
  }
  value = read->number;
  auto& qualifier = row.attributes[kQualifier];
  if (!read->qualifier.empty()) {
    const std::uint32_t in_cell = attributes_[kQualifier].codes.intern(read->qualifier);
    if (qualifier != 0 && qualifier != in_cell) {
      add({.code = "QUALIFIER_TWICE",
           .column_name = measure.name,
           .text = std::string(cell),
           .what = "the number and the column of qualifiers say different things",
           .remedy = "leave one of them out"},
          row, measure.field);
      return false;
    }
    qualifier = in_cell;
  }
  auto& status = row.attributes[kStatus];
  if (status != 0) return true;
  const std::string_view blank =
      read->status.empty() ? std::string_view(mapping_.values.blank_status) : read->status;
  status = attributes_[kStatus].codes.intern(value ? std::string_view(mapping_.values.number_status)
                                                   : blank);
  return true;
}

// One mapped dimension stands as it was received; several, or one that could be taken for such a
// list, are named.
void Binder::note_sources(Row& row) {
  if (row.mapped.empty()) return;
  if (row.attributes[kSource] != 0) {
    findings_.add({.severity = Severity::kWarning,
                   .code = "SOURCE_CODE_KEPT",
                   .line = row.line,
                   .text = source_codes_.text(row.mapped.front().second),
                   .what = "the row brings its own SOURCE_CODE, which stays; this mapped code is "
                           "not recorded beside it",
                   .remedy = "leave one of the two mappings out"});
    return;
  }
  const auto& [target, only] = row.mapped.front();
  std::string text = source_codes_.text(only);
  const bool plain = row.mapped.size() == 1 && target.kind == Target::Kind::kDimension &&
                     text.find_first_of("=;") == std::string::npos;
  if (!plain) {
    text.clear();
    for (const auto& [mapped, source] : row.mapped) {
      text += (text.empty() ? "" : ";") + source_item(mapped, source_codes_.text(source));
    }
  }
  row.attributes[kSource] = attributes_[kSource].codes.intern(text);
}

void Binder::keep(const Row& row, const std::optional<Decimal>& value) {
  for (std::size_t d = 0; d < kDimensions; ++d) dimensions_[d].push(row.dimensions[d]);
  for (std::size_t a = 0; a < kAttributes; ++a) attributes_[a].push(row.attributes[a]);
  out_.values_.push_back(value);
  out_.lines_.push_back(row.line);
  out_.dataflow_of_.push_back(row.dataflow);
  out_.releasability_of_.push_back(row.releasability);
}

void Binder::refuse(const Row& row) {
  UnboundRow out;
  out.line = row.line;
  const auto code = [&](std::size_t d) {
    const std::uint32_t number = row.dimensions[d];
    if (number == kNotGiven) return std::string();
    const std::string& text = dimensions_[d].codes.text(number);
    return codelists::valid(static_cast<Dimension>(d), text) ? text : std::string();
  };
  out.indicator = code(kIndicator);
  out.ref_area = code(kRefArea);
  out.time_period = code(kTime);
  if (row.dataflow != kNotGiven && dataflow_known_[row.dataflow]) {
    out.dataflow = dataflows_.text(row.dataflow);
  }
  if (row.releasability != kNotGiven) out.releasability = out_.releasabilities_[row.releasability];
  out_.unbound_.push_back(std::move(out));
}

void Binder::bind_measure(const Row& base, const Measure& measure) {
  Row row = base;
  for (const auto& [target, code] : measure.constants) {
    auto& place = target.kind == Target::Kind::kDimension ? row.dimensions[target.index]
                                                          : row.attributes[target.index];
    place = code;
  }
  derive_frequency(row);
  fill_absent(row);
  std::optional<Decimal> value;
  const bool whole = has_whole_key(row);
  if (!read_value(measure, row, value) || !whole || row.refused) {
    refuse(row);
    return;
  }
  note_sources(row);
  keep(row, value);
}

void Binder::bind_deletion(const Row& row) {
  const auto names_something = [&](std::size_t column) {
    return !row.block->cell(row.row, column).empty();
  };
  const bool measure = std::any_of(measures_.begin(), measures_.end(), [&](const auto& bound) {
    return names_something(bound.column);
  });
  const bool attribute = std::any_of(columns_.begin(), columns_.end(), [&](const auto& bound) {
    return bound.target.kind == Target::Kind::kAttribute && names_something(bound.column);
  });
  if (attribute && !measure) {
    findings_.add(
        {.code = "CANNOT_DELETE_ATTRIBUTE",
         .line = row.line,
         .what = "the row deletes attributes and keeps their figure, which the hub cannot",
         .remedy = "send the figure again without them"});
    refuse(row);
    return;
  }
  if (row.refused) {
    refuse(row);
    return;
  }
  BoundDeletion deletion;
  deletion.line = row.line;
  deletion.dataflow = dataflows_.text(row.dataflow);
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (row.dimensions[d] != kNotGiven) {
      deletion.key[d] = dimensions_[d].codes.text(row.dimensions[d]);
    }
  }
  out_.deletions_.push_back(std::move(deletion));
}

void Binder::bind_row(Row& row) {
  read_columns(row);
  find_dataflow(row);
  if (row.block->action(row.row) == Action::kDelete) {
    bind_deletion(row);
    return;
  }
  if (measures_.empty()) {
    findings_.add_cause({.code = "NO_MEASURE",
                         .line = row.line,
                         .what = "no column of the file is bound to the figure",
                         .remedy = "name it under [[measures]], or call it OBS_VALUE"});
    static_cast<void>(has_whole_key(row));
    refuse(row);
    return;
  }
  for (const auto& measure : measures_) bind_measure(row, measure);
}

void Binder::bind(const RowBlock& block) {
  Row row;
  row.block = &block;
  for (std::size_t i = 0; i < block.rows(); ++i) {
    row.row = i;
    row.line = block.line(i);
    row.refused = false;
    row.dataflow = kNotGiven;
    row.releasability = kNotGiven;
    bind_row(row);
  }
}

void Binder::leave_out(std::span<const LeftOutRow> rows) {
  for (const auto& row : rows) out_.unbound_.push_back({.line = row.line});
}

BoundFigures Binder::take() {
  for (std::size_t d = 0; d < kDimensions; ++d) out_.dimensions_[d] = dimensions_[d].take();
  for (std::size_t a = 0; a < kAttributes; ++a) out_.attributes_[a] = attributes_[a].take();
  out_.dataflows_ = dataflows_.take();
  const auto note = [&](std::string_view component, std::size_t field) {
    const auto place = static_cast<std::uint32_t>(field + 1);
    const auto [known, is_new] = out_.columns_.columns_.emplace(component, place);
    if (!is_new && known->second != place) known->second = 0;
  };
  for (const BoundColumn& column : columns_) note(column.target.name(), column.component->field());
  for (const Measure& measure : measures_) note(sdmx_csv::kObsValue, measure.field);
  return std::move(out_);
}

}  // namespace rapporteur::sources
