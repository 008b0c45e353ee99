// Hexadecimal and base64 (RFC 4648 section 4, padding required and canonical).
//
// Threads: any. Errors: kMalformed for characters outside the alphabet, wrong padding, unused bits
// that are not zero, or hexadecimal of odd length. No white space is skipped.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/ids.h"

namespace rapporteur::crypto {

[[nodiscard]] std::string hex(ByteSpan bytes);
[[nodiscard]] Result<std::string> parse_hex(std::string_view text);
[[nodiscard]] std::string base64(ByteSpan bytes);
[[nodiscard]] Result<std::string> parse_base64(std::string_view text);

}  // namespace rapporteur::crypto
