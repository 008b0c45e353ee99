// Makes a table that fits a system nearly one that fits it exactly.
//
// What a solver gives is rounded. The equations, solved once for some of their variables modulo
// 2^61-1, say what those must be when the others are rounded to a common denominator; the whole is
// then checked in integers, so that nothing rests on the prime or on a floating-point number.
//
// Threads: one at a time. Lifetime: borrows the system.
// Errors: empty where what results does not fit (a bound, a denominator that does not divide).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/elimination.h"
#include "broker/disclosure/witness.h"

namespace rapporteur::anonymise {

class ExactTables {
 public:
  explicit ExactTables(const disclosure::LinearSystem& system);

  // Equations that none of the others imply, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& independent() const { return independent_; }
  // No counts fit, whatever the bounds.
  [[nodiscard]] bool contradictory() const { return contradictory_; }

  [[nodiscard]] std::optional<disclosure::Witness> nearest(std::span<const double> values) const;

 private:
  struct Solved {
    std::uint32_t variable = 0;
    disclosure::Column rest;  // the constant at row number `variables`
  };
  [[nodiscard]] std::optional<disclosure::Witness> rounded(std::span<const double> values,
                                                           std::int64_t multiples) const;

  const disclosure::LinearSystem& system_;
  std::vector<std::uint32_t> independent_;
  std::vector<Solved> solved_;  // each by those after it
  std::vector<char> is_solved_;
  bool contradictory_ = false;
};

}  // namespace rapporteur::anonymise
