#include "broker/rules/amount.h"

#include <algorithm>
#include <charconv>

namespace rapporteur::rules {
namespace {

constexpr int kLargestPower = 15;  // of CL_UNIT_MULT, both ways

}  // namespace

std::optional<Amount> Amount::of(const Decimal& value, int power_of_ten) {
  int power = Decimal::kMaxScale - value.scale() + power_of_ten;
  Int128 millionths = value.mantissa();
  for (; power > 0; --power) {
    if (__builtin_mul_overflow(millionths, Int128{10}, &millionths)) return std::nullopt;
  }
  for (; power < 0; ++power) {
    if (millionths % 10 != 0) return std::nullopt;
    millionths /= 10;
  }
  return Amount{millionths};
}

std::optional<Amount> Amount::plus(Amount other) const {
  Amount sum;
  if (__builtin_add_overflow(millionths, other.millionths, &sum.millionths)) return std::nullopt;
  return sum;
}

std::optional<Amount> Amount::minus(Amount other) const {
  Amount difference;
  if (__builtin_sub_overflow(millionths, other.millionths, &difference.millionths)) {
    return std::nullopt;
  }
  return difference;
}

std::string Amount::text() const {
  const auto magnitude_of = [](Int128 number) { return number < 0 ? -number : number; };
  // From the last digit to the first; zeros at the end of the fraction are left out.
  std::string reversed;
  Int128 fraction = magnitude_of(millionths % kPerUnit);
  for (int digit = 0; digit < Decimal::kMaxScale; ++digit, fraction /= 10) {
    const auto last = static_cast<char>('0' + static_cast<int>(fraction % 10));
    if (last != '0' || !reversed.empty()) reversed += last;
  }
  if (!reversed.empty()) reversed += '.';
  Int128 units = magnitude_of(millionths / kPerUnit);
  do {
    reversed += static_cast<char>('0' + static_cast<int>(units % 10));
    units /= 10;
  } while (units != 0);
  if (millionths < 0) reversed += '-';
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

std::optional<int> multiplier_power(std::string_view code) {
  if (code.empty()) return 0;
  int power = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), power);
  if (error != std::errc{} || end != code.data() + code.size()) return std::nullopt;
  if (power < -kLargestPower || power > kLargestPower) return std::nullopt;
  return power;
}

}  // namespace rapporteur::rules
