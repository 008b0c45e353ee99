// The right edge of a growing tree in memory: append leaves, give root and proofs of what is
// recent.
//
// Units and shapes: keeps for every tile level the tile in progress and the one before it, so that
// proofs for the last 256 leaves at least (and for a whole group, see `keep_from`) need no disk.
// Memory: under 64 KiB a level plus 64 bytes a kept leaf.
// Threads: one at a time.
// Source: RFC 6962 section 2.1; C2SP tlog-tiles.
#pragma once

#include <memory>
#include <vector>

#include "store/merkle/tile.h"

namespace rapporteur::merkle {

struct Tile {
  TileId id;
  std::vector<Digest> hashes;  // kTileWidth when complete
};

class Frontier {
 public:
  Frontier();
  ~Frontier();
  Frontier(Frontier&&) noexcept;
  Frontier& operator=(Frontier&&) noexcept;
  // A copy lets a group be tried and dropped when its write fails.
  Frontier(const Frontier&);
  Frontier& operator=(const Frontier&);

  // The tree of `size` leaves whose rightmost partial tiles are `edge`, one per level that has one.
  // Error: kMalformed when they do not fit the size.
  [[nodiscard]] static Result<Frontier> restore(TreeSize size, std::span<const Tile> edge);

  [[nodiscard]] TreeSize size() const;
  void append(const Digest& leaf);
  [[nodiscard]] Digest root() const;

  // Proofs for leaves from the first of the current group on, in the tree as it is now. Shares the
  // work on the right spine between them. `first` >= size at the last begin_group().
  [[nodiscard]] std::vector<std::vector<Digest>> inclusion_proofs(LogIndex first,
                                                                  std::size_t count) const;
  // Marks where a group begins: leaves from here on can be proved without disk, up to 4,096 of
  // them.
  void begin_group();

  // Tiles completed since the last call, in the order of completion.
  [[nodiscard]] std::vector<Tile> take_completed();
  // The partial tile of each level >= 1 (level 0 is recomputed from the records), for recovery.
  [[nodiscard]] std::vector<Tile> upper_edge() const;
  // True when upper_edge() changed since begin_group().
  [[nodiscard]] bool upper_edge_changed() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::merkle
