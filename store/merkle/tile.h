// Tiles: 256 hashes of one level in one piece, as C2SP tlog-tiles cuts the tree.
//
// Tile (tile_level, n) holds the subtree hashes of level 8 * tile_level with indices
// [256 n, 256 n + width), width 1 to 256.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
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

// Every complete subtree within one tile, hashed once.
class ExpandedTile {
 public:
  explicit ExpandedTile(std::vector<Digest> hashes);
  [[nodiscard]] std::size_t width() const { return rows_.front().size(); }
  // Over the 2^`above` hashes from `offset` on, all of them within the width.
  [[nodiscard]] const Digest& subtree(unsigned above, std::uint64_t offset) const {
    return rows_[above][offset >> above];
  }

 private:
  std::array<std::vector<Digest>, kTileHeight + 1> rows_;
};

// The tiles of level 1 and up that were read last: most of what a proof would hash is in them, and
// few of them serve many entries. At most kTiles of 16 KiB.
//
// What is kept of a partial tile is right for ever, as trees only grow. Threads: any, at once.
class TileCache {
 public:
  static constexpr std::size_t kTiles = 256;
  // Null: not here, or not that wide when it was read.
  [[nodiscard]] std::shared_ptr<const ExpandedTile> find(TileId id, std::size_t width) const;
  void put(TileId id, std::shared_ptr<const ExpandedTile> tile);

 private:
  struct Slot {
    TileId id;
    std::shared_ptr<const ExpandedTile> tile;
  };
  [[nodiscard]] static std::size_t slot_of(TileId id);
  mutable std::mutex mutex_;
  std::array<Slot, kTiles> slots_;
};

// Reads subtree hashes out of tiles: takes the tile of the next lower multiple of 8 and hashes up.
// `fetch` gives the hashes of a tile, at least as many as the tree needs; the last tile of each
// level is kept, so that one proof fetches a tile once. `cache`, which outlives it, may be null.
//
// Threads: one at a time; make one for each proof or caller. Errors: those of `fetch`; kStorage
// when a tile is shorter than the tree needs.
class TileHashReader final : public HashReader {
 public:
  using Fetch = std::function<Result<std::vector<Digest>>(TileId)>;
  explicit TileHashReader(Fetch fetch, TileCache* cache = nullptr)
      : fetch_(std::move(fetch)), cache_(cache) {}
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const override;

 private:
  [[nodiscard]] Result<Digest> cached(TileId id, unsigned above, std::uint64_t offset) const;

  Fetch fetch_;
  TileCache* cache_;
  mutable std::array<Tile, kTileLevels> last_;
};

}  // namespace rapporteur::merkle
