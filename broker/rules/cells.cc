#include "broker/rules/cells.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "broker/rules/equal_runs.h"

namespace rapporteur::rules {
namespace {

CellState state_without_number(std::string_view status) {
  if (status == "Q") return CellState::kHidden;
  if (status == "M") return CellState::kCannotExist;
  return CellState::kMissing;
}

CellState state_with_number(std::string_view qualifier) {
  if (qualifier == "<") return CellState::kBelow;
  if (qualifier == ">") return CellState::kAbove;
  if (qualifier == "~") return CellState::kAbout;
  return CellState::kExact;
}

// What the rows of a set say of their counts: each code is looked at once, not once a row.
class ValueReader {
 public:
  explicit ValueReader(const ObservationSet& set)
      : set_(set),
        statuses_(set.column(Attribute::kObsStatus)),
        qualifiers_(set.column(Attribute::kValueQualifier)),
        multipliers_(set.column(Attribute::kUnitMult)) {
    for (const auto& code : statuses_.codes) without_.push_back(state_without_number(code));
    for (const auto& code : qualifiers_.codes) with_.push_back(state_with_number(code));
    for (const auto& code : multipliers_.codes) powers_.push_back(multiplier_power(code));
  }

  void read(std::size_t row, Cell& cell) const {
    cell.state = without_[statuses_.index(row)];
    const std::optional<Decimal>& value = set_.value(row);
    const auto power = powers_[multipliers_.index(row)];
    if (!value || !power) return;
    const auto amount = Amount::of(*value, *power);
    if (!amount) return;
    cell.amount = *amount;
    cell.state = with_[qualifiers_.index(row)];
  }

 private:
  const ObservationSet& set_;
  const Column& statuses_;
  const Column& qualifiers_;
  const Column& multipliers_;
  std::vector<CellState> without_;
  std::vector<CellState> with_;
  std::vector<std::optional<int>> powers_;
};

// The finalizer of splitmix64: spreads positions over 64 bits.
std::uint64_t spread(std::uint64_t word) {
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

std::uint64_t term_of(std::size_t dimension, std::uint32_t code) {
  return spread((static_cast<std::uint64_t>(dimension + 1) << 32U) + code);
}

std::uint64_t hash_without(const Cell& cell, DimensionMask free) {
  std::uint64_t hash = cell.hash;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if ((free >> d & 1U) != 0) hash -= term_of(d, cell.codes[d]);
  }
  return hash;
}

bool same_but_for(const Cell& a, const Cell& b, DimensionMask free) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if ((free >> d & 1U) == 0 && a.codes[d] != b.codes[d]) return false;
  }
  return true;
}

}  // namespace

std::uint32_t CellPool::place(std::size_t dimension, std::string_view code, bool copy) {
  Dictionary& dictionary = dictionaries_[dimension];
  const auto found = dictionary.positions.find(code);
  if (found != dictionary.positions.end()) return found->second;
  const auto next = static_cast<std::uint32_t>(dictionary.codes.size());
  if (copy) code = copied_codes_.emplace_back(code);
  dictionary.codes.push_back(code);
  dictionary.positions.emplace(code, next);
  return next;
}

std::uint32_t CellPool::add_code(Dimension d, std::string_view code) {
  return place(static_cast<std::size_t>(d), code, true);
}

std::uint64_t CellPool::hash_term(Dimension d, std::uint32_t position) {
  return term_of(static_cast<std::size_t>(d), position);
}

void CellPool::add(const ObservationSet& set, std::uint32_t source) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    for (const std::string& code : set.column(static_cast<Dimension>(d)).codes) {
      static_cast<void>(place(d, code, false));
    }
  }
  std::vector<std::uint32_t> rows(set.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const std::size_t first = cells_.size();
  add_rows(set, rows, source);
  for (std::uint32_t row = 0; row < rows.size(); ++row) cells_[first + row].row = row;
}

void CellPool::add_published(const ObservationSet& set, Rows rows) {
  add_rows(set, rows, kPublishedSource);
}

void CellPool::add_ended(const ObservationSet& set, Rows rows) {
  add_rows(set, rows, kSupersededSource);
}

// Only codes that these rows have get a place.
void CellPool::add_rows(const ObservationSet& set, Rows rows, std::uint32_t source) {
  constexpr std::uint32_t kNone = UINT32_MAX;
  struct Placed {
    std::uint32_t position = kNone;
    std::uint64_t term = 0;
  };
  if (rows.empty()) return;
  Cell like;
  like.source = source;
  std::vector<std::size_t> varied;
  std::array<std::vector<Placed>, kDimensions> placed;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const Column& column = set.column(static_cast<Dimension>(d));
    if (column.codes.size() > 1) {
      placed[d].resize(column.codes.size());
      varied.push_back(d);
      continue;
    }
    like.codes[d] = place(d, column.codes.front(), true);
    like.hash += term_of(d, like.codes[d]);
  }
  const ValueReader values(set);
  cells_.reserve(cells_.size() + rows.size());
  for (const std::uint32_t row : rows) {
    Cell& cell = cells_.emplace_back(like);
    for (const std::size_t d : varied) {
      const Column& column = set.column(static_cast<Dimension>(d));
      Placed& one = placed[d][column.index(row)];
      if (one.position == kNone) {
        one.position = place(d, column.code(row), true);
        one.term = term_of(d, one.position);
      }
      cell.codes[d] = one.position;
      // A sum, so that a dimension can be taken out again.
      cell.hash += one.term;
    }
    values.read(row, cell);
  }
}

void CellPool::settle_repeated() {
  std::vector<bool> replaced(cells_.size(), false);
  each_group(0, [&](Group group) {
    const auto own = std::count_if(group.begin(), group.end(), [&](std::uint32_t position) {
      return !cells_[position].published();
    });
    bool ended = false;
    for (const std::uint32_t position : group) {
      if (cells_[position].source == kSupersededSource) {
        replaced[position] = std::exchange(ended, true);
      } else if (cells_[position].published()) {
        replaced[position] = own > 0;
      } else if (own > 1) {
        cells_[position].state = CellState::kMissing;
      }
    }
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (!replaced[i]) cells_[kept++] = cells_[i];
  }
  cells_.resize(kept);
}

std::string CellPool::key_text(const Cell& cell) const {
  std::string text;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (d > 0) text += '.';
    text += code(static_cast<Dimension>(d), cell);
  }
  return text;
}

std::optional<std::uint32_t> CellPool::position(Dimension d, std::string_view code) const {
  const auto& positions = dictionary(d).positions;
  const auto found = positions.find(code);
  if (found == positions.end()) return std::nullopt;
  return found->second;
}

CellPool::Groups CellPool::group(DimensionMask free) const {
  Hashed order;
  order.reserve(cells_.size());
  for (std::uint32_t i = 0; i < cells_.size(); ++i) {
    order.emplace_back(hash_without(cells_[i], free), i);
  }
  Groups groups;
  groups.members.reserve(cells_.size());
  const auto equal = [&](std::uint32_t a, std::uint32_t b) {
    return same_but_for(cells_[a], cells_[b], free);
  };
  each_equal_run(order, equal, [&](auto run, auto end) {
    if (end - run < 2) return;
    for (; run != end; ++run) groups.members.push_back(run->second);
    groups.ends.push_back(groups.members.size());
  });
  return groups;
}

}  // namespace rapporteur::rules
