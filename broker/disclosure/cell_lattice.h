// The cells of a table with those that nobody sent but anybody can add up.
//
// Beside what is public stand: every margin of it along personal dimensions; and, unless only
// margins are asked for, the parts that a total needs (SEX F and M; both summands of VIC_REG where
// more than one of the three is there), and of ages the bands between neighbouring limits of those
// of their line. Never the dense cross of the
// dimensions: only lines that hold a part grow. _Z of a personal dimension counts as _T.
//
// What was published and is in force no more stands here, too, if nothing else is public under its
// key; its count is in `recalled()`.
//
// Units and shapes: cells stand in ascending order of their codes' texts, dimension by dimension in
// the order of the key: the same whatever the order of rows. Of a key that is public twice the
// better known one stands here; two different numbers are as good as none.
// Threads: any, once it is made. Lifetime: borrows the submission's set, as the pool does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "broker/rules/cells.h"
#include "broker/rules/relations.h"

namespace rapporteur::disclosure {

// A count as far as it is known exactly: of a number that is one, and 0 of what cannot exist.
[[nodiscard]] std::optional<std::int64_t> exact_count(const rules::Cell& cell);

// The source of a cell that nobody sent.
inline constexpr std::uint32_t kNotSent = UINT32_MAX - 1;

class CellLattice {
 public:
  enum class Beside { kMarginsAndParts, kMargins };
  // `pool` is settled. Empty if more than `most` cells were to stand in it.
  [[nodiscard]] static std::optional<CellLattice> of(rules::CellPool pool, std::size_t most,
                                                     Beside beside = Beside::kMarginsAndParts);

  [[nodiscard]] const rules::CellPool& pool() const { return pool_; }
  [[nodiscard]] const std::vector<rules::Cell>& cells() const { return cells_; }
  [[nodiscard]] std::string_view code(Dimension d, std::uint32_t cell) const {
    return pool_.code(d, cells_[cell]);
  }
  // Position of _T; of personal dimensions only.
  [[nodiscard]] std::uint32_t total_code(Dimension d) const {
    return total_codes_[static_cast<std::size_t>(d)];
  }
  // The cell that differs from `like` in that dimension alone.
  [[nodiscard]] std::optional<std::uint32_t> beside(const rules::Cell& like, Dimension d,
                                                    std::uint32_t code) const;
  [[nodiscard]] rules::Cell moved(rules::Cell cell, Dimension d, std::uint32_t code) const;
  [[nodiscard]] std::optional<std::uint32_t> find(const rules::Cell& cell) const;

  // Of a cell without an exact count the one that was public of it.
  struct Recalled {
    std::uint32_t cell = 0;
    std::int64_t count = 0;
  };
  // Ascending cells.
  [[nodiscard]] const std::vector<Recalled>& recalled() const { return recalled_; }

  // Calls `use` with each margin of the cell that stands here: for each non-empty choice of the
  // dimensions that break it down the cell at their totals.
  template <typename Use>
  void each_margin(const rules::Cell& cell, const Use& use) const {
    std::vector<Dimension> broken_down;
    for (const Dimension d : rules::kPersonalDimensions) {
      if (cell.code(d) != total_code(d)) broken_down.push_back(d);
    }
    for (std::uint32_t choice = 1; choice < 1U << broken_down.size(); ++choice) {
      rules::Cell margin = cell;
      for (std::size_t i = 0; i < broken_down.size(); ++i) {
        if ((choice >> i & 1U) != 0)
          margin = moved(margin, broken_down[i], total_code(broken_down[i]));
      }
      if (const auto found = find(margin)) use(*found);
    }
  }

  // The parts of a line: ascending cells that are equal but for the dimension, without its total.
  // Of INDICATOR all cells are parts. Lines come in an order of no meaning.
  using Line = std::span<const std::uint32_t>;
  template <typename Use>
  void each_line(Dimension d, const Use& use) const {
    const Lines lines = lines_along(d);
    std::size_t begin = 0;
    for (const std::size_t end : lines.ends) {
      use(Line(lines.members).subspan(begin, end - begin));
      begin = end;
    }
  }

 private:
  struct Lines {
    std::vector<std::uint32_t> members;
    std::vector<std::size_t> ends;
  };

  CellLattice(rules::CellPool pool, std::size_t most, Beside beside)
      : pool_(std::move(pool)), most_(most), with_parts_(beside == Beside::kMarginsAndParts) {}
  void take_codes();
  void fold();
  void recall();
  // With _Z of personal dimensions as _T.
  [[nodiscard]] rules::Cell folded(rules::Cell cell) const;
  void merge(rules::Cell& known, const rules::Cell& more) const;
  [[nodiscard]] bool grow(std::size_t from);
  void add_siblings(std::uint32_t cell);
  void add_age_bands();
  void put_in_order();
  void add(rules::Cell cell);
  void index(std::uint32_t cell);
  [[nodiscard]] Lines lines_along(Dimension d) const;

  rules::CellPool pool_;
  std::size_t most_;
  bool with_parts_;
  std::vector<rules::Cell> cells_;
  std::vector<std::uint32_t> slots_;  // by hash, open addressing
  std::vector<Recalled> recalled_;
  std::array<std::uint32_t, kDimensions> total_codes_{};
  std::vector<std::uint32_t> sexes_;
  // By indicator: those of its equation that must stand beside it.
  std::vector<std::vector<std::uint32_t>> indicators_beside_;
};

}  // namespace rapporteur::disclosure
