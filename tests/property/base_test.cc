#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proto/base/decimal.h"
#include "proto/base/ids.h"

namespace rapporteur {
namespace {

Decimal any_decimal() {
  return {*rc::gen::arbitrary<std::int64_t>(),
          *rc::gen::inRange<std::uint8_t>(0, Decimal::kMaxScale + 1)};
}

RC_GTEST_PROP(Decimal, TextIsReadBackWithTheSameDigits, ()) {
  const Decimal value = any_decimal();
  if (value.mantissa() == 0) return;
  const auto again = Decimal::parse(value.text());
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->same_digits(value));
}

RC_GTEST_PROP(Decimal, WhatIsReadIsWrittenTheSame, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123.-")));
  if (const auto value = Decimal::parse(text)) RC_ASSERT(value->text() == text);
}

RC_GTEST_PROP(Decimal, SumsAreExactCommuteAndCanBeUndone, ()) {
  const Decimal a(*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000),
                  *rc::gen::inRange<std::uint8_t>(0, 7));
  const Decimal b(*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000),
                  *rc::gen::inRange<std::uint8_t>(0, 7));
  RC_ASSERT(a.plus(b).has_value());
  RC_ASSERT(*a.plus(b) == *b.plus(a));
  RC_ASSERT(*a.plus(b)->plus(Decimal(-b.mantissa(), b.scale())) == a);
  RC_ASSERT((a < *a.plus(b)) == (Decimal(0) < b));
}

RC_GTEST_PROP(Decimal, OrderIsTotalWithoutOverflow, ()) {
  const Decimal a = any_decimal();
  const Decimal b = any_decimal();
  RC_ASSERT((a < b) + (b < a) + (a == b) == 1);
  if (const auto whole = a.whole()) RC_ASSERT(Decimal(*whole) == a);
}

// The definition, without a thought for time.
bool matches_naively(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return matches_naively(pattern.substr(1), text) ||
           (!text.empty() && matches_naively(pattern, text.substr(1)));
  }
  return !text.empty() && pattern.front() == text.front() &&
         matches_naively(pattern.substr(1), text.substr(1));
}

RC_GTEST_PROP(Pattern, AgreesWithItsDefinition, ()) {
  const auto text_of_letters = [](const std::string& letters) {
    return rc::gen::resize(8, rc::gen::container<std::string>(rc::gen::elementOf(letters)));
  };
  const std::string first = *text_of_letters("ab*");
  const std::string second = *text_of_letters("ab*");
  const std::string text = *text_of_letters("ab");
  RC_ASSERT(matches_pattern(first, text) == (first.empty() || matches_naively(first, text)));
  RC_ASSERT(matches_pattern(first + "|" + second, text) ==
            (matches_naively(first, text) || matches_naively(second, text)));
}

RC_GTEST_PROP(MessageIds, TextIsReadBackAndOrderFollowsTime, ()) {
  std::array<std::byte, 10> random{};
  for (auto& byte : random) byte = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  const UnixMillis time{std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, 1LL << 47))};
  const MessageId id = make_message_id(time, random);
  RC_ASSERT(is_uuid_v7(id));
  RC_ASSERT(parse_uuid(uuid_text(id)) == id);
  RC_ASSERT(id < make_message_id(time + std::chrono::milliseconds(1), random));
}

RC_GTEST_PROP(Printable, IsBoundedAndHoldsNoControlCharacter, (const std::string& text)) {
  const auto most = *rc::gen::inRange<std::size_t>(3, 100);
  const std::string out = printable(text, most);
  RC_ASSERT(out.size() <= most);
  RC_ASSERT(std::none_of(out.begin(), out.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
}

}  // namespace
}  // namespace rapporteur
