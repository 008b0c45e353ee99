// Groups of digits that belong together: telephone numbers, dates, figures with spaces.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "broker/rules/text_tokens.h"

namespace rapporteur::rules {

struct DigitGroup {
  std::string_view digits;
  std::string_view separator;  // before it; "" for the first
  std::size_t begin = 0;       // in the text
};

struct NumberRun {
  std::vector<DigitGroup> groups;
  std::size_t first_token = 0;
  bool plus = false;  // "+" stands before it

  [[nodiscard]] std::size_t begin() const { return groups.front().begin; }
  [[nodiscard]] std::size_t end() const {
    return groups.back().begin + groups.back().digits.size();
  }
};

// Maximal runs: numbers with spaces, dashes, dots, slashes and brackets between.
[[nodiscard]] std::vector<NumberRun> number_runs(std::string_view text,
                                                 std::span<const Token> tokens);

// Day, month and year in figures, from that group on.
[[nodiscard]] bool is_date_at(const NumberRun& run, std::size_t group);

// A telephone number somewhere in the run. `announced`: a word such as "tel." stands before it.
[[nodiscard]] bool is_telephone(const NumberRun& run, bool announced);

}  // namespace rapporteur::rules
