// Numbers modulo the prime 2^61 - 1: elimination in them is exact, and no factor ever grows.
//
// What is linearly dependent in rational numbers with denominators that the prime does not divide
// is so here too. The reverse fails with a chance of about 2^-61 a test, and then to the safe side:
// more seems to follow from what is public than does.
// Threads: any.
#pragma once

#include <cstdint>

namespace rapporteur::disclosure {

class Residue {
 public:
  static constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61U) - 1;

  constexpr Residue() = default;
  static constexpr Residue of(std::int64_t number) {
    const std::int64_t rest = number % static_cast<std::int64_t>(kPrime);
    return Residue(static_cast<std::uint64_t>(rest < 0 ? rest + std::int64_t{kPrime} : rest));
  }

  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  [[nodiscard]] constexpr bool zero() const { return value_ == 0; }
  bool operator==(const Residue&) const = default;

  [[nodiscard]] constexpr Residue plus(Residue other) const {
    return folded(value_ + other.value_);
  }
  [[nodiscard]] constexpr Residue minus(Residue other) const {
    return folded(value_ + kPrime - other.value_);
  }
  [[nodiscard]] constexpr Residue times(Residue other) const {
    const Wide product = Wide{value_} * other.value_;
    // 2^61 is 1.
    return folded(static_cast<std::uint64_t>(product & kPrime) +
                  static_cast<std::uint64_t>(product >> 61U));
  }
  // Of a number that is not zero.
  [[nodiscard]] constexpr Residue inverse() const {
    Residue out = of(1);
    Residue power = *this;
    for (std::uint64_t exponent = kPrime - 2; exponent != 0; exponent >>= 1U) {
      if ((exponent & 1U) != 0) out = out.times(power);
      power = power.times(power);
    }
    return out;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  explicit constexpr Residue(std::uint64_t value) : value_(value) {}
  static constexpr Residue folded(std::uint64_t value) {
    return Residue(value >= kPrime ? value - kPrime : value);
  }

  std::uint64_t value_ = 0;
};

}  // namespace rapporteur::disclosure
