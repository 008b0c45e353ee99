// How much of a table can still be read: its cells, and what they tell.
//
// A cell tells the more the larger its count is (price_of in box.h). Zeros that are published tell
// nothing here: they are there either way.
// Threads: any; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/anonymise/release.h"

namespace rapporteur::anonymise {

struct Detail {
  std::size_t cells = 0;
  std::size_t published = 0;
  std::uint64_t price = 0;
  std::uint64_t price_published = 0;

  [[nodiscard]] std::size_t hidden() const { return cells - published; }
  [[nodiscard]] double cell_share() const;         // 0 to 1; of nothing all is published
  [[nodiscard]] double information_share() const;  // 0 to 1
};

struct DimensionDetail {
  Dimension dimension = Dimension::kSex;
  Detail detail;  // of cells that the dimension breaks down
};

struct ReleaseDetail {
  Detail all;
  std::vector<DimensionDetail> by_dimension;
  // Only for who may see the cases.
  std::size_t primary = 0;
  std::size_t secondary = 0;
};

[[nodiscard]] ReleaseDetail detail_of(const Release& release);

}  // namespace rapporteur::anonymise
