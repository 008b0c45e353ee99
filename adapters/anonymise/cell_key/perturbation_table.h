// By how much each count is changed, and how often: the p-table of the cell-key method.
//
// Row n says with what probability a count of n becomes each other count. Among all rows that obey
// the bounds it is the one of maximum entropy: no deviation above `max_deviation` (D), mean zero,
// the variance asked for (V), no count below zero, nothing among 1 to `js`. Zero stays zero. The
// last row holds for all larger counts. Where few counts can be reached the variance that is asked
// for may be out of reach: the row then has one near it, that `variance_of` tells.
//
// Units and shapes: probabilities are whole weights over one whole a row, so that they add up and
// have mean zero exactly. Threads: any; pure.
// Errors: kConfiguration: no such row exists.
// Source: Fraser and Wooton (2005), A proposed method for confidentialising tabular output;
// Giessing (2016), doi 10.1007/978-3-319-45381-1_18, for maximum entropy; ADR 31.
#pragma once

#include <cstdint>
#include <vector>

#include "proto/base/result.h"

namespace rapporteur::anonymise {

struct PerturbationRule {
  std::int64_t max_deviation = 10;
  std::int64_t variance = 4;
  std::int64_t js = 9;
};
inline constexpr std::int64_t kLargestDeviation = 50;

struct PerturbationRow {
  struct Step {
    std::int64_t deviation = 0;
    std::uint64_t weight = 0;  // of `whole`
  };
  std::vector<Step> steps;  // ascending deviations, weights above zero
  std::uint64_t whole = 0;
};
[[nodiscard]] double variance_of(const PerturbationRow& row);

class PerturbationTable {
 public:
  [[nodiscard]] static Result<PerturbationTable> of(const PerturbationRule& rule);

  [[nodiscard]] const PerturbationRule& rule() const { return rule_; }
  // Of counts 1, 2, 3 ...
  [[nodiscard]] const std::vector<PerturbationRow>& rows() const { return rows_; }
  // `cell_key` is a fraction of 1, in units of 2^-64.
  [[nodiscard]] std::int64_t perturbed(std::int64_t count, std::uint64_t cell_key) const;

 private:
  explicit PerturbationTable(const PerturbationRule& rule) : rule_(rule) {}

  PerturbationRule rule_;
  std::vector<PerturbationRow> rows_;
};

}  // namespace rapporteur::anonymise
