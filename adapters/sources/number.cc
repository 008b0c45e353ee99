#include "adapters/sources/number.h"

#include <algorithm>

#include "proto/base/ascii.h"
#include "proto/base/sabotage.h"

namespace rapporteur::sources {
namespace {

tl::unexpected<Error> bad(std::string what, std::string remedy) {
  return fail(ErrorKind::kMalformed, std::move(what), {}, std::move(remedy));
}

tl::unexpected<Error> no_number(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos && is_digit(text.front())) {
    return bad("is no exact number: it has an exponent", "write all its digits");
  }
  if (text.substr(0, 3) == "\xE2\x88\x92") {
    return bad("is no number: it begins with a minus sign that is not the hyphen",
               "write - before the digits, and nothing before a zero");
  }
  return bad("is no number",
             "digits, at most one decimal mark and six digits after it; say in [values.markers] "
             "what a sign without a number means");
}

}  // namespace

NumberReader::NumberReader(const ValueRules& rules, char decimal_mark)
    : rules_(rules), decimal_mark_(rules.decimal_mark.value_or(decimal_mark)) {}

// Groups of three behind a group of one to three, or no separator at all.
Status NumberReader::drop_thousands(std::string_view whole) {
  const std::string_view mark = rules_.thousands;
  if (mark.empty() || whole.find(mark) == std::string_view::npos) {
    plain_ += whole;
    return {};
  }
  const bool negative = whole.front() == '-';
  if (negative) plain_ += '-';
  whole.remove_prefix(negative ? 1 : 0);
  std::size_t least = 1;
  while (true) {
    const std::size_t end = std::min(whole.find(mark), whole.size());
    if (end < least || end > 3) {
      return bad("has thousands separators that do not stand before three digits",
                 "check decimal and thousands in [values]");
    }
    plain_ += whole.substr(0, end);
    if (end == whole.size()) return {};
    whole.remove_prefix(end + mark.size());
    least = 3;
  }
}

Result<Decimal> NumberReader::number(std::string_view text) {
  if (decimal_mark_ == '\0' && rules_.thousands.empty()) {
    const std::size_t mark = text.find_first_of(".,");
    if (mark != std::string_view::npos) decimal_mark_ = text[mark];
  }
  plain_.clear();
  const std::size_t mark =
      decimal_mark_ == '\0' ? std::string_view::npos : text.find(decimal_mark_);
  if (auto whole = drop_thousands(text.substr(0, mark)); !whole) {
    return tl::unexpected<Error>(whole.error());
  }
  // A foreign mark must not reach the parser as if it were the decimal one.
  if (plain_.find('.') != std::string::npos) return no_number(text);
  if (mark != std::string_view::npos) {
    plain_ += '.';
    plain_ += text.substr(mark + 1);
  }
  auto parsed = Decimal::parse(plain_);
  if (!parsed) return no_number(text);
  return parsed;
}

Result<ReadValue> NumberReader::read(std::string_view cell) {
  ReadValue out;
  if (cell.empty()) {
    if (sabotaged("blank-is-zero")) out.number = Decimal(0);
    return out;
  }
  if (!rules_.markers.empty()) {
    const auto marker = rules_.markers.find(cell);
    if (marker != rules_.markers.end()) {
      if (marker->second == "0") {
        out.number = Decimal(0);
      } else {
        out.status = marker->second;
      }
      return out;
    }
  }
  std::string_view text = cell;
  if (rules_.qualifiers_in_values &&
      std::string_view("<>~").find(cell.front()) != std::string_view::npos) {
    out.qualifier = cell.substr(0, 1);
    text.remove_prefix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (text.empty()) return no_number(cell);
  }
  auto parsed = number(text);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  out.number = *parsed;
  return out;
}

}  // namespace rapporteur::sources
