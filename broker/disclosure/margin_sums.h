// Figures added up over some dimensions.
//
// A level is a set of personal dimensions: those along which a figure is broken down. Figures of
// one level are told apart by their codes in its dimensions alone; all others are equal to each
// other.
//
// Threads: one while it is filled. Lifetime: borrows the cells.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "broker/rules/cells.h"

namespace rapporteur::disclosure {

class MarginSums {
 public:
  struct Sum {
    std::uint64_t hash = 0;
    std::uint32_t like = 0;  // a cell with its codes
    std::int64_t count = 0;
  };

  MarginSums(const std::vector<rules::Cell>& cells, rules::DimensionMask level, std::size_t most);

  [[nodiscard]] rules::DimensionMask level() const { return level_; }
  // Of the figure or margin at this level that the cell lies in.
  void add(std::uint32_t cell, std::int64_t count) { add(hash_of(cells_[cell]), cell, count); }
  void add(const MarginSums& finer);
  // 0 where nothing was added.
  [[nodiscard]] std::int64_t of(const rules::Cell& cell) const;
  [[nodiscard]] std::span<const Sum> sums() const { return sums_; }
  // Whatever adds up to nothing is as good as not there.
  [[nodiscard]] bool same_as(const MarginSums& other) const;

 private:
  void add(std::uint64_t hash, std::uint32_t like, std::int64_t count);
  [[nodiscard]] std::uint64_t hash_of(const rules::Cell& cell) const;
  // The slot of the sum, or a free one.
  [[nodiscard]] std::size_t slot_of(std::uint64_t hash, const rules::Cell& like) const;
  [[nodiscard]] bool within(const MarginSums& other) const;

  const std::vector<rules::Cell>& cells_;
  rules::DimensionMask level_;
  std::vector<Dimension> dimensions_;
  std::vector<Sum> sums_;
  std::vector<std::uint32_t> slots_;  // open addressing
};

}  // namespace rapporteur::disclosure
