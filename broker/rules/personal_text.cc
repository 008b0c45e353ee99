#include "broker/rules/personal_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "broker/rules/number_runs.h"
#include "broker/rules/text_tokens.h"
#include "broker/rules/text_words.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::rules {
namespace {

constexpr std::size_t kKinds = 5;
// How far a date of birth stands from the word that says so, in bytes.
constexpr std::size_t kBirthReach = 40;
// How many tokens may stand between "case" and its number.
constexpr std::size_t kMarkerReach = 8;
constexpr std::size_t kLongNumber = 9;  // digits in one piece: an identifier, not a count

struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool is_host_character(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '-';
}

class Scanner {
 public:
  explicit Scanner(const PlainText& plain)
      : plain_(plain),
        text_(plain.text),
        tokens_(tokens_of(text_)),
        runs_(number_runs(text_, tokens_)),
        taken_(text_.size(), 0) {}

  std::vector<PersonalText> scan() {
    find_emails();
    find_urls();
    find_birth_dates();
    find_telephones();
    find_identifiers();
    std::vector<PersonalText> all;
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      if (!found_[kind]) continue;
      all.push_back({static_cast<PersonalKind>(kind), plain_.character[found_[kind]->begin],
                     plain_.character[found_[kind]->end - 1]});
    }
    return all;
  }

 private:
  void put(PersonalKind kind, Extent extent) {
    std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(extent.begin),
              taken_.begin() + static_cast<std::ptrdiff_t>(extent.end), 1);
    auto& first = found_[static_cast<std::size_t>(kind)];
    if (!first || extent.begin < first->begin) first = extent;
  }
  [[nodiscard]] std::string_view word(const Token& token) const {
    return text_.substr(token.begin, token.size());
  }
  [[nodiscard]] bool symbol_at(std::size_t token, char symbol) const {
    return token < tokens_.size() && text_[tokens_[token].begin] == symbol;
  }

  // name@host.tld, name (at) host.tld
  void find_emails() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const bool bracketed =
          text_.substr(at).starts_with("(at)") || text_.substr(at).starts_with("[at]");
      if (text_[at] != '@' && !bracketed) continue;
      std::size_t left = at;
      std::size_t right = at + (bracketed ? 4 : 1);
      if (bracketed && left > 0 && text_[left - 1] == ' ') --left;
      if (bracketed && right < text_.size() && text_[right] == ' ') ++right;
      const std::size_t name_end = left;
      while (left > 0 &&
             (is_host_character(text_[left - 1]) ||
              std::string_view("_%+").find(text_[left - 1]) != std::string_view::npos)) {
        --left;
      }
      std::size_t end = right;
      while (end < text_.size() && is_host_character(text_[end])) ++end;
      while (end > right && !is_letter(text_[end - 1])) --end;
      const std::string_view host = text_.substr(right, end - right);
      const std::size_t dot = host.rfind('.');
      const bool whole =
          left < name_end && dot != std::string_view::npos && dot > 0 && host.size() - dot >= 3;
      if (whole) put(PersonalKind::kEmail, {left, end});
    }
  }

  void find_urls() {
    for (const std::string_view mark : {"://", "www.", "mailto:"}) {
      for (std::size_t at = text_.find(mark); at != std::string_view::npos;
           at = text_.find(mark, at + mark.size())) {
        const std::size_t after = at + mark.size();
        if (after >= text_.size() || kind_of_character(text_[after]) == TokenKind::kSpace) continue;
        put(PersonalKind::kUrl, {at, after + 1});
      }
    }
    for (std::size_t i = 1; i + 1 < tokens_.size(); ++i) {
      if (symbol_at(i, '.') && is_host_end(i)) {
        put(PersonalKind::kUrl, {tokens_[i - 1].begin, tokens_[i + 1].end});
      }
    }
  }

  // A dot between a name and a lower-case top-level domain that ends the host.
  [[nodiscard]] bool is_host_end(std::size_t dot) const {
    const Token& name = tokens_[dot - 1];
    const Token& top = tokens_[dot + 1];
    if (taken_[name.begin] != 0 || name.size() < 2 || top.kind != TokenKind::kWord) return false;
    if (name.kind != TokenKind::kWord && name.kind != TokenKind::kNumber) return false;
    const std::string_view as_written =
        std::string_view(plain_.cased).substr(top.begin, top.size());
    if (as_written != word(top) || !words::among(words::kTopLevel, word(top))) return false;
    const bool goes_on = symbol_at(dot + 2, '.') && dot + 3 < tokens_.size() &&
                         tokens_[dot + 3].kind == TokenKind::kWord;
    return !goes_on;
  }

  // A full date near a word of birth, or after '*'.
  void find_birth_dates() {
    std::vector<Extent> dates;
    append_figure_dates(dates);
    append_named_dates(dates);
    std::vector<Extent> births;
    for (const Token& token : tokens_) {
      if (token.kind == TokenKind::kWord && words::among(words::kBirth, word(token))) {
        births.push_back({token.begin, token.end});
      }
    }
    for (const Extent& date : dates) {
      const std::size_t before = text_.find_last_not_of(' ', date.begin == 0 ? 0 : date.begin - 1);
      if (date.begin > 0 && before != std::string_view::npos && text_[before] == '*') {
        put(PersonalKind::kBirthDate, date);
      }
    }
    std::sort(dates.begin(), dates.end(),
              [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
    for (const Extent& birth : births) {
      const auto near =
          std::lower_bound(dates.begin(), dates.end(), birth.begin,
                           [](const Extent& date, std::size_t at) { return date.begin < at; });
      if (near != dates.end() && near->begin <= birth.end + kBirthReach) {
        put(PersonalKind::kBirthDate, *near);
      }
      if (near != dates.begin() && std::prev(near)->end + kBirthReach >= birth.begin) {
        put(PersonalKind::kBirthDate, *std::prev(near));
      }
    }
  }

  void append_figure_dates(std::vector<Extent>& dates) const {
    for (const NumberRun& run : runs_) {
      if (run.plus) continue;  // a telephone number
      for (std::size_t i = 0; i < run.groups.size(); ++i) {
        const DigitGroup& group = run.groups[i];
        if (is_date_at(run, i)) {
          const DigitGroup& last = run.groups[i + 2];
          dates.push_back({group.begin, last.begin + last.digits.size()});
        } else if (is_compact_date(group.digits)) {
          dates.push_back({group.begin, group.begin + group.digits.size()});
        }
      }
    }
  }
  // 12031987, 19870312
  static bool is_compact_date(std::string_view digits) {
    if (digits.size() != 8) return false;
    return (is_year(digits.substr(4)) &&
            is_day_and_month(digits.substr(0, 2), digits.substr(2, 2))) ||
           (is_year(digits.substr(0, 4)) &&
            is_day_and_month(digits.substr(4, 2), digits.substr(6)));
  }

  // 12 March 1987, March 12th, 1987
  void append_named_dates(std::vector<Extent>& dates) const {
    static constexpr std::array<std::string_view, 9> kBetween{"of", "de", "st", "nd", "rd",
                                                              "th", "er", "le", "the"};
    std::array<const Token*, 3> last{};  // significant tokens, latest last
    for (const Token& token : tokens_) {
      const bool skipped = token.kind == TokenKind::kSpace || text_[token.begin] == '.' ||
                           text_[token.begin] == ',' || text_[token.begin] == '-' ||
                           words::among(kBetween, word(token));
      if (skipped) continue;
      last = {last[1], last[2], &token};
      if (last[0] == nullptr || !is_year(word(token))) continue;
      const bool day_first = is_day(*last[0]) && words::among(words::kMonth, word(*last[1]));
      const bool month_first = words::among(words::kMonth, word(*last[0])) && is_day(*last[1]);
      if (day_first || month_first) dates.push_back({last[0]->begin, token.end});
    }
  }
  [[nodiscard]] bool is_day(const Token& token) const {
    if (token.kind != TokenKind::kNumber || token.size() > 2) return false;
    const int day = small_number(word(token));
    return day >= 1 && day <= 31;
  }

  void find_telephones() {
    for (const NumberRun& run : runs_) {
      if (taken_[run.begin()] != 0) continue;
      if (is_telephone(run, is_announced(run))) {
        put(PersonalKind::kTelephone, {run.begin(), run.end()});
      }
    }
  }
  // "tel. 12 34 56": only spaces, signs and a marker between the word and the number.
  [[nodiscard]] bool is_announced(const NumberRun& run) const {
    for (std::size_t i = run.first_token, left = kMarkerReach; i-- > 0 && left-- > 0;) {
      if (tokens_[i].kind == TokenKind::kNumber) return false;
      if (tokens_[i].kind != TokenKind::kWord) continue;
      if (words::among(words::kTelephone, word(tokens_[i]))) return true;
      if (!words::among(words::kMarker, word(tokens_[i]))) return false;
    }
    return false;
  }

  void find_identifiers() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind == TokenKind::kNumber) {
        const std::optional<Extent> number = identifier_from(i);
        if (number && taken_[number->begin] == 0) put(PersonalKind::kCaseNumber, *number);
      } else if (token.kind == TokenKind::kWord) {
        find_named_identifier(i);
      }
    }
    find_mixed_identifiers();
  }

  // A number that is an identifier whatever stands before it: long, 06/12345, or 120386-1234.
  [[nodiscard]] std::optional<Extent> identifier_from(std::size_t i) const {
    const Token& token = tokens_[i];
    const bool decimals = i >= 2 && (symbol_at(i - 1, '.') || symbol_at(i - 1, ',')) &&
                          tokens_[i - 2].kind == TokenKind::kNumber;
    if (token.size() >= kLongNumber && !decimals) return Extent{token.begin, token.end};
    if (i + 2 >= tokens_.size() || tokens_[i + 2].kind != TokenKind::kNumber) return std::nullopt;
    const Token& next = tokens_[i + 2];
    const bool docket = symbol_at(i + 1, '/') && std::max(token.size(), next.size()) >= 5 &&
                        token.size() + next.size() >= 7;
    const std::string_view digits = word(token);
    const bool personal_number = symbol_at(i + 1, '-') && token.size() == 6 &&
                                 (next.size() == 3 || next.size() == 4) &&
                                 (is_day_and_month(digits.substr(0, 2), digits.substr(2, 2)) ||
                                  is_day_and_month(digits.substr(2, 2), digits.substr(4, 2)));
    if (docket || personal_number) return Extent{token.begin, next.end};
    return std::nullopt;
  }

  // "case no 2006/1234", "Az. 123 Js 4567/06"
  void find_named_identifier(std::size_t i) {
    const bool strong = words::among(words::kIdentifier, word(tokens_[i]));
    if (!strong && !words::among(words::kCase, word(tokens_[i]))) return;
    bool marked = strong;
    for (std::size_t j = i + 1; j < tokens_.size() && j <= i + kMarkerReach; ++j) {
      const Token& token = tokens_[j];
      if (token.kind == TokenKind::kSpace) continue;
      if (token.kind == TokenKind::kSymbol) {
        marked = marked || text_[token.begin] == '#';
      } else if (token.kind == TokenKind::kWord && words::among(words::kMarker, word(token)) &&
                 !touches_number(j)) {
        marked = true;
      } else {
        const Extent candidate = chunk_from(token.begin);
        if (is_case_number(text_.substr(candidate.begin, candidate.end - candidate.begin),
                           marked)) {
          put(PersonalKind::kCaseNumber, candidate);
        }
        return;
      }
    }
  }
  [[nodiscard]] bool touches_number(std::size_t i) const {
    return i + 1 < tokens_.size() && tokens_[i + 1].kind == TokenKind::kNumber;
  }
  // Up to the next space, without the punctuation at its end.
  [[nodiscard]] Extent chunk_from(std::size_t begin) const {
    std::size_t end = std::min(text_.find(' ', begin), text_.size());
    while (end > begin && kind_of_character(text_[end - 1]) == TokenKind::kSymbol) --end;
    return {begin, end};
  }
  static bool is_case_number(std::string_view chunk, bool marked) {
    std::size_t digits = 0;
    bool separated = false;
    for (const char c : chunk) {
      if (is_digit(c)) ++digits;
      if (c == '/' || c == '-') separated = true;
    }
    if (is_period(chunk) || is_legal_act(chunk)) return false;
    const std::size_t least = separated ? (marked ? 2 : 4) : 3;
    return (marked || separated) && digits >= least;
  }
  static bool is_period(std::string_view chunk) {
    return is_year(chunk.substr(0, 4)) && TimePeriod::parse(chunk).has_value();
  }
  // 2004/81/EC
  static bool is_legal_act(std::string_view chunk) {
    const std::size_t slash = chunk.rfind('/');
    return slash != std::string_view::npos && words::among(words::kAct, chunk.substr(slash + 1));
  }

  // Letters and many digits in one piece: passports, accounts, file numbers.
  void find_mixed_identifiers() {
    const auto in_piece = [&](std::size_t at) {
      return is_digit(text_[at]) || is_ascii_letter(text_[at]);
    };
    for (std::size_t begin = 0; begin < text_.size();) {
      if (!in_piece(begin)) {
        ++begin;
        continue;
      }
      std::size_t end = begin;
      while (end < text_.size() && in_piece(end)) ++end;
      if (is_mixed_identifier(text_.substr(begin, end - begin)) && taken_[begin] == 0) {
        put(PersonalKind::kCaseNumber, {begin, end});
      }
      begin = end;
    }
  }
  static bool is_mixed_identifier(std::string_view piece) {
    std::size_t digits = 0;
    for (const char c : piece) digits += is_digit(c) ? 1U : 0U;
    const std::size_t letters = piece.size() - digits;
    const bool enough = digits >= 6 || (digits >= 5 && letters >= 2 && !is_digit(piece.front()));
    if (letters == 0 || !enough) return false;
    const std::size_t unit = piece.find_first_not_of("0123456789");
    return !words::among(words::kCurrency, piece.substr(unit));
  }

  const PlainText& plain_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<NumberRun> runs_;
  std::vector<char> taken_;  // bytes that something was found in
  std::array<std::optional<Extent>, kKinds> found_;
};

}  // namespace

std::vector<PersonalText> find_personal_text(const PlainText& plain) {
  return Scanner(plain).scan();
}

}  // namespace rapporteur::rules
