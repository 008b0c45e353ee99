#include "adapters/sources/period_format.h"

#include <algorithm>
#include <array>

#include "proto/base/ascii.h"

namespace rapporteur::sources {
namespace {

enum Part : std::size_t { kYear, kMonth, kDay, kQuarter, kHalf, kParts };
struct Place {
  std::string_view name;
  std::size_t least_digits;
  std::size_t most_digits;
};
constexpr std::array<Place, kParts> kPlaces{
    {{"{YYYY}", 4, 4}, {"{MM}", 1, 2}, {"{DD}", 1, 2}, {"{Q}", 1, 1}, {"{S}", 1, 1}}};

using Found = std::array<std::string, kParts>;

std::optional<std::size_t> place_at(std::string_view format) {
  for (std::size_t part = 0; part < kParts; ++part) {
    if (format.substr(0, kPlaces[part].name.size()) == kPlaces[part].name) return part;
  }
  return std::nullopt;
}

// Digits for one place, off the front of `text`.
std::optional<std::string> take_digits(const Place& place, std::string_view& text) {
  std::size_t digits = 0;
  while (digits < std::min(place.most_digits, text.size()) && is_digit(text[digits])) ++digits;
  if (digits < place.least_digits) return std::nullopt;
  std::string out(text.substr(0, digits));
  text.remove_prefix(digits);
  if (place.most_digits == 2 && out.size() == 1) out.insert(out.begin(), '0');
  return out;
}

}  // namespace

bool valid_period_format(std::string_view format) {
  std::array<bool, kParts> seen{};
  while (!format.empty()) {
    const auto part = place_at(format);
    if (!part && (format.front() == '{' || format.front() == '}')) return false;
    if (part && seen[*part]) return false;
    if (part) seen[*part] = true;
    format.remove_prefix(part ? kPlaces[*part].name.size() : 1);
  }
  const int finer = static_cast<int>(seen[kMonth]) + static_cast<int>(seen[kQuarter]) +
                    static_cast<int>(seen[kHalf]);
  return seen[kYear] && finer <= 1 && (!seen[kDay] || seen[kMonth]);
}

std::optional<std::string> read_period(std::string_view format, std::string_view text) {
  Found found;
  while (!format.empty()) {
    const auto part = place_at(format);
    if (part) {
      auto digits = take_digits(kPlaces[*part], text);
      if (!digits) return std::nullopt;
      found[*part] = std::move(*digits);
      format.remove_prefix(kPlaces[*part].name.size());
      continue;
    }
    if (text.empty() || text.front() != format.front()) return std::nullopt;
    text.remove_prefix(1);
    format.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  std::string out = found[kYear];
  if (!found[kMonth].empty()) out += '-' + found[kMonth];
  if (!found[kDay].empty()) out += '-' + found[kDay];
  if (!found[kQuarter].empty()) out += "-Q" + found[kQuarter];
  if (!found[kHalf].empty()) out += "-S" + found[kHalf];
  return out;
}

}  // namespace rapporteur::sources
