#include "broker/rules/number_runs.h"

#include <algorithm>

namespace rapporteur::rules {
namespace {

constexpr std::size_t kMostSeparatorBytes = 3;
// ITU-T E.164: at most 15 digits with the country code.
constexpr std::size_t kMostDigits = 15;
constexpr std::size_t kFewestInternational = 8;
constexpr std::size_t kFewestNational = 8;
constexpr std::size_t kMostNational = 12;
constexpr std::size_t kFewestAnnounced = 6;

bool is_separator(std::string_view text, const Token& token) {
  if (token.kind == TokenKind::kSpace) return true;
  return token.kind == TokenKind::kSymbol &&
         std::string_view("-./()").find(text[token.begin]) != std::string_view::npos;
}

// Separators all dots, or none: "12.5 10.3" are two numbers.
bool one_style(std::span<const DigitGroup> groups) {
  std::size_t dots = 0;
  for (const DigitGroup& group : groups.subspan(1)) {
    if (group.separator == ".") ++dots;
  }
  return dots == 0 || dots == groups.size() - 1;
}

std::size_t digits_in(std::span<const DigitGroup> groups) {
  std::size_t digits = 0;
  for (const DigitGroup& group : groups) digits += group.digits.size();
  return digits;
}

// As many groups from the first as make no more digits than a telephone number has.
std::span<const DigitGroup> at_most(std::span<const DigitGroup> groups, std::size_t most) {
  std::size_t digits = 0;
  std::size_t count = 0;
  while (count < groups.size() && digits + groups[count].digits.size() <= most) {
    digits += groups[count].digits.size();
    ++count;
  }
  return groups.first(count);
}

bool years_only(std::span<const DigitGroup> groups) {
  return !groups.empty() &&
         std::all_of(groups.begin(), groups.end(), [](const auto& g) { return is_year(g.digits); });
}

// "05/2006-07/2007": a year next to a slash or dash is a period.
bool names_a_period(std::span<const DigitGroup> groups) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool joined = (i > 0 && groups[i].separator != " ") ||
                        (i + 1 < groups.size() && groups[i + 1].separator != " ");
    if (joined && is_year(groups[i].digits)) return true;
  }
  return false;
}

bool is_international(std::span<const DigitGroup> groups, std::size_t prefix_digits) {
  const auto number = at_most(groups, kMostDigits + prefix_digits);
  if (number.empty() || !one_style(number) || years_only(number.subspan(1))) return false;
  return digits_in(number) >= kFewestInternational + prefix_digits;
}

bool is_national(std::span<const DigitGroup> groups) {
  const auto number = at_most(groups, kMostNational);
  if (number.empty() || !one_style(number) || names_a_period(number)) return false;
  if (digits_in(number) < kFewestNational) return false;
  return std::all_of(number.begin(), number.end(),
                     [](const DigitGroup& group) { return group.digits.size() >= 2; });
}

// 555-123-4567, 555.123.4567, (555) 123-4567.
bool is_north_american(std::span<const DigitGroup> groups) {
  if (groups.size() < 3) return false;
  const bool lengths =
      groups[0].digits.size() == 3 && groups[1].digits.size() == 3 && groups[2].digits.size() == 4;
  return lengths && groups[2].separator != " " && groups[1].separator != " ";
}

}  // namespace

std::vector<NumberRun> number_runs(std::string_view text, std::span<const Token> tokens) {
  std::vector<NumberRun> runs;
  const auto touches_word = [&](std::size_t i) {
    const auto is_word = [&](std::size_t j) {
      return tokens[j].kind == TokenKind::kWord || text[tokens[j].begin] == '_';
    };
    return (i > 0 && is_word(i - 1)) || (i + 1 < tokens.size() && is_word(i + 1));
  };
  std::size_t last_number = 0;  // token of the latest group
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::kNumber || touches_word(i)) continue;
    const DigitGroup group{text.substr(token.begin, token.size()), "", token.begin};
    const bool continues =
        !runs.empty() && i > last_number &&
        token.begin - tokens[last_number].end <= kMostSeparatorBytes &&
        std::all_of(tokens.begin() + static_cast<std::ptrdiff_t>(last_number) + 1,
                    tokens.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Token& t) { return is_separator(text, t); });
    if (!continues) {
      NumberRun& run = runs.emplace_back();
      run.first_token = i;
      std::size_t before = i;
      if (before > 0 && text[tokens[before - 1].begin] == '(') --before;
      run.plus = before > 0 && text[tokens[before - 1].begin] == '+';
    }
    DigitGroup& added = runs.back().groups.emplace_back(group);
    if (continues) {
      const std::size_t from = tokens[last_number].end;
      added.separator = text.substr(from, token.begin - from);
    }
    last_number = i;
  }
  return runs;
}

bool is_date_at(const NumberRun& run, std::size_t group) {
  if (group + 3 > run.groups.size()) return false;
  const auto* g = &run.groups[group];
  const bool same_separator = g[1].separator.size() == 1 && g[1].separator == g[2].separator;
  if (!same_separator) return false;
  if (is_year(g[0].digits)) return is_day_and_month(g[1].digits, g[2].digits);
  const bool short_parts = g[0].digits.size() <= 2 && g[1].digits.size() <= 2;
  const bool year = is_year(g[2].digits) || g[2].digits.size() == 2;
  return short_parts && year && is_day_and_month(g[0].digits, g[1].digits);
}

bool is_telephone(const NumberRun& run, bool announced) {
  const std::span<const DigitGroup> all = run.groups;
  if (run.plus && all.front().digits.front() != '0' && is_international(all, 0)) return true;
  if (announced && digits_in(all) >= kFewestAnnounced && !is_date_at(run, 0)) return true;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_date_at(run, i) && all[i + 2].digits.size() + all[i].digits.size() >= 5) {
      i += 2;
      continue;
    }
    const auto rest = all.subspan(i);
    const std::string_view first = rest.front().digits;
    if (first.starts_with("00") && first.size() >= 2 && is_international(rest, 2)) return true;
    if (first.starts_with("0") && is_national(rest)) return true;
    if (is_north_american(rest)) return true;
  }
  return false;
}

}  // namespace rapporteur::rules
