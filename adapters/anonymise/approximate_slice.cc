#include "adapters/anonymise/approximate_slice.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "adapters/anonymise/rounding/controlled_rounding.h"
#include "adapters/anonymise/slice_release.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

// By cell. The key of a cell is the sum of those of its atoms, as these are of their cases.
std::vector<std::int64_t> perturbed(const CaseTable& table, const PerturbationTable& perturbation,
                                    const CaseSlice& slice) {
  std::vector<std::uint64_t> keys;
  for (std::uint32_t atom = 0; atom < table.atoms(); ++atom) {
    keys.push_back(slice.keys.at(table.leaves_of(atom)));
  }
  std::vector<std::int64_t> out;
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    std::uint64_t key = sabotaged("cell-key-of-the-place") ? std::uint64_t{cell} << 56U : 0;
    for (const std::uint32_t atom : table.atoms_of(cell)) key += keys[atom];
    out.push_back(perturbation.perturbed(table.count(cell), key));
  }
  return out;
}

Deviation moved_by(const CaseTable& table, const std::vector<std::int64_t>& counts) {
  Deviation out;
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    const std::int64_t by = std::abs(counts[cell] - table.count(cell));
    ++out.cells;
    out.sum += by;
    out.largest = std::max(out.largest, by);
  }
  for (const CaseTable::Line& line : table.lines()) {
    std::int64_t rest = counts[line.total];
    for (const std::uint32_t part : line.parts) rest -= counts[part];
    ++out.sums;
    if (rest != 0) ++out.sums_broken;
  }
  return out;
}

// A code that only cells have that became nothing is not told by a 0 either.
void leave_out_codes_without(const std::map<Key, ReleasedRow>& positive,
                             std::map<Key, ReleasedRow>& rows) {
  std::set<std::pair<std::size_t, std::uint16_t>> there;
  for (const auto& [key, row] : positive) {
    for (std::size_t i = 0; i < key.size(); ++i) there.emplace(i, key[i]);
  }
  std::erase_if(rows, [&](const auto& one) {
    for (std::size_t i = 0; i < one.first.size(); ++i) {
      if (!there.contains({i, one.first[i]})) return true;
    }
    return false;
  });
}

}  // namespace

Result<ReleasedSlice> approximate_slice(const Spec& spec, const std::vector<Axis>& axes,
                                        const std::optional<PerturbationTable>& perturbation,
                                        const CaseSlice& slice) {
  if (auto fits = check_size(axes, slice.counts); !fits) return tl::unexpected(fits.error());
  const CaseTable table(axes, slice.counts);
  std::vector<std::int64_t> counts;
  if (perturbation) {
    counts = perturbed(table, *perturbation, slice);
  } else {
    auto result = rounded(table, spec.round);
    if (!result) return tl::unexpected(result.error());
    counts = std::move(*result);
  }
  ReleasedSlice out;
  out.area = slice.area;
  out.period = slice.period;
  out.deviation = moved_by(table, counts);
  std::map<Key, ReleasedRow> rows;
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    if (counts[cell] == 0 && !sabotaged("became-nothing-told")) continue;
    rows.emplace(table.key(cell), ReleasedRow{table.key(cell), counts[cell], false, false, false});
  }
  const std::map<Key, ReleasedRow> positive = rows;
  add_zeros(axes, spec.depth_from, rows);
  leave_out_codes_without(positive, rows);
  for (auto& [key, row] : rows) out.rows.push_back(std::move(row));
  return out;
}

}  // namespace rapporteur::anonymise
