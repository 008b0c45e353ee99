// Codes of Fault: what the hub answers when nothing was stored and no sequence number was used.
//
// A refusal with an entry of its own has the code of a rule instead. Source: PROTOCOL.md, "Faults".
#pragma once

#include <array>
#include <string_view>

namespace rapporteur::faults {

// The line and the dialogue.
inline constexpr std::string_view kMalformed = "MALFORMED";    // cannot be read, or not canonical
inline constexpr std::string_view kTooLarge = "TOO_LARGE";     // over a bound of limits.h
inline constexpr std::string_view kVersion = "VERSION";        // no common protocol version
inline constexpr std::string_view kUnexpected = "UNEXPECTED";  // not in this place of the dialogue
inline constexpr std::string_view kOverloaded = "OVERLOADED";  // again after retry_after_ms
inline constexpr std::string_view kStorage = "STORAGE";        // the hub takes nothing at present
inline constexpr std::string_view kNotAllowed = "NOT_ALLOWED";
inline constexpr std::string_view kNotFound = "NOT_FOUND";

// A signed message, before its content is looked at.
inline constexpr std::string_view kNotActive = "NOT_ACTIVE";    // suspended, revoked or ended key
inline constexpr std::string_view kIdentity = "IDENTITY";       // somebody else's name or key
inline constexpr std::string_view kUnknownKey = "UNKNOWN_KEY";  // no valid signing key has this id
inline constexpr std::string_view kSignature = "SIGNATURE";     // does not hold
inline constexpr std::string_view kHub = "HUB";                 // signed for another hub
inline constexpr std::string_view kInFuture = "IN_FUTURE";      // created after the hub's clock
inline constexpr std::string_view kCommitment = "COMMITMENT";  // salt and body are not those signed
inline constexpr std::string_view kDuplicate = "DUPLICATE";    // message id with other bytes
inline constexpr std::string_view kSequence = "SEQUENCE";      // see expected_sequence

// What the sender does, in words for a person; "" for a code that is not of this version.
struct Remedy {
  std::string_view code;
  std::string_view text;
};
inline constexpr std::array kRemedies{
    Remedy{kMalformed, "correct the program; the same bytes will fail again"},
    Remedy{kTooLarge, "split the submission"},
    Remedy{kVersion, "update"},
    Remedy{kUnexpected, "say Hello, or correct the program"},
    Remedy{kOverloaded, "send the same bytes again after retry_after_ms"},
    Remedy{kStorage, "send the same bytes again later; the operator is needed"},
    Remedy{kNotAllowed, "ask an operator for the right"},
    Remedy{kNotFound, "look up its name or number"},
    Remedy{kNotActive, "ask an operator"},
    Remedy{kIdentity, "correct the configuration; reconnect"},
    Remedy{kUnknownKey, "ask an operator to add the key"},
    Remedy{kSignature, "correct the program"},
    Remedy{kHub, "sign for this hub"},
    Remedy{kInFuture, "set the clock; sign again"},
    Remedy{kCommitment, "correct the program"},
    Remedy{kDuplicate, "a new message gets a new id"},
    Remedy{kSequence, "sign again with that number, or send what is missing first"},
};
[[nodiscard]] constexpr std::string_view remedy_of(std::string_view code) {
  for (const Remedy& remedy : kRemedies) {
    if (remedy.code == code) return remedy.text;
  }
  return {};
}

}  // namespace rapporteur::faults
