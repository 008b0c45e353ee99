// A figure in its unit, exactly: value times multiplier, as an integer number of millionths.
//
// Units and shapes: a 128-bit integer holds every 64-bit mantissa with a multiplier up to 10^13.
// Errors: empty when the product is not a whole number of millionths or does not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/decimal.h"

namespace rapporteur::rules {

__extension__ using Int128 = __int128;

struct Amount {
  static constexpr std::int64_t kPerUnit = 1'000'000;

  Int128 millionths = 0;

  [[nodiscard]] static constexpr Amount whole(std::int64_t units) {
    return {static_cast<Int128>(units) * kPerUnit};
  }
  [[nodiscard]] static std::optional<Amount> of(const Decimal& value, int power_of_ten);

  [[nodiscard]] constexpr bool is_whole() const { return millionths % kPerUnit == 0; }
  // Empty on overflow.
  [[nodiscard]] std::optional<Amount> plus(Amount other) const;
  [[nodiscard]] std::optional<Amount> minus(Amount other) const;
  // Decimal digits in units: "18", "2.5".
  [[nodiscard]] std::string text() const;

  constexpr bool operator==(const Amount& other) const { return millionths == other.millionths; }
  constexpr auto operator<=>(const Amount& other) const { return millionths <=> other.millionths; }
};

// The power of ten of a UNIT_MULT code; "" is 0. Empty for what is no code of the list.
[[nodiscard]] std::optional<int> multiplier_power(std::string_view code);

}  // namespace rapporteur::rules
