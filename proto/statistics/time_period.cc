#include "proto/statistics/time_period.h"

#include <algorithm>
#include <chrono>

namespace rapporteur {
namespace {

struct Single {
  int first_day = 0;
  int last_day = 0;
  std::string_view freq;
};

// Exactly `text.size()` digits; no sign, no space.
std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

int days_since_epoch(std::chrono::year_month_day date) {
  return static_cast<int>(std::chrono::sys_days(date).time_since_epoch().count());
}

Single months(std::chrono::year year, unsigned first_month, unsigned count, std::string_view freq) {
  const std::chrono::year_month first{year, std::chrono::month(first_month)};
  const std::chrono::year_month last = first + std::chrono::months(count - 1);
  return {days_since_epoch(first / std::chrono::day(1)), days_since_epoch(last / std::chrono::last),
          freq};
}

// What follows the year and its dash.
std::optional<Single> part_of_year(std::chrono::year year, std::string_view text) {
  if (text.size() == 2 && (text.front() == 'S' || text.front() == 'Q')) {
    const bool half = text.front() == 'S';
    const auto part = number(text.substr(1));
    const unsigned parts = half ? 2 : 4;
    if (!part || *part < 1 || *part > parts) return std::nullopt;
    const unsigned length = 12 / parts;
    return months(year, (*part - 1) * length + 1, length, half ? "S" : "Q");
  }
  const auto month = number(text.substr(0, 2));
  if (text.size() < 2 || !month || *month < 1 || *month > 12) return std::nullopt;
  if (text.size() == 2) return months(year, *month, 1, "M");
  if (text.size() != 5 || text[2] != '-') return std::nullopt;
  const auto day = number(text.substr(3));
  if (!day) return std::nullopt;
  const auto date = year / std::chrono::month(*month) / std::chrono::day(*day);
  if (!date.ok()) return std::nullopt;
  return Single{days_since_epoch(date), days_since_epoch(date), "D"};
}

std::optional<Single> parse_single(std::string_view text) {
  constexpr std::size_t kYearDigits = 4;
  if (text.size() < kYearDigits) return std::nullopt;
  const auto digits = number(text.substr(0, kYearDigits));
  if (!digits || *digits == 0) return std::nullopt;
  const std::chrono::year year(static_cast<int>(*digits));
  if (text.size() == kYearDigits) return months(year, 1, 12, "A");
  if (text[kYearDigits] != '-') return std::nullopt;
  return part_of_year(year, text.substr(kYearDigits + 1));
}

}  // namespace

std::optional<TimePeriod> TimePeriod::parse(std::string_view text) {
  constexpr std::string_view kFrom = "from ";
  if (text == "_U") return TimePeriod{std::nullopt, std::nullopt, "_U"};
  if (text.starts_with(kFrom)) {
    const auto start = parse_single(text.substr(kFrom.size()));
    if (!start) return std::nullopt;
    return TimePeriod{start->first_day, std::nullopt, "_U"};
  }
  const std::size_t slash = text.find('/');
  const auto first = parse_single(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) {
    return TimePeriod{first->first_day, first->last_day, first->freq};
  }
  const auto second = parse_single(text.substr(slash + 1));
  if (!second || second->last_day < first->first_day) return std::nullopt;
  return TimePeriod{first->first_day, second->last_day, "_U"};
}

std::optional<std::string> one_year_before(std::string_view period) {
  if (!parse_single(period)) return std::nullopt;
  const unsigned year = number(period.substr(0, 4)).value_or(0);
  if (year < 2) return std::nullopt;
  std::string earlier = std::to_string(year - 1);
  earlier.insert(0, 4 - earlier.size(), '0');
  earlier += period.substr(4);
  // The 29th of February has no counterpart.
  if (!parse_single(earlier)) return std::nullopt;
  return earlier;
}

}  // namespace rapporteur
