// Names of states that more than one part of the hub reads; FORMAT.md, "The database", has their
// values.
#pragma once

#include <string_view>

namespace rapporteur::journal {

// And a key id in hexadecimal: its next sequence number.
inline constexpr std::string_view kSequencePrefix = "seq/";
// The size that a verified backup covers.
inline constexpr std::string_view kBackedUpState = "backed up to";
// The newest checkpoint that a quorum of witnesses cosigned.
inline constexpr std::string_view kCosignedState = "cosigned";

}  // namespace rapporteur::journal
