// What equations alone tell of a sum: exact elimination in fractions.
//
// Threads: any, once it is made. Errors: std::overflow_error where a fraction does not fit; small
// tables never come near.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/attacker/puzzle.h"

namespace rapporteur::attacker {

class Fraction {
 public:
  Fraction() = default;
  Fraction(std::int64_t number) : above_(number) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool zero() const { return above_ == 0; }
  [[nodiscard]] Fraction minus_product(const Fraction& a, const Fraction& b) const;
  [[nodiscard]] Fraction over(const Fraction& other) const;
  // Empty for what is no whole number.
  [[nodiscard]] std::optional<std::int64_t> whole() const;

 private:
  __extension__ using Wide = __int128;
  [[nodiscard]] static Fraction of(Wide above, Wide below);

  std::int64_t above_ = 0;
  std::int64_t below_ = 1;
};

class Equations {
 public:
  explicit Equations(const Puzzle& puzzle);

  // Some equations contradict others.
  [[nodiscard]] bool contradictory() const { return contradictory_; }
  // Empty where the equations leave it open.
  [[nodiscard]] std::optional<Fraction> told(const Sum& sum) const;

 private:
  using Row = std::vector<Fraction>;  // by unknown; the value last
  struct Solved {
    std::size_t unknown = 0;
    Row row;  // 1 at the unknown, 0 at the unknowns of the others
  };
  static void take_off(Row& row, std::size_t unknown, const Row& solved);

  std::size_t unknowns_;
  std::vector<Solved> solved_;
  bool contradictory_ = false;
};

}  // namespace rapporteur::attacker
