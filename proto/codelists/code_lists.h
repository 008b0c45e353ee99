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
  kArea,  // REF_AREA, COUNTERPART_AREA, and CITIZEN and REG_ORG with _T _U _Z
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
// Whether the code may stand in that dimension: its list or its grammar.
[[nodiscard]] bool valid(Dimension dimension, std::string_view code);
[[nodiscard]] bool valid(Attribute attribute, std::string_view code);
// Up to `most` known codes nearest by edit distance to code or label, nearest first.
[[nodiscard]] std::vector<std::string_view> nearest(ListId id, std::string_view code,
                                                    std::size_t most = 3);

// Aliases that are mapped and recorded in SOURCE_CODE: GR to EL, GB to UK.
[[nodiscard]] std::optional<std::string_view> area_alias(std::string_view code);

// AGE: _T _U _Z, Y_LTn, Y_GEn, YnTm in completed years, both ends in.
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
  std::vector<std::string_view> units;
  std::vector<Dimension> dimensions;  // it may be broken down by these
  std::vector<Dimension> expected_breakdowns;
  bool is_protected = false;            // counts persons or cases that disclosure control covers
  std::vector<std::string_view> parts;  // its figure is the sum of these indicators
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
