// The same system with fewer variables, for a solver.
//
// A total that nothing but its parts bounds, and one of two counts whose sum is known, are replaced
// by what they are of the others, as long as the equations stay short. Factors stay whole: nothing
// is rounded.
//
// Threads: any, once made. Lifetime: copies what it needs. Units and shapes: values and weights
// have an entry for each variable, kept ones in ascending order of their first numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::anonymise {

class ReducedSystem {
 public:
  // Of `system` only the `equations` named count.
  ReducedSystem(const disclosure::LinearSystem& system, std::span<const std::uint32_t> equations);

  // Bounds may contradict each other: nothing fits then.
  [[nodiscard]] const disclosure::LinearSystem& linear() const { return reduced_; }
  // Its variables, as they are numbered in the whole.
  [[nodiscard]] const std::vector<disclosure::Variable>& kept() const { return kept_; }

  // What a variable is of one kept one; empty where it is not.
  struct OfOne {
    disclosure::Variable kept = 0;
    std::int32_t factor = 1;  // or -1
    std::int64_t constant = 0;
  };
  [[nodiscard]] const std::vector<std::optional<OfOne>>& of_one() const { return of_one_; }

  // Of all variables, from those of the kept ones.
  [[nodiscard]] std::vector<double> expanded(std::span<const double> kept) const;
  // A sum of weighted variables as one of the kept ones, but for a constant.
  [[nodiscard]] std::vector<double> weights_of_kept(std::vector<double> weights) const;

 private:
  struct Replaced {
    disclosure::Variable variable = 0;
    std::vector<disclosure::LinearTerm> is;  // of variables that are kept, or replaced later
    std::int64_t constant = 0;
  };

  std::vector<Replaced> replaced_;
  std::vector<disclosure::Variable> kept_;
  std::vector<std::optional<OfOne>> of_one_;
  disclosure::LinearSystem reduced_;
  std::size_t variables_ = 0;

  friend class Reduction;
};

}  // namespace rapporteur::anonymise
