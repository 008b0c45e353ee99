// Which column of the file gives what: done once, before the first row.
#include <algorithm>

#include "adapters/sources/binder.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "adapters/sources/suggest.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sources {

Binder::Binder(const Dataset& dataset, const Mapping& mapping, const BindOptions& options,
               FindingLog& findings)
    : dataset_(dataset),
      mapping_(mapping),
      options_(options),
      findings_(findings),
      resolver_(mapping, dataset),
      numbers_(mapping.values, dataset.decimal_mark) {
  constant_dimensions_.fill(kNotGiven);
  constant_attributes_.fill(kNotGiven);
  // An attribute that nothing gives is "", number 0 of its dictionary.
  for (auto& attribute : attributes_) static_cast<void>(attribute.codes.intern(""));
  static_cast<void>(intern_releasability(mapping.releasability));
  out_.file_ = dataset.file;
}

std::uint32_t Binder::intern_dataflow(std::string_view id) {
  const std::uint32_t number = dataflows_.intern(id);
  if (number == dataflow_known_.size()) {
    dataflow_known_.push_back(codelists::find_dataflow(id) != nullptr);
  }
  return number;
}

std::uint32_t Binder::intern_releasability(const Releasability& releasability) {
  const std::uint32_t number = releasability_texts_.intern(releasability.text());
  if (number == out_.releasabilities_.size()) out_.releasabilities_.push_back(releasability);
  return number;
}

std::uint32_t Binder::intern(const Target& target, std::string_view code) {
  switch (target.kind) {
    case Target::Kind::kDimension:
      return dimensions_[target.index].codes.intern(code);
    case Target::Kind::kAttribute:
      return attributes_[target.index].codes.intern(code);
    case Target::Kind::kDataflow:
      return intern_dataflow(code);
    case Target::Kind::kReleasability:
      break;
  }
  const auto parsed = Releasability::parse(code);
  return parsed ? intern_releasability(*parsed) : kNotGiven;
}

Result<const Component*> Binder::component_named(const std::string& column) {
  if (const Component* component = dataset_.find(column)) return component;
  std::vector<std::string_view> names;
  for (const auto& component : dataset_.components) names.push_back(component.id);
  return findings_.stop({.code = "COLUMN_MISSING",
                         .text = column,
                         .what = "the file has no column that the mapping names",
                         .remedy = did_you_mean(column, names)});
}

void Binder::bind_column(const Component& component, Target target, std::string prefix) {
  BoundColumn bound;
  bound.column = component.column;
  bound.target = target;
  bound.prefix = std::move(prefix);
  bound.component = &component;
  if (target.kind == Target::Kind::kDimension) {
    has_column_[target.index] = !component.blank_is_absent;
  }
  if (component.shape != ValueShape::kSingle) {
    findings_.add({.severity = Severity::kWarning,
                   .code = "MULTIPLE_VALUES_AS_TEXT",
                   .column = static_cast<std::uint32_t>(component.field() + 1),
                   .column_name = component.id,
                   .what = "the column may hold several values a cell; " +
                           std::string(target.name()) + " carries them as one text",
                   .remedy = "nothing is lost; send one value a cell to have it read"});
  }
  columns_.push_back(std::move(bound));
}

void Binder::bind_by_name() {
  for (const auto& component : dataset_.components) {
    const auto target = Target::named(component.id);
    if (!target || component.role == ComponentRole::kLabel) continue;
    const bool already = std::any_of(columns_.begin(), columns_.end(), [&](const auto& column) {
      return column.target == *target || column.column == component.column;
    });
    if (!already) bind_column(component, *target, "");
  }
}

Status Binder::bind_columns() {
  for (const auto& column : mapping_.columns) {
    const auto component = component_named(column.column);
    if (!component) return tl::unexpected<Error>(component.error());
    bind_column(**component, column.target, column.prefix);
  }
  if (mapping_.by_name) bind_by_name();
  return {};
}

Status Binder::bind_measures() {
  for (const auto& measure : mapping_.measures) {
    const auto component = component_named(measure.column);
    if (!component) return tl::unexpected<Error>(component.error());
    Measure bound{(*component)->column, (*component)->field(), measure.column, {}};
    for (const auto& [target, code] : measure.constants) {
      bound.constants.emplace_back(target, intern(target, code));
    }
    measures_.push_back(std::move(bound));
  }
  if (mapping_.by_name && measures_.empty()) {
    const Component* value = dataset_.find(sdmx_csv::kObsValue);
    if (value != nullptr) measures_.push_back({value->column, value->field(), value->id, {}});
  }
  return {};
}

bool Binder::is_bound(const Component& component) const {
  const auto same_column = [&](const auto& bound) { return bound.column == component.column; };
  return std::any_of(columns_.begin(), columns_.end(), same_column) ||
         std::any_of(measures_.begin(), measures_.end(), same_column);
}

// Bound, said again elsewhere, or left out on purpose.
bool Binder::is_used(const Component& component) const {
  const bool said_elsewhere =
      component.role == ComponentRole::kLabel || component.role == ComponentRole::kKey;
  const bool ignored = std::find(mapping_.ignored.begin(), mapping_.ignored.end(), component.id) !=
                       mapping_.ignored.end();
  return said_elsewhere || ignored || is_bound(component);
}

// Where columns are bound by their names, one slip would lose a column in silence.
Status Binder::refuse_misspelt() {
  if (!mapping_.by_name) return {};
  std::vector<std::string_view> free;
  for (const std::string_view name : Target::names()) {
    const bool taken = std::any_of(columns_.begin(), columns_.end(), [&](const auto& column) {
      return column.target.name() == name;
    });
    if (!taken) free.push_back(name);
  }
  if (measures_.empty()) free.push_back(sdmx_csv::kObsValue);
  for (const auto& component : dataset_.components) {
    if (is_used(component) || sdmx_csv::is_provenance(component.id)) continue;
    const auto meant = one_slip_from(component.id, free);
    if (!meant) continue;
    return findings_.stop({.code = "COLUMN_MISSPELT",
                           .column = static_cast<std::uint32_t>(component.field() + 1),
                           .column_name = component.id,
                           .what = "the column is bound to nothing, for want of one letter",
                           .remedy = "did you mean " + std::string(*meant) +
                                     "? if not, name it in ignore of a mapping"});
  }
  return {};
}

void Binder::report_unbound_columns() {
  std::string provenance;
  for (const auto& component : dataset_.components) {
    if (is_used(component)) continue;
    if (mapping_.by_name && sdmx_csv::is_provenance(component.id)) {
      provenance += (provenance.empty() ? "" : " ") + component.id;
      continue;
    }
    findings_.add({.severity = Severity::kWarning,
                   .code = "COLUMN_NOT_CARRIED",
                   .column = static_cast<std::uint32_t>(component.field() + 1),
                   .column_name = component.id,
                   .what = "the column is bound to nothing and is not carried",
                   .remedy = "bind it under [columns], or name it in ignore"});
  }
  if (provenance.empty()) return;
  findings_.add({.severity = Severity::kWarning,
                 .code = "COLUMN_NOT_CARRIED",
                 .text = provenance,
                 .what = "columns that say where figures came from are not sent on",
                 .remedy = "nothing to do, unless another sender's figures were to be resent"});
}

Status Binder::fit() {
  if (auto bound = bind_columns(); !bound) return bound;
  if (auto bound = bind_measures(); !bound) return bound;
  for (const auto& [target, code] : mapping_.constants) {
    auto& place = target.kind == Target::Kind::kDimension ? constant_dimensions_[target.index]
                                                          : constant_attributes_[target.index];
    place = intern(target, code);
  }
  if (auto spelt = refuse_misspelt(); !spelt) return spelt;
  report_unbound_columns();
  return {};
}

}  // namespace rapporteur::sources
