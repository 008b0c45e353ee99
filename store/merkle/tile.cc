#include "store/merkle/tile.h"

#include "proto/base/check.h"

namespace rapporteur::merkle {

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

Result<Digest> TileHashReader::subtree(unsigned level, std::uint64_t index) const {
  RAPPORTEUR_CHECK(level < kTileLevels * kTileHeight);
  const unsigned above = level % kTileHeight;
  const std::uint64_t first = index << above;
  const std::uint64_t count = std::uint64_t{1} << above;
  const TileId id{level / kTileHeight, first / kTileWidth};
  const std::uint64_t offset = first % kTileWidth;
  Tile& tile = last_[id.level];
  if (tile.id != id || tile.hashes.size() < offset + count) {
    auto hashes = fetch_(id);
    if (!hashes) return tl::unexpected(hashes.error());
    tile = {id, std::move(*hashes)};
  }
  if (tile.hashes.size() < offset + count) {
    return fail(ErrorKind::kStorage, "tile is shorter than its tree", tile_path(id));
  }
  return complete_root(std::span(tile.hashes).subspan(offset, count));
}

}  // namespace rapporteur::merkle
