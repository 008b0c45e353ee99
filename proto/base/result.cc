#include "proto/base/result.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "proto/base/check.h"
#include "proto/base/utf8.h"

namespace rapporteur {
namespace {

bool is_control(char32_t point) {
  const bool bidirectional = (point >= 0x202A && point <= 0x202E) ||
                             (point >= 0x2066 && point <= 0x2069) || point == 0x200E ||
                             point == 0x200F || point == 0x061C;
  const bool separator = point == 0x2028 || point == 0x2029;
  const bool invisible = point == 0x200B || point == 0xFEFF;
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || bidirectional || separator || invisible;
}

std::string escaped(char32_t point) {
  std::array<char, 16> buffer{};
  const char* format = point < 0x80 ? "\\x%02X" : "\\u{%04X}";
  std::snprintf(buffer.data(), buffer.size(), format, static_cast<unsigned>(point));
  return buffer.data();
}

std::string escaped_byte(char byte) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\x%02X",
                static_cast<unsigned>(static_cast<unsigned char>(byte)));
  return buffer.data();
}

}  // namespace

std::string printable(std::string_view text, std::size_t most_bytes) {
  constexpr std::string_view kCut = "...";
  RAPPORTEUR_CHECK(most_bytes >= kCut.size());
  std::string out;
  std::size_t fits_with_cut = 0;  // how much of `out` leaves room for the dots
  while (!text.empty()) {
    const CodePoint decoded = decode_utf8(text);
    std::string piece;
    if (decoded.bytes == 0) {
      piece = escaped_byte(text.front());
    } else if (is_control(decoded.value)) {
      piece = escaped(decoded.value);
    } else {
      piece = std::string(text.substr(0, decoded.bytes));
    }
    if (out.size() + piece.size() > most_bytes) return out.substr(0, fits_with_cut).append(kCut);
    out += piece;
    if (out.size() + kCut.size() <= most_bytes) fits_with_cut = out.size();
    text.remove_prefix(decoded.bytes == 0 ? 1 : decoded.bytes);
  }
  return out;
}

std::string Error::line() const {
  std::string out = where.empty() ? what : where + ": " + what;
  if (!remedy.empty()) out += " (" + remedy + ")";
  return printable(out, 2000);
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kRefused:
    case ErrorKind::kNotVerified:
    case ErrorKind::kMalformed:
    case ErrorKind::kNotFound:
      return 1;
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kConfiguration:
      return 3;
    case ErrorKind::kUnreachable:
      return 4;
    case ErrorKind::kOverloaded:
      return 5;
    case ErrorKind::kStorage:
      return 6;
  }
  return 1;
}

}  // namespace rapporteur
