// Names of the rules; `rules()` says what each means.
#pragma once

#include <string_view>

namespace rapporteur::rules::code {

inline constexpr std::string_view kUnknownDataflow = "UNKNOWN_DATAFLOW";
inline constexpr std::string_view kNoObservations = "NO_OBSERVATIONS";
inline constexpr std::string_view kHeaderIndicator = "HEADER_INDICATOR";
inline constexpr std::string_view kHeaderAreas = "HEADER_AREAS";
inline constexpr std::string_view kMixedIndicators = "MIXED_INDICATORS";
inline constexpr std::string_view kUnknownCode = "UNKNOWN_CODE";
inline constexpr std::string_view kBadAge = "BAD_AGE";
inline constexpr std::string_view kBadTimePeriod = "BAD_TIME_PERIOD";
inline constexpr std::string_view kFreqMismatch = "FREQ_MISMATCH";
inline constexpr std::string_view kDimensionNotApplicable = "DIMENSION_NOT_APPLICABLE";
inline constexpr std::string_view kUnitMismatch = "UNIT_MISMATCH";
inline constexpr std::string_view kDuplicateKey = "DUPLICATE_KEY";

inline constexpr std::string_view kStatusMissing = "STATUS_MISSING";
inline constexpr std::string_view kValueMissing = "VALUE_MISSING";
inline constexpr std::string_view kValueWithMissingStatus = "VALUE_WITH_MISSING_STATUS";
inline constexpr std::string_view kQualifierWithoutValue = "QUALIFIER_WITHOUT_VALUE";
inline constexpr std::string_view kQualifierImpossible = "QUALIFIER_IMPOSSIBLE";
inline constexpr std::string_view kMultiplierNotApplicable = "MULTIPLIER_NOT_APPLICABLE";
inline constexpr std::string_view kValueOutOfRange = "VALUE_OUT_OF_RANGE";
inline constexpr std::string_view kNegativeValue = "NEGATIVE_VALUE";
inline constexpr std::string_view kNotWhole = "NOT_WHOLE";
inline constexpr std::string_view kNotYesOrNo = "NOT_YES_OR_NO";
inline constexpr std::string_view kImplausibleYear = "IMPLAUSIBLE_YEAR";
inline constexpr std::string_view kPercentRange = "PERCENT_RANGE";

inline constexpr std::string_view kTextNotAllowed = "TEXT_NOT_ALLOWED";
inline constexpr std::string_view kTextTooLong = "TEXT_TOO_LONG";
inline constexpr std::string_view kTextUnprintable = "TEXT_UNPRINTABLE";
inline constexpr std::string_view kTextEmail = "TEXT_EMAIL";
inline constexpr std::string_view kTextTelephone = "TEXT_TELEPHONE";
inline constexpr std::string_view kTextBirthDate = "TEXT_BIRTH_DATE";
inline constexpr std::string_view kTextCaseNumber = "TEXT_CASE_NUMBER";
inline constexpr std::string_view kTextUrl = "TEXT_URL";

inline constexpr std::string_view kNonAdditive = "NON_ADDITIVE";
inline constexpr std::string_view kNotSummable = "NOT_SUMMABLE";
inline constexpr std::string_view kSmallCell = "SMALL_CELL";
inline constexpr std::string_view kLinearExact = "LINEAR_EXACT";
inline constexpr std::string_view kDifferenceWith = "DIFFERENCE_WITH";
inline constexpr std::string_view kSmallChange = "SMALL_CHANGE";
inline constexpr std::string_view kTooComplex = "TOO_COMPLEX";
inline constexpr std::string_view kInterval = "INTERVAL";
inline constexpr std::string_view kNeedsCertificate = "NEEDS_CERTIFICATE";
inline constexpr std::string_view kBadCertificate = "BAD_CERTIFICATE";
inline constexpr std::string_view kStaleLedger = "STALE_LEDGER";

inline constexpr std::string_view kAlreadyPublic = "ALREADY_PUBLIC";
inline constexpr std::string_view kAssistWithoutFigure = "ASSIST_WITHOUT_FIGURE";
inline constexpr std::string_view kBreakdownMissing = "BREAKDOWN_MISSING";
inline constexpr std::string_view kContradiction = "CONTRADICTION";
inline constexpr std::string_view kIdenticalFigures = "IDENTICAL_FIGURES";
inline constexpr std::string_view kImplausibleJump = "IMPLAUSIBLE_JUMP";
inline constexpr std::string_view kMixedInvestigations = "MIXED_INVESTIGATIONS";
inline constexpr std::string_view kMoreFindings = "MORE_FINDINGS";
inline constexpr std::string_view kSameFigureTwice = "SAME_FIGURE_TWICE";
inline constexpr std::string_view kSilentYears = "SILENT_YEARS";
inline constexpr std::string_view kSmallChangeReleased = "SMALL_CHANGE_RELEASED";
inline constexpr std::string_view kUnreliable = "UNRELIABLE";

}  // namespace rapporteur::rules::code
