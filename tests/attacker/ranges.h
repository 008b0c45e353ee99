// The smallest and the largest value of a sum that fit all that is known.
//
// By linear programs that GLPK solves in fractions. A value is the double next to the exact
// fraction: of tables this small two that differ do so by far more than kApart.
//
// Threads: one at a time; GLPK keeps a state of its own for each thread. Errors:
// std::runtime_error where the solver does not come to an end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tests/attacker/puzzle.h"

namespace rapporteur::attacker {

inline constexpr double kApart = 1e-7;

class Ranges {
 public:
  explicit Ranges(const Puzzle& puzzle);
  ~Ranges();
  Ranges(const Ranges&) = delete;
  Ranges& operator=(const Ranges&) = delete;

  // No counts fit.
  [[nodiscard]] bool contradictory() const { return contradictory_; }

  struct Solution {
    bool endless = false;
    double value = 0;
    std::vector<double> unknowns;  // where it is reached; empty if it is endless
  };
  [[nodiscard]] Solution most(const Sum& sum) { return solve(sum, true); }
  [[nodiscard]] Solution least(const Sum& sum) { return solve(sum, false); }

 private:
  [[nodiscard]] Solution solve(const Sum& sum, bool most);

  struct Program;
  std::unique_ptr<Program> program_;
  std::size_t unknowns_;
  bool contradictory_ = false;
};

// What must be true of each of several sums: no single value, `width` from end to end, and not all
// of it among 1 to k-1.
struct Rule {
  double width = 3;
  double k = 10;
};
struct Target {
  Sum sum;
  std::optional<std::int64_t> whole;  // from nothing to this is enough
};
// What is found of one; an end that was not needed is as far as it was seen.
struct Found {
  double least = 0;
  double most = 0;
  bool safe = false;
  void see(double value);
  [[nodiscard]] bool exact() const { return !safe && most - least < kApart; }
};
[[nodiscard]] Found nothing_found();
[[nodiscard]] bool is_safe(const Found& found, const Target& target, const Rule& rule);
[[nodiscard]] std::vector<Found> attack(Ranges& ranges, const std::vector<Target>& targets,
                                        const Rule& rule);

}  // namespace rapporteur::attacker
