// What a reason that goes with a signature looks like; hub and agency use this one rule.
#pragma once

#include <string_view>

#include "proto/base/limits.h"
#include "proto/base/result.h"

namespace rapporteur {

// One printable line of 1 to limits::kReasonBytes bytes.
[[nodiscard]] inline bool is_reason(std::string_view text) {
  return !text.empty() && text.size() <= limits::kReasonBytes &&
         printable(text, 4 * limits::kReasonBytes) == text;
}

}  // namespace rapporteur
