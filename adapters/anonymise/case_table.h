// A register's cases, counted along hierarchies of codes.
//
// An atom is a combination of leaf codes that is counted; a cell is a combination of codes, one an
// axis, and the sum of the atoms below it. Only cells that hold an atom exist. Hierarchies need not
// be trees: a code is a set of leaves, and may say which other codes add up to it.
//
// Threads: any, once built. Units and shapes: axes, codes, leaves, atoms, cells and lines are
// numbered from 0; atoms and cells ascend by their keys, so that the same cases give the same
// numbers. Errors: a broken precondition aborts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/statistics/dimensions.h"

namespace rapporteur::anonymise {

struct Code {
  std::string code;
  std::vector<std::uint32_t> leaves;  // ascending, at least one
  std::vector<std::uint32_t> parts;   // codes that add up to it; empty: nothing does
};
struct Axis {
  Dimension dimension = Dimension::kSex;
  std::vector<Code> codes;
  std::uint32_t leaves = 0;
  std::optional<std::uint32_t> total;  // the code of all leaves
};

using Key = std::vector<std::uint16_t>;  // a code, or a leaf, for each axis

class CaseTable {
 public:
  // A sum and what adds up to it; parts without a case are left out.
  struct Line {
    std::uint32_t total = 0;
    std::vector<std::uint32_t> parts;
  };

  // `counts` by leaves; a count of 0 is an atom all the same.
  CaseTable(std::vector<Axis> axes, const std::map<Key, std::int64_t>& counts);

  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  [[nodiscard]] std::size_t atoms() const { return atom_counts_.size(); }
  [[nodiscard]] std::size_t cells() const { return cell_counts_.size(); }
  [[nodiscard]] std::int64_t count(std::uint32_t cell) const { return cell_counts_[cell]; }
  [[nodiscard]] const std::vector<std::uint32_t>& atoms_of(std::uint32_t cell) const {
    return atoms_of_[cell];
  }
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& atoms_of_cells() const {
    return atoms_of_;
  }
  [[nodiscard]] const Key& leaves_of(std::uint32_t atom) const { return atom_keys_[atom]; }
  [[nodiscard]] std::int64_t atom_count(std::uint32_t atom) const { return atom_counts_[atom]; }
  [[nodiscard]] const Key& key(std::uint32_t cell) const { return cell_keys_[cell]; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

  [[nodiscard]] std::optional<std::uint32_t> cell_at(const Key& codes) const;
  [[nodiscard]] std::optional<std::uint32_t> atom_at(const Key& leaves) const;
  // Codes of the axis that hold the leaf, ascending.
  [[nodiscard]] const std::vector<std::uint16_t>& holders(std::size_t axis,
                                                          std::uint32_t leaf) const {
    return holders_[axis][leaf];
  }
  [[nodiscard]] bool holds(std::size_t axis, std::uint32_t code, std::uint32_t leaf) const {
    return holds_[axis][code * axes_[axis].leaves + leaf] != 0;
  }

 private:
  void index_codes();
  void add_cells();
  void add_lines();
  [[nodiscard]] std::uint64_t place(const Key& key,
                                    const std::vector<std::uint64_t>& strides) const;

  std::vector<Axis> axes_;
  std::vector<std::uint64_t> code_strides_;
  std::vector<std::uint64_t> leaf_strides_;
  std::vector<std::vector<std::vector<std::uint16_t>>> holders_;  // by axis, by leaf
  std::vector<std::vector<char>> holds_;                          // by axis
  std::vector<Key> atom_keys_;
  std::vector<std::int64_t> atom_counts_;
  std::vector<Key> cell_keys_;
  std::vector<std::int64_t> cell_counts_;
  std::vector<std::vector<std::uint32_t>> atoms_of_;
  std::vector<Line> lines_;
  std::unordered_map<std::uint64_t, std::uint32_t> cell_at_;
  std::unordered_map<std::uint64_t, std::uint32_t> atom_at_;
};

}  // namespace rapporteur::anonymise
