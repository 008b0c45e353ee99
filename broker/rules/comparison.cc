#include "broker/rules/comparison.h"

#include <algorithm>

#include "proto/base/check.h"

namespace rapporteur::rules {

bool Comparison::concerns(Cells cells) const {
  const Cell* own = nullptr;
  for (const Cell* cell : cells) {
    if (cell->published()) continue;
    if (scope_ == Scope::kSubmission) return true;
    if (own != nullptr && own->source != cell->source) return true;
    own = cell;
  }
  return false;
}

WaivedBy Comparison::waived_by(Cells cells) const {
  WaivedBy by;
  for (const Cell* cell : cells) {
    if (cell->published()) continue;
    const WaivedRows* waived = sources_[cell->source].waived;
    const auto waiver = waived == nullptr ? std::nullopt : waived->waiver_of(cell->row);
    if (!waiver) return {};
    by.push_back(*waiver);
  }
  std::sort(by.begin(), by.end());
  by.erase(std::unique(by.begin(), by.end()), by.end());
  return by;
}

const Cell& Comparison::representative(Cells cells) const {
  const Cell* first = nullptr;
  std::string first_key;
  for (const Cell* cell : cells) {
    if (cell->published()) continue;
    std::string key = pool_.key_text(*cell);
    if (first != nullptr && first_key <= key) continue;
    first = cell;
    first_key = std::move(key);
  }
  RAPPORTEUR_CHECK(first != nullptr);
  return *first;
}

}  // namespace rapporteur::rules
