#include "broker/rules/waivers.h"

#include <algorithm>

#include "proto/statistics/waived_cell.h"

namespace rapporteur::rules {

std::optional<std::uint64_t> WaivedRows::waiver_of(std::size_t row) const {
  if (waivers_.empty()) return std::nullopt;
  known_.resize(observations_.rows());
  auto& known = known_[row];
  if (known) return *known;
  known.emplace(std::nullopt);
  const Digest hash = waived_cell_hash(observations_, row);
  for (const Waiver& waiver : waivers_) {
    if (!std::binary_search(waiver.cells->begin(), waiver.cells->end(), hash)) continue;
    *known = waiver.index;
    break;
  }
  return *known;
}

WaivedBy WaivedRows::all(std::span<const std::uint32_t> rows) const {
  WaivedBy by;
  for (const std::uint32_t row : rows) {
    const auto waiver = waiver_of(row);
    if (!waiver) return {};
    by.push_back(*waiver);
  }
  std::sort(by.begin(), by.end());
  by.erase(std::unique(by.begin(), by.end()), by.end());
  return by;
}

}  // namespace rapporteur::rules
