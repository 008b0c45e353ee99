// Why the directory refuses a change.
//
// Source: PROTOCOL.md, "Directory".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur::directory::refusal {

inline constexpr std::string_view kNotOperator = "NOT_OPERATOR";
inline constexpr std::string_view kBadAction = "BAD_ACTION";
inline constexpr std::string_view kBadText = "BAD_TEXT";
inline constexpr std::string_view kBadId = "BAD_ID";
inline constexpr std::string_view kBadKey = "BAD_KEY";
inline constexpr std::string_view kBadPattern = "BAD_PATTERN";
inline constexpr std::string_view kBadPolicy = "BAD_POLICY";
inline constexpr std::string_view kAlreadyEnrolled = "ALREADY_ENROLLED";
inline constexpr std::string_view kUnknownParticipant = "UNKNOWN_PARTICIPANT";
inline constexpr std::string_view kUnknownKey = "UNKNOWN_KEY";
inline constexpr std::string_view kUnknownGrant = "UNKNOWN_GRANT";
inline constexpr std::string_view kUnknownDataflow = "UNKNOWN_DATAFLOW";
inline constexpr std::string_view kKeyInUse = "KEY_IN_USE";
inline constexpr std::string_view kAlreadyGranted = "ALREADY_GRANTED";
inline constexpr std::string_view kRevokedForGood = "REVOKED_FOR_GOOD";
inline constexpr std::string_view kLastOperator = "LAST_OPERATOR";
inline constexpr std::string_view kNoChange = "NO_CHANGE";
inline constexpr std::string_view kLimit = "LIMIT";
inline constexpr std::string_view kBadRetention = "BAD_RETENTION";
inline constexpr std::string_view kBadHold = "BAD_HOLD";
inline constexpr std::string_view kAlreadyHeld = "ALREADY_HELD";
inline constexpr std::string_view kUnknownHold = "UNKNOWN_HOLD";
inline constexpr std::string_view kHeld = "HELD";
inline constexpr std::string_view kBadWaiver = "BAD_WAIVER";
inline constexpr std::string_view kAlreadyWaived = "ALREADY_WAIVED";
inline constexpr std::string_view kUnknownWaiver = "UNKNOWN_WAIVER";
inline constexpr std::string_view kNoBody = "NO_BODY";
inline constexpr std::string_view kNeedsTwoOperators = "NEEDS_TWO_OPERATORS";

// The code an error of Directory::apply begins with.
[[nodiscard]] inline std::string_view code_of(const Error& error) {
  return std::string_view(error.what).substr(0, error.what.find(':'));
}
// What it says after the code.
[[nodiscard]] inline std::string text_of(const Error& error) {
  const std::size_t code = code_of(error).size() + std::string_view(": ").size();
  return error.what.substr(std::min(code, error.what.size()));
}

}  // namespace rapporteur::directory::refusal
