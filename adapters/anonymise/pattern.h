// Which cells of a table are hidden.
//
// Primary ones first. Then cells beside them, so that none of them, and no sum of small ones along
// a line, is a linear combination of what stays (secondary_suppression.h). Then, where equation by
// equation the bounds of a hidden cell stay among the small counts, or its range narrow, a box of
// cells over which counts may be swapped (box.h). What a solver finds narrow after that is widened
// by boxes, too.
//
// Threads: any. The same table gives the same pattern.
// Source: ADR 26.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "adapters/anonymise/case_table.h"
#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/width.h"

namespace rapporteur::anonymise {

struct PatternTask {
  const CaseTable& table;
  disclosure::WidthRule rule;
  bool zeros_public = true;
  std::vector<char> is_protected;  // by cell: breaks persons down
  std::vector<char> primary;       // by cell: must be hidden
  std::vector<char> kept;          // by cell: must stay; not primary
};

class Pattern {
 public:
  explicit Pattern(const PatternTask& task);

  [[nodiscard]] const std::vector<char>& hidden() const { return hidden_; }
  // Hides what lets the count of a hidden cell vary as the rule asks. False: there is no such box.
  [[nodiscard]] bool widen(std::uint32_t cell);

 private:
  void hide_primaries();
  void widen_by_bounds();
  [[nodiscard]] disclosure::Bounds bounds_of(std::uint32_t cell) const;
  [[nodiscard]] bool is_narrow(std::uint32_t cell, const disclosure::Bounds& bounds) const;

  const PatternTask& task_;
  std::vector<char> hidden_;
};

}  // namespace rapporteur::anonymise
