// The components of an observation: names, order and places.
//
// Source: PROTOCOL.md, "Observation"; SDMX 3.0 names.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace rapporteur {

enum class Dimension : std::size_t {
  kFreq,
  kRefArea,
  kCounterpartArea,
  kIndicator,
  kExplForm,
  kSex,
  kAge,
  kCitizen,
  kRegOrg,
  kUnitMeasure,
  kTimePeriod,
};
inline constexpr std::size_t kDimensions = 11;
inline constexpr std::array<std::string_view, kDimensions> kDimensionNames{
    "FREQ", "REF_AREA", "COUNTERPART_AREA", "INDICATOR",    "EXPL_FORM",  "SEX",
    "AGE",  "CITIZEN",  "REG_ORG",          "UNIT_MEASURE", "TIME_PERIOD"};

enum class Attribute : std::size_t {
  kObsStatus,
  kConfStatus,
  kConfRedist,
  kValueQualifier,
  kUnitMult,
  kSourceCode,
  kMethod,
  kCommentObs,
};
inline constexpr std::size_t kAttributes = 8;
inline constexpr std::array<std::string_view, kAttributes> kAttributeNames{
    "OBS_STATUS", "CONF_STATUS", "CONF_REDIST", "VALUE_QUALIFIER",
    "UNIT_MULT",  "SOURCE_CODE", "METHOD",      "COMMENT_OBS"};

[[nodiscard]] constexpr std::string_view name(Dimension dimension) {
  return kDimensionNames[static_cast<std::size_t>(dimension)];
}
[[nodiscard]] constexpr std::string_view name(Attribute attribute) {
  return kAttributeNames[static_cast<std::size_t>(attribute)];
}
[[nodiscard]] std::optional<Dimension> dimension_named(std::string_view name);
[[nodiscard]] std::optional<Attribute> attribute_named(std::string_view name);
// Whether OBS_STATUS says that there is no number, and why: missing, not collected, cannot exist,
// held back, counted elsewhere, a holiday. Source: SDMX CL_OBS_STATUS.
[[nodiscard]] constexpr bool is_status_of_missing(std::string_view status) {
  return status.size() == 1 &&
         std::string_view("OLMQKH").find(status.front()) != std::string_view::npos;
}

}  // namespace rapporteur
