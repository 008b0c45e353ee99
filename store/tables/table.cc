#include "store/tables/table.h"

#include <algorithm>

#include "proto/base/limits.h"
#include "store/tables/bytes.h"

namespace rapporteur::tables {
namespace {

// Holder of the cells of the entry that is being written; no log index is that large.
constexpr std::uint64_t kThisEntry = UINT64_MAX;

// Of the one cell that an erased submission keeps. A key has this hash with a chance of 2^-64, and
// then its submission is taken for one that was erased.
constexpr std::uint64_t kErasedHash = 0;

// Bytes of a cell's holder, as its place in the list of holders: 0 is the entry that wrote.
std::size_t place_bytes(std::size_t holders) {
  return holders < 0x100 ? 1 : holders < 0x10000 ? 2 : 4;
}

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::kStorage, "the database holds a damaged table", {},
              "restore the log from a verified backup");
}

}  // namespace

journal::ResourceId table_id(const TableName& name) {
  return named_id(
      {"table", name.dataflow, name.sender, name.indicator, name.ref_area, name.time_period});
}

journal::ResourceId ended_id(const TableName& name) {
  return named_id(
      {"ended", name.dataflow, name.sender, name.indicator, name.ref_area, name.time_period});
}

// index (8) || number of other holders (4) || those (8 each, ascending) || number of cells (4) ||
// key hashes (8 each, ascending) || places of the holders (1, 2 or 4 each)
Result<Table> Table::parse(std::string_view stored) {
  Table table;
  if (stored.empty()) return table;
  constexpr std::size_t kHead = kNumberBytes + 4;
  if (stored.size() < kHead) return damaged();
  const std::size_t others = read_number(stored.data() + kNumberBytes, 4);
  if (others > limits::kCellsPerTable) return damaged();
  const std::size_t cells_at = kHead + others * kNumberBytes;
  if (stored.size() < cells_at + 4) return damaged();
  const std::size_t count = read_number(stored.data() + cells_at, 4);
  const std::size_t width = place_bytes(others);
  if (count == 0 || count > limits::kCellsPerTable ||
      stored.size() != cells_at + 4 + count * (kNumberBytes + width)) {
    return damaged();
  }
  const char* const hashes = stored.data() + cells_at + 4;
  const char* const places = hashes + count * kNumberBytes;
  table.cells_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t place = read_number(places + i * width, width);
    if (place > others) return damaged();
    const char* const holder =
        place == 0 ? stored.data() : stored.data() + kHead + (place - 1) * kNumberBytes;
    table.cells_.push_back(
        {read_number(hashes + i * kNumberBytes, kNumberBytes), read_number(holder, kNumberBytes)});
  }
  // Cells of one hash are ordered by place; the entry that wrote comes last by index.
  for (std::size_t i = 1; i < count; ++i) {
    if (table.cells_[i].hash < table.cells_[i - 1].hash) return damaged();
  }
  std::sort(table.cells_.begin(), table.cells_.end());
  return table;
}

std::vector<LogIndex> Table::erased() const {
  return find(kErasedHash);
}

std::vector<LogIndex> Table::holders() const {
  std::vector<LogIndex> out = all_holders();
  for (const LogIndex gone : erased()) std::erase(out, gone);
  return out;
}

std::vector<LogIndex> Table::all_holders() const {
  std::vector<LogIndex> out;
  for (const Cell& cell : cells_) {
    if (cell.holder != kThisEntry) out.push_back(LogIndex{cell.holder});
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<LogIndex> Table::find(std::uint64_t key_hash) const {
  std::vector<LogIndex> out;
  auto cell = std::lower_bound(cells_.begin(), cells_.end(), Cell{key_hash, 0});
  for (; cell != cells_.end() && cell->hash == key_hash; ++cell) {
    if (cell->holder != kThisEntry) out.push_back(LogIndex{cell->holder});
  }
  return out;
}

bool Table::holds(std::uint64_t key_hash, LogIndex holder) const {
  return std::binary_search(cells_.begin(), cells_.end(), Cell{key_hash, holder.value});
}

bool Table::remove(LogIndex holder) {
  return std::erase_if(cells_, [&](const Cell& cell) { return cell.holder == holder.value; }) > 0;
}

bool Table::erase(LogIndex holder) {
  if (!remove(holder)) return false;
  cells_.insert(cells_.begin(), Cell{kErasedHash, holder.value});
  std::inplace_merge(cells_.begin(), cells_.begin() + 1, cells_.end());
  return true;
}

Status Table::insert(std::span<const std::uint64_t> key_hashes) {
  std::vector<Cell> grown = cells_;
  grown.reserve(cells_.size() + key_hashes.size());
  for (const std::uint64_t hash : key_hashes) grown.push_back({hash, kThisEntry});
  const auto added = grown.begin() + static_cast<std::ptrdiff_t>(cells_.size());
  std::sort(added, grown.end());
  std::inplace_merge(grown.begin(), added, grown.end());
  grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
  if (grown.size() > limits::kCellsPerTable) {
    return fail(ErrorKind::kRefused,
                "a table holds at most " + std::to_string(limits::kCellsPerTable) + " cells");
  }
  cells_ = std::move(grown);
  return {};
}

void Table::take_over(std::span<const std::uint64_t> key_hashes, LogIndex holder) {
  std::vector<std::uint64_t> taken(key_hashes.begin(), key_hashes.end());
  std::sort(taken.begin(), taken.end());
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  std::vector<Cell> left;
  for (const Cell& cell : cells_) {
    if (!std::binary_search(taken.begin(), taken.end(), cell.hash)) left.push_back(cell);
  }
  for (const std::uint64_t hash : taken) left.push_back({hash, holder.value});
  std::sort(left.begin(), left.end());
  cells_ = std::move(left);
  while (cells_.size() > limits::kCellsPerTable) remove(all_holders().front());
}

std::string Table::encode() const {
  std::string out;
  if (cells_.empty()) return out;
  const std::vector<LogIndex> others = all_holders();
  const std::size_t width = place_bytes(others.size());
  out.reserve(8 + others.size() * kNumberBytes + cells_.size() * (kNumberBytes + width));
  append_number(out, others.size(), 4);
  for (const LogIndex& holder : others) append_number(out, holder.value, kNumberBytes);
  append_number(out, cells_.size(), 4);
  for (const Cell& cell : cells_) append_number(out, cell.hash, kNumberBytes);
  for (const Cell& cell : cells_) {
    std::size_t place = 0;
    if (cell.holder != kThisEntry) {
      const auto found = std::lower_bound(others.begin(), others.end(), LogIndex{cell.holder});
      place = static_cast<std::size_t>(found - others.begin()) + 1;
    }
    append_number(out, place, width);
  }
  return out;
}

}  // namespace rapporteur::tables
