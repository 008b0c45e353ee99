#include "broker/disclosure/elimination.h"

#include <algorithm>
#include <functional>

#include "proto/base/check.h"

namespace rapporteur::disclosure {

Column column_of(std::span<const std::uint32_t> atoms) {
  Column column;
  column.reserve(atoms.size());
  for (const std::uint32_t atom : atoms) column.push_back({atom, Residue::of(1)});
  return column;
}

Elimination::Elimination(std::size_t rows)
    : pivot_of_row_(rows, kNone), dense_(rows), is_touched_(rows, 0) {}

void Elimination::queue(std::uint32_t row) {
  if (is_touched_[row] != 0) return;
  is_touched_[row] = 1;
  touched_.push_back(row);
  if (pivot_of_row_[row] == kNone) return;
  due_.push_back(pivot_of_row_[row]);
  std::push_heap(due_.begin(), due_.end(), std::greater{});
}

void Elimination::scatter(std::span<const Term> column) {
  for (const Term& term : column) {
    RAPPORTEUR_CHECK(term.row < dense_.size());
    dense_[term.row] = term.factor;
    queue(term.row);
  }
}

void Elimination::subtract(const Pivot& pivot) {
  const Residue factor = dense_[pivot.row];
  if (factor.zero()) return;
  multiplications_ += pivot.column.size();
  for (const Term& term : pivot.column) {
    dense_[term.row] = dense_[term.row].minus(factor.times(term.factor));
    queue(term.row);
  }
}

Column Elimination::gather() {
  std::sort(touched_.begin(), touched_.end());
  Column column;
  for (const std::uint32_t row : touched_) {
    if (!dense_[row].zero()) column.push_back({row, dense_[row]});
    dense_[row] = Residue();
    is_touched_[row] = 0;
  }
  touched_.clear();
  return column;
}

Column Elimination::reduced(std::span<const Term> column) {
  scatter(column);
  // A pivot's column holds no row of those before it: what was taken out does not come back.
  while (!due_.empty()) {
    std::pop_heap(due_.begin(), due_.end(), std::greater{});
    const Pivot& pivot = pivots_[due_.back()];
    due_.pop_back();
    subtract(pivot);
  }
  return gather();
}

void Elimination::publish(Column left, std::uint32_t row) {
  const auto solved =
      std::lower_bound(left.begin(), left.end(), row,
                       [](const Term& term, std::uint32_t at) { return term.row < at; });
  RAPPORTEUR_CHECK(solved != left.end() && solved->row == row && pivot_of_row_[row] == kNone);
  const Residue inverse = solved->factor.inverse();
  for (Term& term : left) term.factor = term.factor.times(inverse);
  multiplications_ += left.size();
  pivot_of_row_[row] = static_cast<std::uint32_t>(pivots_.size());
  pivots_.push_back({row, std::move(left)});
}

}  // namespace rapporteur::disclosure
