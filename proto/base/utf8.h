// UTF-8 (RFC 3629): shortest form only; surrogates and what is above U+10FFFF are no UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace rapporteur {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The first code point of a text that is not empty.
[[nodiscard]] CodePoint decode_utf8(std::string_view text);
[[nodiscard]] bool valid_utf8(std::string_view text);
// Has the Unicode property White_Space.
[[nodiscard]] bool is_space(char32_t point);

}  // namespace rapporteur
