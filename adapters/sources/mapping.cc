#include "adapters/sources/mapping.h"

namespace rapporteur::sources {

namespace {
constexpr std::string_view kReleasabilityTarget = "RELEASABILITY";
constexpr std::string_view kDataflowTarget = "DATAFLOW";
}  // namespace

std::string_view Target::name() const {
  switch (kind) {
    case Kind::kDimension:
      return kDimensionNames[index];
    case Kind::kAttribute:
      return kAttributeNames[index];
    case Kind::kReleasability:
      return kReleasabilityTarget;
    case Kind::kDataflow:
      return kDataflowTarget;
  }
  return "";
}

std::optional<Target> Target::named(std::string_view name) {
  if (const auto dimension = dimension_named(name)) {
    return Target{Kind::kDimension, static_cast<std::size_t>(*dimension)};
  }
  if (const auto attribute = attribute_named(name)) {
    return Target{Kind::kAttribute, static_cast<std::size_t>(*attribute)};
  }
  if (name == kReleasabilityTarget) return Target{Kind::kReleasability, 0};
  if (name == kDataflowTarget) return Target{Kind::kDataflow, 0};
  return std::nullopt;
}

std::vector<std::string_view> Target::names() {
  std::vector<std::string_view> all(kDimensionNames.begin(), kDimensionNames.end());
  all.insert(all.end(), kAttributeNames.begin(), kAttributeNames.end());
  all.insert(all.end(), {kReleasabilityTarget, kDataflowTarget});
  return all;
}

OpenOptions Mapping::open_options() const {
  OpenOptions options{.format = format, .delimiter = delimiter, .expected_columns = {}};
  for (const auto& column : columns) options.expected_columns.push_back(column.column);
  for (const auto& measure : measures) options.expected_columns.push_back(measure.column);
  return options;
}

Mapping Mapping::identity() {
  Mapping mapping;
  mapping.by_name = true;
  // SDMX 3 writes a number that is missing on purpose so; 2.0 leaves the cell empty.
  mapping.values.markers = {{"NaN", "O"}};
  return mapping;
}

}  // namespace rapporteur::sources
