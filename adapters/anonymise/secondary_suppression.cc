#include "adapters/anonymise/secondary_suppression.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "broker/disclosure/elimination.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::Column;
using disclosure::Elimination;
using disclosure::Residue;
using disclosure::Term;

// A fixed factor of a row, one of two that look random.
Residue weight(std::uint32_t row, std::uint64_t which) {
  std::uint64_t bits = (std::uint64_t{row} + which) * 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return Residue::of(static_cast<std::int64_t>(bits >> 3U));
}

// Two weighted sums of a column. Proportional columns have the same ratio; others hardly ever.
struct Sums {
  Residue first;
  Residue second;

  static Sums of(std::span<const Term> column) {
    Sums sums;
    for (const Term& term : column) {
      sums.first = sums.first.plus(term.factor.times(weight(term.row, 1)));
      sums.second = sums.second.plus(term.factor.times(weight(term.row, UINT64_C(1) << 40U)));
    }
    return sums;
  }
  void subtract(Residue factor, const Sums& other) {
    first = first.minus(factor.times(other.first));
    second = second.minus(factor.times(other.second));
  }
  [[nodiscard]] std::uint64_t ratio() const {
    return second.zero() ? Residue::kPrime : first.times(second.inverse()).value();
  }
};

bool proportional(const Column& one, const Column& other) {
  if (one.size() != other.size()) return false;
  const Residue one_first = one.front().factor;
  const Residue other_first = other.front().factor;
  return std::ranges::equal(one, other, [&](const Term& a, const Term& b) {
    return a.row == b.row && a.factor.times(other_first) == b.factor.times(one_first);
  });
}

// What is left of the primaries, as more and more is published.
class Primaries {
 public:
  explicit Primaries(const SuppressionTask& task)
      : all_(task.primaries.size()), with_row_(task.incidence.atoms) {
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
      all_[i].left = disclosure::column_of(task.incidence.atoms_of[task.primaries[i]]);
      all_[i].sums = Sums::of(all_[i].left);
      for (const Term& term : all_[i].left) with_row_[term.row].push_back(i);
      remember(i);
    }
  }

  // Whether publishing what is left of a cell would give one of them away.
  [[nodiscard]] bool given_away_by(const Column& left) const {
    const auto [begin, end] = by_ratio_.equal_range(Sums::of(left).ratio());
    return std::any_of(begin, end,
                       [&](const auto& one) { return proportional(all_[one.second].left, left); });
  }

  // The row of a column that the fewest of them hold.
  [[nodiscard]] std::uint32_t row_for(const Column& left) const {
    return std::ranges::min_element(left, {},
                                    [&](const Term& term) { return with_row_[term.row].size(); })
        ->row;
  }

  // After `pivot`, solved for `row`, was published.
  void published(const Column& pivot, std::uint32_t row) {
    const Sums sums = Sums::of(pivot);
    for (const std::uint32_t i : std::exchange(with_row_[row], {})) {
      const auto holds = std::ranges::lower_bound(all_[i].left, row, {}, &Term::row);
      if (holds == all_[i].left.end() || holds->row != row) continue;
      forget(i);
      const Residue factor = holds->factor;
      subtract(i, factor, pivot);
      all_[i].sums.subtract(factor, sums);
      remember(i);
    }
  }

  [[nodiscard]] bool disclosed(std::size_t i) const { return all_[i].left.empty(); }

 private:
  struct Primary {
    Column left;
    Sums sums;
    std::uint64_t ratio = 0;
  };

  void subtract(std::uint32_t i, Residue factor, const Column& pivot) {
    Column out;
    out.reserve(all_[i].left.size() + pivot.size());
    auto mine = all_[i].left.cbegin();
    const auto end = all_[i].left.cend();
    for (const Term& term : pivot) {
      for (; mine != end && mine->row < term.row; ++mine) out.push_back(*mine);
      const bool both = mine != end && mine->row == term.row;
      const Residue before = both ? mine->factor : Residue();
      const Residue after = before.minus(factor.times(term.factor));
      if (both) ++mine;
      if (!after.zero()) out.push_back({term.row, after});
      if (!both) with_row_[term.row].push_back(i);
    }
    out.insert(out.end(), mine, end);
    all_[i].left = std::move(out);
  }
  void remember(std::uint32_t i) {
    if (all_[i].left.empty()) return;
    all_[i].ratio = all_[i].sums.ratio();
    by_ratio_.emplace(all_[i].ratio, i);
  }
  void forget(std::uint32_t i) {
    auto [begin, end] = by_ratio_.equal_range(all_[i].ratio);
    by_ratio_.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == i; }));
  }

  std::vector<Primary> all_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> by_ratio_;
  // May name one that holds the row no more.
  std::vector<std::vector<std::uint32_t>> with_row_;
};

}  // namespace

Suppression suppress(const SuppressionTask& task) {
  Suppression out;
  out.hidden.assign(task.incidence.atoms_of.size(), 0);
  for (const std::uint32_t primary : task.primaries) out.hidden[primary] = 1;
  Elimination published(task.incidence.atoms);
  Primaries primaries(task);
  for (std::size_t i = 0; i < task.order.size(); ++i) {
    const std::uint32_t cell = task.order[i];
    if (out.hidden[cell] != 0) continue;
    Column left = published.reduced(disclosure::column_of(task.incidence.atoms_of[cell]));
    if (left.empty()) continue;
    if (i >= task.forced && primaries.given_away_by(left)) {
      out.hidden[cell] = 1;
      continue;
    }
    const std::uint32_t row = primaries.row_for(left);
    published.publish(std::move(left), row);
    primaries.published(published.newest(), row);
  }
  for (std::size_t i = 0; i < task.primaries.size(); ++i) {
    if (primaries.disclosed(i)) out.disclosed.push_back(task.primaries[i]);
  }
  return out;
}

}  // namespace rapporteur::anonymise
