// Finds what leads to a person or a case inside free text.
//
// Threads: any. Linear in the text; no regular expressions. Meant to find what is written plainly,
// not what somebody hides on purpose; years, dates of documents, references to legislation and
// figures with spaces between thousands pass.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "broker/rules/plain_text.h"

namespace rapporteur::rules {

enum class PersonalKind { kEmail, kTelephone, kBirthDate, kCaseNumber, kUrl };

// Characters of the original text from 1, both ends in.
struct PersonalText {
  PersonalKind kind;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// The first of each kind, ordered by kind.
[[nodiscard]] std::vector<PersonalText> find_personal_text(const PlainText& plain);

}  // namespace rapporteur::rules
