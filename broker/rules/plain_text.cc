#include "broker/rules/plain_text.h"

#include <array>
#include <optional>

namespace rapporteur::rules {
namespace {

constexpr char32_t kSoftHyphen = 0xAD;

struct Range {
  char32_t first;
  char32_t last;
};

// Control, zero-width and bidirectional characters, line separators, byte order mark.
constexpr std::array kUnprintable{
    Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x200B, 0x200F}, Range{0x2028, 0x202E},
    Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFD}, Range{0xE0000, 0xE007F}};
constexpr std::array kSpaces{Range{0xA0, 0xA0}, Range{0x2000, 0x200A}, Range{0x202F, 0x202F},
                             Range{0x205F, 0x205F}, Range{0x3000, 0x3000}};
constexpr std::array kDashes{Range{0x2010, 0x2015}, Range{0x2212, 0x2212}, Range{0xFE58, 0xFE58},
                             Range{0xFE63, 0xFE63}};
constexpr std::array kQuotes{Range{0x2018, 0x201F}, Range{0x2039, 0x203A}};
// Arabic-Indic, extended Arabic-Indic, Devanagari, Bengali digits begin at these.
constexpr std::array<char32_t, 4> kZeros{0x660, 0x6F0, 0x966, 0x9E6};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

// Reads one character and advances; empty for what is not UTF-8, then one byte is passed over.
std::optional<char32_t> next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < more) return std::nullopt;
  constexpr std::array<char32_t, 4> kLeast{0, 0x80, 0x800, 0x10000};
  char32_t c = lead & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return std::nullopt;
    c = c << 6U | (byte(at + i) & 0x3FU);
  }
  if (c < kLeast[more] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return std::nullopt;
  at += more;
  return c;
}

char32_t simplified(char32_t c) {
  if (c < 0x80) return c;
  if (in(kSpaces, c)) return ' ';
  if (in(kDashes, c)) return '-';
  if (in(kQuotes, c) || c == 0xAB || c == 0xBB) return '"';
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + '!';
  for (const char32_t zero : kZeros) {
    if (c >= zero && c < zero + 10) return c - zero + '0';
  }
  return c;
}

char32_t lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A' + 'a';
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
  return c;
}

void append(std::string& out, char32_t c) {
  const auto put = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | c >> 6U);
  } else if (c < 0x10000) {
    put(0xE0U | c >> 12U);
    put(0x80U | (c >> 6U & 0x3FU));
  } else {
    put(0xF0U | c >> 18U);
    put(0x80U | (c >> 12U & 0x3FU));
    put(0x80U | (c >> 6U & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

}  // namespace

PlainText make_plain(std::string_view utf8) {
  PlainText plain;
  plain.text.reserve(utf8.size());
  plain.cased.reserve(utf8.size());
  plain.character.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const auto c = next_character(utf8, at);
    ++plain.characters;
    if (!c || in(kUnprintable, *c)) plain.printable = false;
    if (c == kSoftHyphen) continue;
    const char32_t simple = c ? simplified(*c) : U' ';
    append(plain.cased, simple);
    append(plain.text, lower(simple));
    plain.character.resize(plain.text.size(), plain.characters);
  }
  return plain;
}

}  // namespace rapporteur::rules
