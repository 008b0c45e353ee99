#include "broker/disclosure/cell_lattice.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "broker/rules/equal_runs.h"
#include "broker/rules/families.h"
#include "proto/base/sabotage.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::CellPool;
using rules::CellState;

constexpr std::uint32_t kFree = UINT32_MAX;  // a slot

// No population is larger; sums of so many cells stay within 64 bits.
constexpr std::int64_t kLargestCount = std::int64_t{1} << 44U;

std::uint64_t hash_beside(const Cell& cell, Dimension d, std::uint32_t code) {
  return cell.hash - CellPool::hash_term(d, cell.code(d)) + CellPool::hash_term(d, code);
}

// How much a cell says.
int rank_of(CellState state) {
  switch (state) {
    case CellState::kExact:
      return 4;
    case CellState::kBelow:
    case CellState::kAbove:
    case CellState::kAbout:
      return 3;
    case CellState::kHidden:
      return 2;
    case CellState::kMissing:
      return 1;
    case CellState::kCannotExist:
      return 0;
  }
  return 0;
}

// By code: its place among the texts of all.
std::vector<std::uint32_t> ranks_of(const CellPool& pool, Dimension d) {
  std::vector<std::uint32_t> order(pool.code_count(d));
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return pool.code(d, a) < pool.code(d, b); });
  std::vector<std::uint32_t> ranks(order.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
  return ranks;
}

bool equal_but_for(const Cell& a, const Cell& b, Dimension free) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (d != static_cast<std::size_t>(free) && a.codes[d] != b.codes[d]) return false;
  }
  return true;
}

}  // namespace

std::optional<std::int64_t> exact_count(const Cell& cell) {
  if (cell.state == CellState::kCannotExist) return 0;
  const auto largest = rules::Amount::whole(kLargestCount);
  if (!cell.exact() || !cell.amount.is_whole() || cell.amount < rules::Amount{} ||
      cell.amount > largest) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(cell.amount.millionths / rules::Amount::kPerUnit);
}

std::optional<CellLattice> CellLattice::of(CellPool pool, std::size_t most, Beside beside) {
  CellLattice lattice(std::move(pool), most, beside);
  lattice.take_codes();
  lattice.fold();
  if (!lattice.grow(0)) return std::nullopt;
  const std::size_t without_bands = lattice.cells_.size();
  if (lattice.with_parts_) lattice.add_age_bands();
  if (!lattice.grow(without_bands)) return std::nullopt;
  lattice.put_in_order();
  lattice.recall();
  return lattice;
}

void CellLattice::take_codes() {
  for (const Dimension d : rules::kPersonalDimensions) {
    total_codes_[static_cast<std::size_t>(d)] = pool_.add_code(d, "_T");
  }
  for (const std::string_view sex : rules::required_parts(Dimension::kSex)) {
    sexes_.push_back(pool_.add_code(Dimension::kSex, sex));
  }
  for (const codelists::Indicator& whole : codelists::indicators()) {
    std::vector<std::string_view> family(whole.parts.begin(), whole.parts.end());
    family.push_back(whole.code);
    const auto there = std::count_if(family.begin(), family.end(), [&](std::string_view code) {
      return pool_.position(Dimension::kIndicator, code).has_value();
    });
    // One alone gives nothing away of the others.
    if (whole.parts.empty() || there < 2) continue;
    std::vector<std::uint32_t> positions;
    for (const std::string_view code : family) {
      positions.push_back(pool_.add_code(Dimension::kIndicator, code));
    }
    indicators_beside_.resize(pool_.code_count(Dimension::kIndicator));
    for (const std::string_view part : whole.parts) {
      indicators_beside_[*pool_.position(Dimension::kIndicator, part)] = positions;
    }
  }
  indicators_beside_.resize(pool_.code_count(Dimension::kIndicator));
}

Cell CellLattice::folded(Cell cell) const {
  for (const Dimension d : rules::kPersonalDimensions) {
    if (pool_.code(d, cell) == "_Z") cell = moved(cell, d, total_code(d));
  }
  return cell;
}

// Takes the pool's cells over.
void CellLattice::fold() {
  for (const Cell& in_pool : pool_.cells()) {
    if (in_pool.source == rules::kSupersededSource) continue;
    const Cell cell = folded(in_pool);
    if (const auto known = find(cell)) {
      merge(cells_[*known], cell);
    } else {
      add(cell);
    }
  }
  for (const Cell& in_pool : pool_.cells()) {
    if (in_pool.source != rules::kSupersededSource || !exact_count(in_pool)) continue;
    Cell cell = folded(in_pool);
    cell.state = CellState::kMissing;
    if (!find(cell)) add(cell);
  }
}

void CellLattice::recall() {
  for (const Cell& cell : pool_.cells()) {
    if (cell.source != rules::kSupersededSource) continue;
    const auto count = exact_count(cell);
    const auto at = find(folded(cell));
    if (count && at && !exact_count(cells_[*at])) recalled_.push_back({*at, *count});
  }
  const auto before = [](const Recalled& a, const Recalled& b) { return a.cell < b.cell; };
  std::stable_sort(recalled_.begin(), recalled_.end(), before);
  const auto same = [](const Recalled& a, const Recalled& b) { return a.cell == b.cell; };
  recalled_.erase(std::unique(recalled_.begin(), recalled_.end(), same), recalled_.end());
}

void CellLattice::merge(Cell& known, const Cell& more) const {
  if (known.exact() && more.exact() && known.amount != more.amount) {
    known.state = CellState::kMissing;
    return;
  }
  const auto said = [](const Cell& cell) {
    return std::tuple(-rank_of(cell.state), cell.state, cell.amount, cell.published());
  };
  if (said(more) < said(known)) known = more;
}

// False when there would be too many cells.
bool CellLattice::grow(std::size_t from) {
  for (std::size_t i = from; i < cells_.size(); ++i) {
    if (cells_.size() > most_) return false;
    add_siblings(static_cast<std::uint32_t>(i));
  }
  return cells_.size() <= most_;
}

void CellLattice::add_siblings(std::uint32_t number) {
  // A copy, since the vector grows.
  const Cell cell = cells_[number];
  const auto ensure = [&](Dimension d, std::uint32_t code) {
    if (beside(cell, d, code)) return;
    Cell sibling = moved(cell, d, code);
    sibling.source = kNotSent;
    sibling.state = CellState::kMissing;
    add(sibling);
  };
  for (const Dimension d : rules::kPersonalDimensions) {
    if (cell.code(d) == total_code(d)) continue;
    if (!sabotaged("margin-missing")) ensure(d, total_code(d));
    if (d != Dimension::kSex || !with_parts_) continue;
    for (const std::uint32_t sex : sexes_) ensure(d, sex);
  }
  if (!with_parts_) return;
  for (const std::uint32_t indicator : indicators_beside_[cell.code(Dimension::kIndicator)]) {
    ensure(Dimension::kIndicator, indicator);
  }
}

// Between neighbouring limits, so that every band of a line is a sum of such.
void CellLattice::add_age_bands() {
  if (sabotaged("bands-missing")) return;
  struct NewBand {
    std::uint32_t like;
    std::uint32_t code;
  };
  std::vector<NewBand> bands;
  each_line(Dimension::kAge, [&](Line line) {
    std::vector<int> limits;
    for (const std::uint32_t cell : line) {
      const auto edge = rules::age_edge(code(Dimension::kAge, cell), cell);
      if (!edge) continue;
      limits.push_back(edge->first);
      limits.push_back(edge->end);
    }
    if (limits.empty()) return;
    limits.push_back(0);
    limits.push_back(codelists::AgeBand::kNoUpperEnd);
    std::sort(limits.begin(), limits.end());
    limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
    for (std::size_t i = 0; i + 1 < limits.size(); ++i) {
      const bool there = std::any_of(line.begin(), line.end(), [&](std::uint32_t cell) {
        const auto edge = rules::age_edge(code(Dimension::kAge, cell), cell);
        return edge && edge->first == limits[i] && edge->end == limits[i + 1];
      });
      if (there) continue;
      bands.push_back({line.front(),
                       pool_.add_code(Dimension::kAge, rules::age_code(limits[i], limits[i + 1]))});
    }
  });
  for (const NewBand& band : bands) {
    Cell cell = moved(cells_[band.like], Dimension::kAge, band.code);
    cell.source = kNotSent;
    cell.state = CellState::kMissing;
    if (!find(cell)) add(cell);
  }
}

// From the last dimension to the first, each time by counting.
void CellLattice::put_in_order() {
  if (sabotaged("cells-as-they-came")) return;
  std::vector<std::uint32_t> order(cells_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::uint32_t> ordered(order.size());
  for (std::size_t i = kDimensions; i-- > 0;) {
    const auto d = static_cast<Dimension>(i);
    if (pool_.code_count(d) < 2) continue;
    const std::vector<std::uint32_t> ranks = ranks_of(pool_, d);
    std::vector<std::uint32_t> next(ranks.size() + 1, 0);
    for (const Cell& cell : cells_) ++next[ranks[cell.code(d)] + 1];
    std::partial_sum(next.begin(), next.end(), next.begin());
    for (const std::uint32_t cell : order) ordered[next[ranks[cells_[cell].code(d)]]++] = cell;
    order.swap(ordered);
  }
  std::vector<Cell> cells;
  cells.reserve(cells_.size());
  for (const std::uint32_t cell : order) cells.push_back(cells_[cell]);
  cells_ = std::move(cells);
  std::fill(slots_.begin(), slots_.end(), kFree);
  for (std::uint32_t i = 0; i < cells_.size(); ++i) index(i);
}

void CellLattice::add(Cell cell) {
  cells_.push_back(cell);
  if (cells_.size() * 2 <= slots_.size()) {
    index(static_cast<std::uint32_t>(cells_.size() - 1));
    return;
  }
  slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), kFree);
  for (std::uint32_t i = 0; i < cells_.size(); ++i) index(i);
}

void CellLattice::index(std::uint32_t cell) {
  std::size_t slot = cells_[cell].hash & (slots_.size() - 1);
  while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = cell;
}

Cell CellLattice::moved(Cell cell, Dimension d, std::uint32_t code) const {
  cell.hash = hash_beside(cell, d, code);
  cell.codes[static_cast<std::size_t>(d)] = code;
  return cell;
}

std::optional<std::uint32_t> CellLattice::find(const Cell& cell) const {
  if (slots_.empty()) return std::nullopt;
  for (std::size_t slot = cell.hash & (slots_.size() - 1); slots_[slot] != kFree;
       slot = (slot + 1) & (slots_.size() - 1)) {
    const Cell& there = cells_[slots_[slot]];
    if (there.hash == cell.hash && there.codes == cell.codes) return slots_[slot];
  }
  return std::nullopt;
}

std::optional<std::uint32_t> CellLattice::beside(const Cell& like, Dimension d,
                                                 std::uint32_t code) const {
  return find(moved(like, d, code));
}

CellLattice::Lines CellLattice::lines_along(Dimension d) const {
  const bool personal = d != Dimension::kIndicator;
  rules::Hashed order;
  for (std::uint32_t i = 0; i < cells_.size(); ++i) {
    if (personal && cells_[i].code(d) == total_code(d)) continue;
    order.emplace_back(cells_[i].hash - CellPool::hash_term(d, cells_[i].code(d)), i);
  }
  Lines lines;
  lines.members.reserve(order.size());
  const auto equal = [&](std::uint32_t a, std::uint32_t b) {
    return equal_but_for(cells_[a], cells_[b], d);
  };
  rules::each_equal_run(order, equal, [&](auto run, auto end) {
    for (; run != end; ++run) lines.members.push_back(run->second);
    lines.ends.push_back(lines.members.size());
  });
  return lines;
}

}  // namespace rapporteur::disclosure
