// Code lists, indicator catalogue and dataflows, compiled in from the data files beside this
// header.
//
// Threads: any; all functions return views of static data.
// Source: the CSV files of this folder, whose first lines name where the codes come from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/statistics/dimensions.h"

namespace rapporteur::codelists {

struct Code {
  std::string_view code;
  std::string_view label_en;
  std::string_view label_fr;
};

enum class ListId {
  kFreq,
  kArea,             // REF_AREA: countries, aggregates and collective codes
  kCounterpartArea,  // with groups of countries and _T _O _U _Z, like the next two
  kCitizen,
  kRegOrg,
  kIndicator,
  kExplForm,
  kSex,
  kUnitMeasure,
  kObsStatus,
  kConfStatus,
  kValueQualifier,
  kUnitMult,
};

// Ordered by code.
[[nodiscard]] std::span<const Code> list(ListId id);
[[nodiscard]] const Code* find(ListId id, std::string_view code);
// The list a component takes its codes from; AGE and TIME_PERIOD have a grammar, and COMMENT_OBS,
// METHOD and the like are text: empty for these.
[[nodiscard]] std::optional<ListId> list_of(Dimension dimension);
[[nodiscard]] std::optional<ListId> list_of(Attribute attribute);
// Whether the code may stand in that component: its list, its grammar or, for text, any. An
// attribute but OBS_STATUS may be "", not given.
[[nodiscard]] bool valid(Dimension dimension, std::string_view code);
[[nodiscard]] bool valid(Attribute attribute, std::string_view code);
// Up to `most` known codes nearest to what was given, nearest first, equals by code: optimal string
// alignment distance, regardless of ASCII case, to the code or to a label. What is further than
// half of its own length is not near; nothing is near to more than kNearestInputBytes.
inline constexpr std::size_t kNearestInputBytes = 64;
[[nodiscard]] std::vector<std::string_view> nearest(ListId id, std::string_view code,
                                                    std::size_t most = 3);

// Aliases that are mapped and recorded in SOURCE_CODE: GR to EL, GB to UK.
[[nodiscard]] std::optional<std::string_view> area_alias(std::string_view code);

// The bands of AGE (beside _T _U _Z, which are none): Y_LTn, Y_GEn with n from 1, YnTm with n <= m,
// in completed years, both ends in, at most 150, no leading zeros.
struct AgeBand {
  int first = 0;
  int last = 0;  // kNoUpperEnd for Y_GEn
  static constexpr int kNoUpperEnd = 1'000;
};
[[nodiscard]] std::optional<AgeBand> parse_age_band(std::string_view code);

struct Indicator {
  std::string_view code;
  std::string_view family;
  std::string_view label_en;
  std::string_view label_fr;
  std::string_view definition_en;
  std::span<const std::string_view> units;
  // It may be broken down by these, REF_AREA and TIME_PERIOD always among them; other dimensions
  // (but FREQ, INDICATOR and UNIT_MEASURE) are _T or _Z.
  std::span<const Dimension> dimensions;
  std::span<const Dimension> expected_breakdowns;
  std::span<const std::string_view> parts;  // its figure is the sum of these indicators
  bool is_protected = false;  // counts persons or cases that disclosure control covers
  bool sums_over_area = false;
};
[[nodiscard]] std::span<const Indicator> indicators();
[[nodiscard]] const Indicator* find_indicator(std::string_view code);

enum class FreeText { kNone, kScanned };

// What holds for a dataflow unless an operator-signed policy entry says otherwise.
struct DataflowPolicy {
  std::uint32_t k = 10;
  std::uint32_t depth_from = 1;
  bool zeros_sensitive = false;
  std::uint32_t interval_width = 3;
  FreeText free_text = FreeText::kScanned;
};
struct Dataflow {
  std::string_view id;  // AGENCY:ID(VERSION)
  std::string_view structure;
  std::string_view population;
  std::string_view label_en;
  std::string_view label_fr;
  DataflowPolicy policy;
};
[[nodiscard]] std::span<const Dataflow> dataflows();
[[nodiscard]] const Dataflow* find_dataflow(std::string_view id);

}  // namespace rapporteur::codelists
