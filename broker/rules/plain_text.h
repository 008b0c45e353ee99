// Free text made simple for the detectors: one spelling for each digit, space and dash, lower case.
//
// Shape: `text` is UTF-8; full-width forms and foreign decimal digits are ASCII, every space is
// ' ', every dash is '-', soft hyphens are gone. `cased` has the same bytes before lower-casing.
// `character[i]` is the number, from 1, of the character of the original that byte i came from.
// Linear in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rapporteur::rules {

struct PlainText {
  std::string text;
  std::string cased;
  std::vector<std::uint32_t> character;
  std::uint32_t characters = 0;  // of the original
  bool printable = true;  // false: not UTF-8, or control, zero-width or bidirectional characters
};

[[nodiscard]] PlainText make_plain(std::string_view utf8);

}  // namespace rapporteur::rules
