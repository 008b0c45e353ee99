// TIME_PERIOD and the frequency that follows from it.
//
// Shape: P or P/P with P = 2006, 2006-S1, 2006-Q3, 2006-05, 2007-10-18; "from P"; _U.
// FREQ: A, S, Q, M, D for a single P; _U for spans, "from" and _U.
// Errors: anything else, impossible dates, and spans that end before they begin.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace rapporteur {

struct TimePeriod {
  // Days in the proleptic Gregorian calendar, both ends in; counted from 1970-01-01. `last` is
  // empty for "from P"; both are empty for _U.
  std::optional<int> first_day;
  std::optional<int> last_day;
  std::string_view freq;  // "A" "S" "Q" "M" "D" "_U"

  [[nodiscard]] static std::optional<TimePeriod> parse(std::string_view text);
};

// The same period one year earlier ("2006-Q3" gives "2005-Q3"), for single periods.
[[nodiscard]] std::optional<std::string> one_year_before(std::string_view period);

}  // namespace rapporteur
