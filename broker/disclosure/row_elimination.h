// Equations, eliminated row by row modulo 2^61-1, with what was done on record.
//
// Rows with the fewest terms come first, and of a row the variable that the fewest other rows hold:
// the same choices everywhere. Nothing is reduced further than needed to say which variables are
// determined: those that are zero in a kernel vector of pseudo-random entries. One that is not
// determined is taken for it with a chance of about 2^-61, the same on every run.
//
// Threads: one. Units and shapes: variables are below the number given; terms of a row have
// ascending variables and no zero factor; rows are numbered in the order of `add`. `run` comes
// once, after the last `add`, and the questions after it. Errors: kTooComplex when the bound is
// exceeded; then nothing is to be asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "broker/disclosure/residue.h"
#include "broker/disclosure/work_bound.h"

namespace rapporteur::disclosure {

struct RowTerm {
  std::uint32_t variable = 0;
  Residue factor;
};
struct RowFactor {
  std::uint32_t row = 0;
  Residue factor;
};

class RowElimination {
 public:
  RowElimination(std::size_t variables, WorkBound& bound);

  void add(std::vector<RowTerm> terms, Residue constant);

  enum class Outcome { kDone, kTooComplex, kContradiction };
  [[nodiscard]] Outcome run();

  // Ascending variables, each with its value as a residue.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, Residue>> determined();
  // The rows that add up to the variable alone; empty if they do not, or the bound is exceeded.
  [[nodiscard]] std::optional<std::vector<RowFactor>> rows_giving(std::uint32_t variable);
  // After kContradiction: the rows that add up to 0 = something else.
  [[nodiscard]] std::vector<RowFactor> contradicting_rows();

 private:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  struct Row {
    std::vector<RowTerm> terms;
    Residue constant;
    // What was taken off it: rows that were solved before, times a factor.
    std::vector<RowFactor> taken;
  };
  struct Pivot {
    std::uint32_t row = 0;
    std::uint32_t variable = 0;
    Residue inverse;  // of its factor
  };

  [[nodiscard]] std::uint32_t rarest_variable(const Row& row) const;
  [[nodiscard]] bool take_off(std::uint32_t row, const Pivot& pivot);
  void merge(std::uint32_t row, Residue factor, const Row& pivot);
  [[nodiscard]] std::optional<std::vector<RowFactor>> unwind(const std::vector<RowFactor>& solved);

  WorkBound& bound_;
  std::vector<Row> rows_;
  std::vector<Pivot> pivots_;
  std::vector<std::uint32_t> pivot_of_variable_;
  std::vector<std::uint32_t> pivot_of_row_;
  // Of each variable the rows that are not solved and hold it, or once did; and how many hold it.
  std::vector<std::vector<std::uint32_t>> holders_;
  std::vector<std::uint32_t> holding_;
  std::set<std::pair<std::size_t, std::uint32_t>> unsolved_;  // by number of terms
  std::vector<RowTerm> merged_;
  std::uint32_t contradicting_ = kNowhere;
};

}  // namespace rapporteur::disclosure
