// Tiles: 256 hashes of one level in one piece, as C2SP tlog-tiles cuts the tree.
//
// Tile (tile_level, n) holds the subtree hashes of level 8 * tile_level with indices
// [256 n, 256 n + width), width 1 to 256.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/merkle/tree.h"

namespace rapporteur::merkle {

inline constexpr unsigned kTileHeight = 8;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileLevels = 8;

struct TileId {
  unsigned level = 0;
  std::uint64_t number = 0;
  auto operator<=>(const TileId&) const = default;
};

struct Tile {
  TileId id;
  std::vector<Digest> hashes;  // kTileWidth when complete
};

// "tile/0/x001/x234/067", and ".p/W" behind it for a partial tile. `width` 1 to kTileWidth.
// Source: C2SP tlog-tiles.
[[nodiscard]] std::string tile_path(TileId id, std::uint64_t width = kTileWidth);

// Width of the rightmost partial tile of a level in a tree of `size`; 0 when the level has none.
[[nodiscard]] std::uint64_t partial_width(TreeSize size, unsigned tile_level);

// Reads subtree hashes out of tiles: takes the tile of the next lower multiple of 8 and hashes up.
// `fetch` gives the hashes of a tile, at least as many as the tree needs; the last tile of each
// level is kept, so that one proof fetches a tile once.
//
// Threads: one at a time; make one for each proof or caller. Errors: those of `fetch`; kStorage
// when a tile is shorter than the tree needs.
class TileHashReader final : public HashReader {
 public:
  using Fetch = std::function<Result<std::vector<Digest>>(TileId)>;
  explicit TileHashReader(Fetch fetch) : fetch_(std::move(fetch)) {}
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const override;

 private:
  Fetch fetch_;
  mutable std::array<Tile, kTileLevels> last_;
};

}  // namespace rapporteur::merkle
