#include "broker/rules/comparison.h"

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
