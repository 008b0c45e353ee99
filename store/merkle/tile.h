// Tiles: 256 hashes of one level in one piece, as C2SP tlog-tiles cuts the tree.
//
// Tile (tile_level, n) holds the subtree hashes of level 8 * tile_level with indices
// [256 n, 256 n + width), width 1 to 256.
#pragma once

#include <functional>
#include <optional>

#include "store/merkle/tree.h"

namespace rapporteur::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;

struct TileId {
  unsigned level = 0;
  std::uint64_t number = 0;
  auto operator<=>(const TileId&) const = default;
};

// "tile/0/x001/x234/067" and ".p/W" for a partial tile: C2SP tlog-tiles.
[[nodiscard]] std::string tile_path(TileId id, std::uint64_t width = kTileWidth);

// Reads subtree hashes out of tiles: fetches the tile of the next lower multiple of 8 and hashes
// up. `fetch` gives the hashes of a tile, at least as many as the tree needs. Threads: as `fetch`.
class TileHashReader final : public HashReader {
 public:
  using Fetch = std::function<Result<std::vector<Digest>>(TileId)>;
  explicit TileHashReader(Fetch fetch) : fetch_(std::move(fetch)) {}
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const override;

 private:
  Fetch fetch_;
};

}  // namespace rapporteur::merkle
