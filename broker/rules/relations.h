// What the rules know about indicators beside the catalogue's columns.
//
// Threads: any; all views are of static data.
#pragma once

#include <span>
#include <string_view>

#include "proto/statistics/dimensions.h"

namespace rapporteur::rules {

// The dimensions that say something about persons; the others say where, what and when.
inline constexpr Dimension kPersonalDimensions[] = {
    Dimension::kExplForm, Dimension::kSex,    Dimension::kAge,
    Dimension::kCitizen,  Dimension::kRegOrg, Dimension::kCounterpartArea};

[[nodiscard]] constexpr bool is_total_or_none(std::string_view code) {
  return code == "_T" || code == "_Z";
}

// Two indicators that count the same things, so that their figures must not stand side by side.
struct Overlap {
  std::string_view mixed;
  std::string_view separate;
};
inline constexpr Overlap kOverlaps[] = {{"CJ_INV_PROS", "CJ_INV"}};

// A "no" that a given figure contradicts.
struct Denial {
  std::string_view denied;  // BOOL indicator, 0
  std::string_view given;   // indicator with any number
};
inline constexpr Denial kDenials[] = {{"POL_PERMIT_ISSUED", "POL_PERMIT_DUR"}};

// A yes that wants a figure.
inline constexpr std::string_view kSaidToAssist = "DQ_HIGH_ASSIST";
inline constexpr std::string_view kAssisted = "VIC_ASSIST";

// Other indicators of the same area and period whose figures can make a submission of `indicator`
// wrong: the members of its equations, and what it must not stand beside.
[[nodiscard]] std::span<const std::string_view> judged_together(std::string_view indicator);
// The members of its equations alone.
[[nodiscard]] std::span<const std::string_view> added_up_with(std::string_view indicator);
// Likewise those that can only raise a warning.
[[nodiscard]] std::span<const std::string_view> compared_with(std::string_view indicator);

// Whether one of its units counts something (persons, cases, ...), in whole numbers from 0.
[[nodiscard]] bool counts(std::string_view indicator);
enum class UnitKind { kCount, kYesOrNo, kYear, kPercent, kQuantity };
[[nodiscard]] UnitKind kind_of_unit(std::string_view unit);

}  // namespace rapporteur::rules
