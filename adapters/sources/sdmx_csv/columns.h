// Names of the columns that SDMX-CSV 2.0 and this project's own files know.
//
// Source: SDMX-CSV 2.0 field guide, "Column headers".
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace rapporteur::sources::sdmx_csv {

inline constexpr std::string_view kDataflow = "DATAFLOW";  // first in 1.0
inline constexpr std::string_view kStructure = "STRUCTURE";
inline constexpr std::string_view kStructureId = "STRUCTURE_ID";
inline constexpr std::string_view kStructureName = "STRUCTURE_NAME";
inline constexpr std::string_view kAction = "ACTION";
inline constexpr std::string_view kSeriesKey = "SERIES_KEY";
inline constexpr std::string_view kObsKey = "OBS_KEY";
inline constexpr std::string_view kObsValue = "OBS_VALUE";
inline constexpr std::string_view kUpdated = "UPDATED";

// Custom columns of files that the sink writes: where a figure comes from.
inline constexpr std::string_view kSender = "SENDER";
inline constexpr std::string_view kMessageId = "MESSAGE_ID";
inline constexpr std::string_view kLogIndex = "LOG_INDEX";
inline constexpr std::string_view kKind = "KIND";
inline constexpr std::string_view kRevises = "REVISES";
inline constexpr std::string_view kReleasability = "RELEASABILITY";
inline constexpr std::string_view kRowsLeftOut = "ROWS_LEFT_OUT";
inline constexpr std::string_view kOfficerReason = "OFFICER_REASON";

inline constexpr std::array<std::string_view, 8> kProvenance{
    kSender, kMessageId, kLogIndex, kKind, kRevises, kRowsLeftOut, kOfficerReason, kUpdated};

[[nodiscard]] inline bool is_provenance(std::string_view name) {
  return std::find(kProvenance.begin(), kProvenance.end(), name) != kProvenance.end();
}

// Text that a spreadsheet would take for a formula is written with an apostrophe before it, and so
// is text that looks as if that had been done; reading takes one apostrophe off. Numbers are never
// escaped, and a sign that stands alone (the qualifier "=") is no formula.
[[nodiscard]] inline bool needs_apostrophe(std::string_view text) {
  const std::size_t at = text.find_first_not_of('\'');
  return at != std::string_view::npos && at + 1 < text.size() &&
         std::string_view("=+-@\t\r").find(text[at]) != std::string_view::npos;
}
[[nodiscard]] inline bool has_apostrophe(std::string_view text) {
  return !text.empty() && text.front() == '\'' && needs_apostrophe(text);
}

}  // namespace rapporteur::sources::sdmx_csv
