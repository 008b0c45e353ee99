#include "adapters/anonymise/detail.h"

#include "adapters/anonymise/box.h"

namespace rapporteur::anonymise {
namespace {

void take(Detail& detail, const ReleasedRow& row) {
  const std::uint64_t price = price_of(row.count);
  ++detail.cells;
  detail.price += price;
  if (row.hidden) return;
  ++detail.published;
  detail.price_published += price;
}

}  // namespace

double Detail::cell_share() const {
  return cells == 0 ? 1 : static_cast<double>(published) / static_cast<double>(cells);
}

double Detail::information_share() const {
  return price == 0 ? 1 : static_cast<double>(price_published) / static_cast<double>(price);
}

ReleaseDetail detail_of(const Release& release) {
  ReleaseDetail out;
  for (const Axis& axis : release.axes) out.by_dimension.push_back({axis.dimension, {}});
  for (const ReleasedSlice& slice : release.slices) {
    for (const ReleasedRow& row : slice.rows) {
      if (!row.hidden && row.count == 0) continue;
      take(out.all, row);
      for (std::size_t i = 0; i < release.axes.size(); ++i) {
        if (release.axes[i].total != row.codes[i]) take(out.by_dimension[i].detail, row);
      }
      if (row.hidden) ++(row.primary ? out.primary : out.secondary);
    }
  }
  return out;
}

}  // namespace rapporteur::anonymise
