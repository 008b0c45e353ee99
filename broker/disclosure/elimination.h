// What follows from published sums, by exact elimination.
//
// A column says of which atoms a cell is the sum, and how often each: a sparse vector. A cell
// follows from others when its column is a linear combination of theirs. Published columns are
// kept solved for one row each; a column is reduced by all of them, in the order in which they were
// published, and what is left of it says what of the cell they do not give away.
//
// Threads: one at a time. Units and shapes: rows are below the number given; terms of a column have
// ascending rows and no zero factor. Cost: multiplications are counted, so that whoever has a bound
// keeps it on every machine alike.
// Source: Langsrud (2024), Secondary Cell Suppression by Gaussian Elimination,
// doi 10.1007/978-3-031-69651-0_6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "broker/disclosure/residue.h"

namespace rapporteur::disclosure {

struct Term {
  std::uint32_t row = 0;
  Residue factor;
  bool operator==(const Term&) const = default;
};
using Column = std::vector<Term>;

// The sum of the atoms, each once. `atoms` ascending.
[[nodiscard]] Column column_of(std::span<const std::uint32_t> atoms);

class Elimination {
 public:
  explicit Elimination(std::size_t rows);

  // Empty: the column follows from what was published.
  [[nodiscard]] Column reduced(std::span<const Term> column);
  // `left` is what reduced() gives now of a column that does not follow; it is solved for `row`,
  // one of its own.
  void publish(Column left, std::uint32_t row);

  // What was published last; its factor at the row that it is solved for is 1.
  [[nodiscard]] const Column& newest() const { return pivots_.back().column; }
  [[nodiscard]] std::size_t rank() const { return pivots_.size(); }
  [[nodiscard]] std::uint64_t multiplications() const { return multiplications_; }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Pivot {
    std::uint32_t row = 0;
    Column column;  // its factor at `row` is 1
  };

  void scatter(std::span<const Term> column);
  void queue(std::uint32_t row);
  void subtract(const Pivot& pivot);
  [[nodiscard]] Column gather();

  std::vector<std::uint32_t> pivot_of_row_;
  std::vector<Pivot> pivots_;
  std::uint64_t multiplications_ = 0;
  // The column that is worked on: dense, with the rows that were touched, and a heap of the pivots
  // that are still to be subtracted.
  std::vector<Residue> dense_;
  std::vector<char> is_touched_;
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint32_t> due_;
};

}  // namespace rapporteur::disclosure
