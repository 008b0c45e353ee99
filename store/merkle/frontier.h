// The right edge of a growing tree in memory: append leaves, give the root and the proofs of a
// group's leaves.
//
// Units and shapes: keeps of every tree level the hashes that proofs of the current group need, and
// of every tile level the tile in progress. Memory: under 8 KiB a tile level and 64 bytes a leaf of
// the current group.
// Threads: one at a time.
// Lifetime: a value. A group is tried on a copy that becomes the frontier when its write succeeded;
// copied between begin_group() and the first append it is some tens of kilobytes.
// Source: RFC 6962 section 2.1; C2SP tlog-tiles.
#pragma once

#include <vector>

#include "store/merkle/tile.h"

namespace rapporteur::merkle {

class Frontier {
 public:
  Frontier() = default;

  // The tree of `size` leaves whose rightmost partial tiles are `edge`, one for each level that has
  // one, in any order. Begins a group.
  // Error: kMalformed when they do not fit the size.
  [[nodiscard]] static Result<Frontier> restore(TreeSize size, std::span<const Tile> edge);

  [[nodiscard]] TreeSize size() const { return TreeSize{size_}; }
  void append(const Digest& leaf);
  [[nodiscard]] Digest root() const;

  // Leaves from here on can be proved; drops what only earlier ones needed.
  void begin_group();
  [[nodiscard]] LogIndex group_begin() const { return LogIndex{group_begin_}; }
  // Proofs for `count` leaves from `first` on, in the tree as it is now. `first` not before
  // group_begin(), the last one below size().
  [[nodiscard]] std::vector<std::vector<Digest>> inclusion_proofs(LogIndex first,
                                                                  std::size_t count) const;

  // Tiles completed since the last call, in the order of completion.
  [[nodiscard]] std::vector<Tile> take_completed();
  // The partial tile of each level that has one, by level: all that restore() needs.
  [[nodiscard]] std::vector<Tile> edge() const;
  // The same without level 0, which is computed again from the records.
  [[nodiscard]] std::vector<Tile> upper_edge() const;
  // True when upper_edge() changed since begin_group().
  [[nodiscard]] bool upper_edge_changed() const;

 private:
  // Complete subtrees of one tree level from index `first` on, without gaps.
  struct Level {
    std::uint64_t first = 0;
    std::vector<Digest> hashes;
  };

  [[nodiscard]] const Digest& complete(unsigned level, std::uint64_t index) const;
  [[nodiscard]] std::vector<Tile> edge_from(unsigned tile_level) const;
  void add(unsigned level, const Digest& hash);
  // Of each level from that of the smallest peak up: the hash of everything from the last node's
  // first leaf to the end of the tree. Below that level all nodes are complete. Size at least 1.
  struct Spine {
    unsigned lowest = 0;
    std::vector<Digest> hashes;
  };
  [[nodiscard]] Spine spine() const;

  std::uint64_t size_ = 0;
  std::uint64_t group_begin_ = 0;
  std::vector<Level> levels_;
  std::vector<std::vector<Digest>> partial_;  // of each tile level
  std::vector<Tile> completed_;
};

}  // namespace rapporteur::merkle
