#include "adapters/sinks/table/cells.h"

#include <array>
#include <cstdint>

#include "proto/base/result.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sinks {
namespace {

struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};
// Unicode 15: combining marks and zero-width characters; East Asian wide and emoji. The ranges that
// names, labels and comments are likely to hold.
constexpr std::array<CodePoints, 6> kNoWidth{{{0x0300, 0x036F},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F}}};
constexpr std::array<CodePoints, 9> kTwoWide{{{0x1100, 0x115F},
                                              {0x2E80, 0xA4CF},
                                              {0xAC00, 0xD7A3},
                                              {0xF900, 0xFAFF},
                                              {0xFE30, 0xFE6F},
                                              {0xFF00, 0xFF60},
                                              {0xFFE0, 0xFFE6},
                                              {0x1F300, 0x1FAFF},
                                              {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool is_in(std::uint32_t code, const std::array<CodePoints, N>& ranges) {
  for (const auto& range : ranges) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

// Takes one character off the front; text that is no UTF-8 goes byte by byte.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1 || length > text.size()) {
    text.remove_prefix(1);
    return first;
  }
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  text.remove_prefix(length);
  return code;
}

std::string grouped(std::string digits) {
  const std::size_t begin = digits.starts_with('-') ? 1 : 0;
  std::size_t at = digits.find('.');
  if (at == std::string::npos) at = digits.size();
  while (at > begin + 3) {
    at -= 3;
    digits.insert(at, 1, ' ');
  }
  return digits;
}

std::string_view label(codelists::ListId list, const std::string& code, bool french) {
  const codelists::Code* known = codelists::find(list, code);
  if (known == nullptr) return code;
  return french ? known->label_fr : known->label_en;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::uint32_t code = take_code_point(text);
    if (is_in(code, kNoWidth)) continue;
    width += is_in(code, kTwoWide) ? 2 : 1;
  }
  return width;
}

std::string number_text(const Observation& observation) {
  // A year is a name, not an amount.
  const bool is_year = observation[Dimension::kUnitMeasure] == "YEAR";
  std::string out = observation.value->text();
  if (!is_year) out = grouped(std::move(out));
  const std::string& multiplier = observation[Attribute::kUnitMult];
  if (!multiplier.empty() && multiplier != "0") out += " x10^" + printable(multiplier, 8);
  return out;
}

std::string cell_text(const Observation& observation) {
  const std::string status = printable(observation[Attribute::kObsStatus], 8);
  if (!observation.value) return ':' + status;
  std::string out;
  const std::string& qualifier = observation[Attribute::kValueQualifier];
  if (!qualifier.empty() && qualifier != "=") out = printable(qualifier, 8);
  out += number_text(observation);
  std::string flags = status == "A" ? "" : status;
  const std::string& confidential = observation[Attribute::kConfStatus];
  if (!confidential.empty() && confidential != "F") {
    flags += (flags.empty() ? "" : ",") + ("c:" + printable(confidential, 8));
  }
  if (!flags.empty()) out += " (" + flags + ')';
  return out;
}

std::string breakdown_text(const Observation& observation) {
  constexpr std::array kPersonal{
      Dimension::kCounterpartArea, Dimension::kExplForm, Dimension::kSex, Dimension::kAge,
      Dimension::kCitizen,         Dimension::kRegOrg};
  std::string out;
  for (const Dimension dimension : kPersonal) {
    const std::string& code = observation[dimension];
    if (code == "_T" || code == "_Z") continue;
    out += (out.empty() ? "" : " ") + std::string(name(dimension)) + '=' + printable(code, 32);
  }
  return out;
}

void Legend::note(const Observation& observation) {
  const std::string& status = observation[Attribute::kObsStatus];
  if (!observation.value || status != "A") {
    bool& without_number = statuses_[status];
    without_number = without_number || !observation.value;
  }
  const std::string& confidential = observation[Attribute::kConfStatus];
  if (observation.value && !confidential.empty() && confidential != "F") {
    confidentiality_[confidential] = true;
  }
}

std::string Legend::text(bool french) const {
  std::string out;
  if (nothing_received_) {
    out += std::string(kNothingReceived) + (french ? "   rien reçu\n" : "   nothing received\n");
  }
  for (const auto& [status, without_number] : statuses_) {
    const std::string mark = without_number ? ':' + status : '(' + status + ')';
    out += left_aligned(mark, 4) +
           std::string(label(codelists::ListId::kObsStatus, status, french)) + '\n';
  }
  for (const auto& [status, used] : confidentiality_) {
    out += "c:" + status + ' ' +
           std::string(label(codelists::ListId::kConfStatus, status, french)) + '\n';
  }
  return out;
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t has = display_width(text);
  return std::string(width > has ? width - has : 0, ' ') + std::string(text);
}

std::string left_aligned(std::string_view text, std::size_t width) {
  const std::size_t has = display_width(text);
  return std::string(text) + std::string(width > has ? width - has : 0, ' ');
}

std::string bold(std::string_view text, bool colours) {
  if (!colours) return std::string(text);
  return "\x1b[1m" + std::string(text) + "\x1b[0m";
}

}  // namespace rapporteur::sinks
