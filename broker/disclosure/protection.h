// Which cells disclosure control protects, and what a published cell says of its count.
//
// Threads: any. Pure, exact. Lifetime: borrows the pool.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "broker/rules/cells.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

// What is known of a count: least and most, both ends in; no `most` is unbounded.
struct Interval {
  rules::Amount least;
  std::optional<rules::Amount> most;

  bool operator==(const Interval&) const = default;
  // Inside the other and narrower.
  [[nodiscard]] bool strictly_inside(const Interval& other) const;
};

// Of a cell with a number. "~v" counts as v: whoever reads it learns the order of magnitude.
[[nodiscard]] Interval interval_of(const rules::Cell& cell);

// A cell's place among margins: its codes, with _T and _Z of personal dimensions as kMargin.
using MarginKey = std::array<std::uint32_t, kDimensions>;
inline constexpr std::uint32_t kMargin = UINT32_MAX;

// Cheap: by the submission's dictionary of indicators.
[[nodiscard]] bool has_protected_indicator(const rules::Submission& submission);

class Protection {
 public:
  Protection(const rules::CellPool& pool, const rules::Policy& policy);

  [[nodiscard]] bool is_protected(const rules::Cell& cell) const;
  // The personal dimensions that do.
  [[nodiscard]] rules::DimensionMask broken_down(const rules::Cell& cell) const;
  [[nodiscard]] MarginKey margin_key(const rules::Cell& cell) const;
  // Personal dimensions that break the cell down: "SEX=F AGE=Y_LT18".
  [[nodiscard]] std::string breakdown_text(const rules::Cell& cell) const;

 private:
  const rules::CellPool& pool_;
  std::uint32_t depth_from_;
  // Per dimension and position in the pool: whether the code breaks a figure down.
  std::array<std::vector<char>, kDimensions> breaks_down_;
  std::vector<char> protected_indicator_;
};

}  // namespace rapporteur::disclosure
