#include "proto/base/decimal.h"

#include <gtest/gtest.h>

namespace rapporteur {
namespace {

TEST(Decimal, ReadsAndWritesTheSameDigits) {
  for (const char* text : {"0", "1", "-1", "3102484.78", "0.000001", "-0.5", "2.50",
                           "9223372036854775807", "-9223372036854775808"}) {
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(value->text(), text);
  }
}

TEST(Decimal, RefusesWhatIsNotAPlainNumber) {
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", "01", "1e3", "1,000", " 1", "1 ", "-0",
                           "-0.00", "1.2.3", "0x1", "NaN", "1.1234567", "9223372036854775808"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
}

TEST(Decimal, ComparesByValueAndKeepsTheScale) {
  const Decimal a(250, 2);
  const Decimal b(25, 1);
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a.same_digits(b));
  EXPECT_LT(Decimal(-1), Decimal(0));
}

TEST(Decimal, AddsExactlyAndSaysWhenItCannot) {
  EXPECT_EQ(Decimal(1, 1).plus(Decimal(2, 2))->text(), "0.12");
  EXPECT_FALSE(Decimal(INT64_MAX).plus(Decimal(1)).has_value());
}

}  // namespace
}  // namespace rapporteur
