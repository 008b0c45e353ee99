#include "adapters/sources/csv/text_check.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace rapporteur::sources {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
constexpr std::uint64_t kOnes = 0x0101010101010101ULL;

// Eight bytes that are all ASCII and none of them NUL.
bool plain(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return (word & kHighBits) == 0 && ((word - kOnes) & ~word & kHighBits) == 0;
}

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// Length that the first byte of a sequence promises; 0 when it begins none.
std::size_t promised(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// Unicode 15, table 3-7: what the second byte may be.
bool second_fits(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return second >= 0x80 && second <= 0xBF;
  }
}

std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned char first = byte_at(text, at);
  const std::size_t length = promised(first);
  if (length == 0 || at + length > text.size()) return 0;
  if (length > 1 && !second_fits(first, byte_at(text, at + 1))) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::optional<TextFault> find_text_fault(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && plain(text.data() + at)) {
      at += 8;
      continue;
    }
    if (text[at] == '\0') return TextFault{at, true};
    const std::size_t length = sequence_length(text, at);
    if (length == 0) return TextFault{at, false};
    at += length;
  }
  return std::nullopt;
}

std::size_t unfinished_tail(std::string_view text) {
  const std::size_t most = std::min<std::size_t>(3, text.size());
  for (std::size_t back = 1; back <= most; ++back) {
    const unsigned char byte = byte_at(text, text.size() - back);
    if ((byte & 0xC0U) == 0x80) continue;
    return promised(byte) > back ? back : 0;
  }
  return 0;
}

bool looks_like_utf16(std::string_view head) {
  if (head.substr(0, 2) == "\xFF\xFE" || head.substr(0, 2) == "\xFE\xFF") return true;
  const std::size_t looked_at = std::min<std::size_t>(head.size(), 64) & ~std::size_t{1};
  if (looked_at < 4) return false;
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < looked_at; i += 2) {
    even += head[i] == '\0' ? 1 : 0;
    odd += head[i + 1] == '\0' ? 1 : 0;
  }
  return even == looked_at / 2 || odd == looked_at / 2;
}

}  // namespace rapporteur::sources
