// Exact decimal numbers: what a figure is, on the wire and in every rule.
//
// Units and shapes: value = mantissa / 10^scale with a 64-bit mantissa and scale 0 to 6. The scale
// is kept as given ("2.50" keeps two digits); comparison and sums are by value. Errors: text that
// is not `-?digits[.digits]` with at most 6 digits after the point and a mantissa in range; no
// exponent, no thousands separator, no "-0".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur {

class Decimal {
 public:
  static constexpr std::uint8_t kMaxScale = 6;

  constexpr Decimal() = default;
  constexpr explicit Decimal(std::int64_t whole) : mantissa_(whole) {}
  // `scale` at most kMaxScale.
  Decimal(std::int64_t mantissa, std::uint8_t scale);

  [[nodiscard]] static Result<Decimal> parse(std::string_view text);

  [[nodiscard]] std::int64_t mantissa() const { return mantissa_; }
  [[nodiscard]] std::uint8_t scale() const { return scale_; }
  [[nodiscard]] std::string text() const;

  // The whole number it is, if it is one.
  [[nodiscard]] std::optional<std::int64_t> whole() const;
  // Empty on overflow of the 64-bit mantissa.
  [[nodiscard]] std::optional<Decimal> plus(const Decimal& other) const;

  [[nodiscard]] bool same_digits(const Decimal& other) const {
    return mantissa_ == other.mantissa_ && scale_ == other.scale_;
  }
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  std::int64_t mantissa_ = 0;
  std::uint8_t scale_ = 0;
};

}  // namespace rapporteur
