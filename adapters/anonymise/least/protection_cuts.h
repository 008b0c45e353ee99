// What a pattern lacks: for a hidden cell that an attacker can tell too closely, an inequality over
// patterns that this one breaks and every pattern that protects the cell obeys.
//
// The attacker's linear program gives, for each cell, how much his range would grow for each unit
// by which the cell could vary. Cells that are published cannot vary; a sum of what hiding each
// would add must reach what the rule asks.
//
// Threads: one at a time. Lifetime: borrows the task.
// Errors: kRefused where the solver gave up.
// Source: Fischetti and Salazar (2001), doi 10.1287/mnsc.47.7.1008.9805, capacity constraints.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "adapters/anonymise/pattern.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

// The sum of share times "is hidden" is at least 1 if `cell` is hidden.
struct ProtectionCut {
  std::uint32_t cell = 0;
  std::vector<double> shares;  // by cell, 0 to 1
};

class ProtectionCuts {
 public:
  explicit ProtectionCuts(const PatternTask& task);
  ~ProtectionCuts();
  ProtectionCuts(const ProtectionCuts&) = delete;
  ProtectionCuts& operator=(const ProtectionCuts&) = delete;

  // Of each protected cell that is hidden and not protected by the others.
  [[nodiscard]] Result<std::vector<ProtectionCut>> of(std::span<const char> hidden);
  [[nodiscard]] std::size_t programs() const { return programs_; }

 private:
  // How far the count of a cell may go one way, and what each cell adds to it.
  struct Reach {
    double far = 0;
    std::vector<double> gains;  // by cell; kEndless of one that is not bounded
  };
  [[nodiscard]] Result<Reach> reach(std::uint32_t cell, bool up);
  [[nodiscard]] std::optional<ProtectionCut> cut_of(std::uint32_t cell, const Reach& up,
                                                    const Reach& down) const;
  void hide(std::span<const char> hidden);

  struct Program;
  const PatternTask& task_;
  std::int64_t least_;
  std::unique_ptr<Program> program_;
  std::size_t programs_ = 0;
};

}  // namespace rapporteur::anonymise
