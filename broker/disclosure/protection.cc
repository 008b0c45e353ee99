#include "broker/disclosure/protection.h"

#include <algorithm>
#include <bit>

#include "broker/rules/relations.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::disclosure {

using rules::Amount;
using rules::Cell;
using rules::CellState;

bool Interval::strictly_inside(const Interval& other) const {
  const bool most_inside = !other.most || (most && *most <= *other.most);
  return least >= other.least && most_inside && *this != other;
}

Interval interval_of(const Cell& cell) {
  const Amount one = Amount::whole(1);
  if (cell.state == CellState::kBelow) {
    return {Amount::whole(0), cell.amount.minus(one)};
  }
  if (cell.state == CellState::kAbove) {
    return {cell.amount.plus(one).value_or(cell.amount), std::nullopt};
  }
  return {cell.amount, cell.amount};
}

bool has_protected_indicator(const rules::Submission& submission) {
  const auto& indicators = submission.observations.column(Dimension::kIndicator).codes;
  return std::any_of(indicators.begin(), indicators.end(), [](const std::string& code) {
    const codelists::Indicator* indicator = codelists::find_indicator(code);
    return indicator != nullptr && indicator->is_protected;
  });
}

Protection::Protection(const rules::CellPool& pool, const rules::Policy& policy)
    : pool_(pool), depth_from_(policy.depth_from) {
  for (const Dimension d : rules::kPersonalDimensions) {
    auto& breaks_down = breaks_down_[static_cast<std::size_t>(d)];
    for (std::uint32_t i = 0; i < pool.code_count(d); ++i) {
      breaks_down.push_back(rules::is_total_or_none(pool.code(d, i)) ? 0 : 1);
    }
  }
  for (std::uint32_t i = 0; i < pool.code_count(Dimension::kIndicator); ++i) {
    const auto* indicator = codelists::find_indicator(pool.code(Dimension::kIndicator, i));
    protected_indicator_.push_back(indicator != nullptr && indicator->is_protected ? 1 : 0);
  }
}

bool Protection::is_protected(const Cell& cell) const {
  if (protected_indicator_[cell.code(Dimension::kIndicator)] == 0) return false;
  return static_cast<std::uint32_t>(std::popcount(broken_down(cell))) >= depth_from_;
}

rules::DimensionMask Protection::broken_down(const Cell& cell) const {
  rules::DimensionMask mask = 0;
  for (const Dimension d : rules::kPersonalDimensions) {
    if (breaks_down_[static_cast<std::size_t>(d)][cell.code(d)] != 0) mask |= rules::mask_of(d);
  }
  return mask;
}

MarginKey Protection::margin_key(const Cell& cell) const {
  MarginKey key = cell.codes;
  for (const Dimension d : rules::kPersonalDimensions) {
    const auto i = static_cast<std::size_t>(d);
    if (breaks_down_[i][cell.codes[i]] == 0) key[i] = kMargin;
  }
  return key;
}

std::string Protection::breakdown_text(const Cell& cell) const {
  std::string text;
  for (const Dimension d : rules::kPersonalDimensions) {
    if (breaks_down_[static_cast<std::size_t>(d)][cell.code(d)] == 0) continue;
    if (!text.empty()) text += ' ';
    text.append(name(d)).append("=").append(pool_.code(d, cell));
  }
  return text;
}

}  // namespace rapporteur::disclosure
