// Is it text? UTF-8 without NUL, and what else it looks like.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rapporteur::sources {

inline constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

struct TextFault {
  std::size_t offset = 0;
  bool is_nul = false;
};
// The first byte that is NUL or begins no valid UTF-8 sequence (overlong forms, surrogates and
// values over U+10FFFF are invalid). A sequence cut off by the end of the text is a fault there.
[[nodiscard]] std::optional<TextFault> find_text_fault(std::string_view text);

// Bytes at the end that may begin a character whose rest comes with the next read: 0 to 3.
[[nodiscard]] std::size_t unfinished_tail(std::string_view text);

// Whether the beginning of a file looks like UTF-16: a byte order mark, or NUL in every other byte.
[[nodiscard]] bool looks_like_utf16(std::string_view head);

}  // namespace rapporteur::sources
