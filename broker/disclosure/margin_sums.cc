#include "broker/disclosure/margin_sums.h"

#include <algorithm>
#include <bit>

#include "broker/rules/relations.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::CellPool;

constexpr std::uint32_t kNoSum = UINT32_MAX;

}  // namespace

MarginSums::MarginSums(const std::vector<Cell>& cells, rules::DimensionMask level, std::size_t most)
    : cells_(cells),
      level_(level),
      slots_(std::bit_ceil(2 * std::max<std::size_t>(most, 1)), kNoSum) {
  for (const Dimension d : rules::kPersonalDimensions) {
    if ((level & rules::mask_of(d)) != 0) dimensions_.push_back(d);
  }
}

void MarginSums::add(const MarginSums& finer) {
  std::vector<Dimension> left_out;
  for (const Dimension d : finer.dimensions_) {
    if ((level_ & rules::mask_of(d)) == 0) left_out.push_back(d);
  }
  for (const Sum& sum : finer.sums_) {
    std::uint64_t hash = sum.hash;
    for (const Dimension d : left_out) hash -= CellPool::hash_term(d, cells_[sum.like].code(d));
    add(hash, sum.like, sum.count);
  }
}

std::int64_t MarginSums::of(const Cell& cell) const {
  const std::uint32_t sum = slots_[slot_of(hash_of(cell), cell)];
  return sum == kNoSum ? 0 : sums_[sum].count;
}

bool MarginSums::same_as(const MarginSums& other) const {
  return within(other) && other.within(*this);
}

bool MarginSums::within(const MarginSums& other) const {
  return std::all_of(sums_.begin(), sums_.end(), [&](const Sum& sum) {
    return sum.count == 0 || other.of(cells_[sum.like]) == sum.count;
  });
}

void MarginSums::add(std::uint64_t hash, std::uint32_t like, std::int64_t count) {
  std::uint32_t& sum = slots_[slot_of(hash, cells_[like])];
  if (sum == kNoSum) {
    sum = static_cast<std::uint32_t>(sums_.size());
    sums_.push_back({hash, like, 0});
  }
  sums_[sum].count += count;
}

std::uint64_t MarginSums::hash_of(const Cell& cell) const {
  std::uint64_t hash = 0;
  for (const Dimension d : dimensions_) hash += CellPool::hash_term(d, cell.code(d));
  return hash;
}

std::size_t MarginSums::slot_of(std::uint64_t hash, const Cell& like) const {
  const auto is_like = [&](const Sum& sum) {
    return sum.hash == hash &&
           std::all_of(dimensions_.begin(), dimensions_.end(),
                       [&](Dimension d) { return cells_[sum.like].code(d) == like.code(d); });
  };
  std::size_t slot = hash & (slots_.size() - 1);
  while (slots_[slot] != kNoSum && !is_like(sums_[slots_[slot]])) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

}  // namespace rapporteur::disclosure
