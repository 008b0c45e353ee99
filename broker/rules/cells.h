// Cells of several observation sets side by side, with codes as small integers, for the rules that
// compare cells: totals, neighbours, earlier years.
//
// Units and shapes: a code is a position in the pool's dictionary of its dimension; equal codes of
// different sets have equal positions.
// Threads: one while it is filled. Lifetime: borrows the sets of `add`; copies what it needs of
// published rows, which live only while they are visited.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/rules/amount.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::rules {

using DimensionMask = std::uint32_t;
[[nodiscard]] constexpr DimensionMask mask_of(Dimension dimension) {
  return DimensionMask{1} << static_cast<std::size_t>(dimension);
}

// Where a cell stands: in the submission with that number, or in what is published already.
inline constexpr std::uint32_t kPublishedSource = UINT32_MAX;
// In what was published and is in force no more, but may have been kept by whoever received it.
inline constexpr std::uint32_t kSupersededSource = UINT32_MAX - 2;

enum class CellState : std::uint8_t {
  kExact,        // a number
  kBelow,        // fewer than `amount`
  kAbove,        // more than `amount`
  kAbout,        // about `amount`
  kMissing,      // no number: O L K H
  kHidden,       // no number: Q
  kCannotExist,  // no number: M
};

struct Cell {
  std::array<std::uint32_t, kDimensions> codes{};
  std::uint64_t hash = 0;  // of the codes; a sum of one term a dimension
  std::uint32_t row = 0;   // from 0, in the set of a submission; of no meaning when published
  std::uint32_t source = 0;
  CellState state = CellState::kMissing;
  Amount amount;  // with multiplier; of no meaning without a number

  [[nodiscard]] std::uint32_t code(Dimension d) const { return codes[static_cast<std::size_t>(d)]; }
  [[nodiscard]] bool has_number() const { return state <= CellState::kAbout; }
  [[nodiscard]] bool exact() const { return state == CellState::kExact; }
  [[nodiscard]] bool published() const {
    return source == kPublishedSource || source == kSupersededSource;
  }
};

class CellPool {
 public:
  // All cells of one submission. A number that cannot be held exactly counts as missing.
  void add(const ObservationSet& set, std::uint32_t source);
  void add_published(const ObservationSet& set, Rows rows);
  void add_ended(const ObservationSet& set, Rows rows);
  // Takes published cells out where a submission gives the key anew: that one is judged. Takes the
  // numbers from cells whose key occurs twice in the submissions: which of them holds is not for a
  // comparison to say. Of ended cells of one key only the first stays, beside what is in force.
  void settle_repeated();

  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }
  [[nodiscard]] std::size_t code_count(Dimension d) const { return dictionary(d).codes.size(); }
  [[nodiscard]] std::string_view code(Dimension d, std::uint32_t position) const {
    return dictionary(d).codes[position];
  }
  [[nodiscard]] std::string_view code(Dimension d, const Cell& cell) const {
    return code(d, cell.code(d));
  }
  // The codes joined by '.', in the order of the dimensions.
  [[nodiscard]] std::string key_text(const Cell& cell) const;
  // Takes a code up that no cell has; its position, also of one that is there.
  std::uint32_t add_code(Dimension d, std::string_view code);
  // The code's term in the hash of a cell.
  [[nodiscard]] static std::uint64_t hash_term(Dimension d, std::uint32_t position);
  // Position of a code that some cell has.
  [[nodiscard]] std::optional<std::uint32_t> position(Dimension d, std::string_view code) const;

  // Positions (in `cells()`) of cells that are equal in all dimensions but those of `free`, group
  // after group; only groups of two or more.
  using Group = std::span<const std::uint32_t>;
  template <typename Use>
  void each_group(DimensionMask free, const Use& use) const {
    const Groups groups = group(free);
    std::size_t begin = 0;
    for (const std::size_t end : groups.ends) {
      use(Group(groups.members).subspan(begin, end - begin));
      begin = end;
    }
  }

 private:
  struct Dictionary {
    std::vector<std::string_view> codes;
    std::unordered_map<std::string_view, std::uint32_t> positions;
  };
  struct Groups {
    std::vector<std::uint32_t> members;
    std::vector<std::size_t> ends;
  };
  [[nodiscard]] const Dictionary& dictionary(Dimension d) const {
    return dictionaries_[static_cast<std::size_t>(d)];
  }
  void add_rows(const ObservationSet& set, Rows rows, std::uint32_t source);
  [[nodiscard]] std::uint32_t place(std::size_t dimension, std::string_view code, bool copy);
  [[nodiscard]] Groups group(DimensionMask free) const;

  std::array<Dictionary, kDimensions> dictionaries_;
  std::deque<std::string> copied_codes_;  // a deque, so that views of them stay valid
  std::vector<Cell> cells_;
};

}  // namespace rapporteur::rules
