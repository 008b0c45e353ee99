#include "store/merkle/tile.h"

#include "proto/base/check.h"

namespace rapporteur::merkle {
namespace {

tl::unexpected<Error> too_short(TileId id) {
  return fail(ErrorKind::kStorage, "tile is shorter than its tree", tile_path(id));
}

}  // namespace

std::string tile_path(TileId id, std::uint64_t width) {
  RAPPORTEUR_CHECK(width >= 1 && width <= kTileWidth);
  constexpr std::uint64_t kGroup = 1000;
  const auto three_digits = [](std::uint64_t value) {
    std::string digits = std::to_string(value);
    return digits.insert(0, 3 - digits.size(), '0');
  };
  std::string number = three_digits(id.number % kGroup);
  for (std::uint64_t rest = id.number / kGroup; rest != 0; rest /= kGroup) {
    number.insert(0, "x" + three_digits(rest % kGroup) + "/");
  }
  std::string path = "tile/" + std::to_string(id.level) + "/" + number;
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

std::uint64_t partial_width(TreeSize size, unsigned tile_level) {
  if (tile_level >= kTileLevels) return 0;
  return (size.value >> (tile_level * kTileHeight)) % kTileWidth;
}

ExpandedTile::ExpandedTile(std::vector<Digest> hashes) {
  rows_[0] = std::move(hashes);
  for (std::size_t above = 1; above < rows_.size(); ++above) {
    const std::vector<Digest>& below = rows_[above - 1];
    rows_[above].reserve(below.size() / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      rows_[above].push_back(node_hash(below[i], below[i + 1]));
    }
  }
}

// Those of level 1 do not push out the few above them.
std::size_t TileCache::slot_of(TileId id) {
  constexpr std::size_t kAbove = 16;
  constexpr std::size_t kOfLevelOne = kTiles - kAbove;
  return id.level == 1 ? id.number % kOfLevelOne : kOfLevelOne + (id.number + id.level) % kAbove;
}

std::shared_ptr<const ExpandedTile> TileCache::find(TileId id, std::size_t width) const {
  const std::lock_guard lock(mutex_);
  const Slot& slot = slots_[slot_of(id)];
  return slot.tile != nullptr && slot.id == id && slot.tile->width() >= width ? slot.tile : nullptr;
}

void TileCache::put(TileId id, std::shared_ptr<const ExpandedTile> tile) {
  const std::lock_guard lock(mutex_);
  slots_[slot_of(id)] = {id, std::move(tile)};
}

Result<Digest> TileHashReader::cached(TileId id, unsigned above, std::uint64_t offset) const {
  const std::size_t width = offset + (std::size_t{1} << above);
  auto tile = cache_->find(id, width);
  if (tile == nullptr) {
    auto hashes = fetch_(id);
    if (!hashes) return tl::unexpected(hashes.error());
    if (hashes->size() < width) return too_short(id);
    tile = std::make_shared<const ExpandedTile>(std::move(*hashes));
    cache_->put(id, tile);
  }
  return tile->subtree(above, offset);
}

Result<Digest> TileHashReader::subtree(unsigned level, std::uint64_t index) const {
  RAPPORTEUR_CHECK(level < kTileLevels * kTileHeight);
  const unsigned above = level % kTileHeight;
  const std::uint64_t first = index << above;
  const std::uint64_t count = std::uint64_t{1} << above;
  const TileId id{level / kTileHeight, first / kTileWidth};
  const std::uint64_t offset = first % kTileWidth;
  if (cache_ != nullptr && id.level > 0) return cached(id, above, offset);
  Tile& tile = last_[id.level];
  if (tile.id != id || tile.hashes.size() < offset + count) {
    auto hashes = fetch_(id);
    if (!hashes) return tl::unexpected(hashes.error());
    tile = {id, std::move(*hashes)};
  }
  if (tile.hashes.size() < offset + count) return too_short(id);
  return complete_root(std::span(tile.hashes).subspan(offset, count));
}

}  // namespace rapporteur::merkle
