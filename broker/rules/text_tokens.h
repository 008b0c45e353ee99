// Runs of digits, of letters, of spaces, and single symbols of a plain text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "proto/base/ascii.h"

namespace rapporteur::rules {

enum class TokenKind { kNumber, kWord, kSpace, kSymbol };

struct Token {
  TokenKind kind;
  std::size_t begin;
  std::size_t end;

  [[nodiscard]] std::size_t size() const { return end - begin; }
};

// Letters of any script: what is not ASCII counts as one.
[[nodiscard]] constexpr bool is_letter(char c) {
  return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

[[nodiscard]] inline TokenKind kind_of_character(char c) {
  if (is_digit(c)) return TokenKind::kNumber;
  if (is_letter(c)) return TokenKind::kWord;
  return c == ' ' ? TokenKind::kSpace : TokenKind::kSymbol;
}

[[nodiscard]] inline std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const TokenKind kind = kind_of_character(text[at]);
    std::size_t end = at + 1;
    while (kind != TokenKind::kSymbol && end < text.size() &&
           kind_of_character(text[end]) == kind) {
      ++end;
    }
    tokens.push_back({kind, at, end});
    at = end;
  }
  return tokens;
}

// At most three digits more than a day has: never overflows.
[[nodiscard]] inline int small_number(std::string_view digits) {
  int value = 0;
  for (const char c : digits.substr(0, std::min<std::size_t>(digits.size(), 6))) {
    value = value * 10 + (c - '0');
  }
  return value;
}
[[nodiscard]] inline bool is_year(std::string_view digits) {
  if (digits.size() != 4) return false;
  const int year = small_number(digits);
  return year >= 1800 && year <= 2100;
}
[[nodiscard]] inline bool is_day_and_month(std::string_view a, std::string_view b) {
  const int first = small_number(a);
  const int second = small_number(b);
  return first >= 1 && second >= 1 && std::min(first, second) <= 12 &&
         std::max(first, second) <= 31;
}

}  // namespace rapporteur::rules
