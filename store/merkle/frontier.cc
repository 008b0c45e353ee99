#include "store/merkle/frontier.h"

#include <bit>
#include <utility>

#include "proto/base/check.h"

namespace rapporteur::merkle {
namespace {

// First node of a level that a proof of a leaf from `leaf` on, or the root, can ask for.
std::uint64_t first_needed(std::uint64_t leaf, unsigned level) {
  return (leaf >> level) & ~std::uint64_t{1};
}

}  // namespace

Result<Frontier> Frontier::restore(TreeSize size, std::span<const Tile> edge) {
  Frontier out;
  out.size_ = out.group_begin_ = size.value;
  const auto levels = static_cast<unsigned>(std::bit_width(size.value));
  out.partial_.resize((levels + kTileHeight - 1) / kTileHeight);
  for (const Tile& tile : edge) {
    const std::uint64_t width = partial_width(size, tile.id.level);
    if (tile.id.level >= out.partial_.size() || tile.hashes.size() != width || width == 0 ||
        tile.id.number != (size.value >> (tile.id.level * kTileHeight)) / kTileWidth ||
        !out.partial_[tile.id.level].empty()) {
      return fail(
          ErrorKind::kMalformed,
          "tile does not belong to the edge of a tree of size " + std::to_string(size.value),
          "tile of level " + std::to_string(tile.id.level));
    }
    out.partial_[tile.id.level] = tile.hashes;
  }
  out.levels_.resize(levels);
  for (unsigned level = 0; level < levels; ++level) {
    out.levels_[level].first = first_needed(size.value, level);
    if (((size.value >> level) & 1U) == 0) continue;
    const std::vector<Digest>& tile = out.partial_[level / kTileHeight];
    const std::size_t count = std::size_t{1} << (level % kTileHeight);
    if (tile.size() < count) {
      return fail(ErrorKind::kMalformed,
                  "the edge of a tree of size " + std::to_string(size.value) + " lacks its tile",
                  "tile of level " + std::to_string(level / kTileHeight));
    }
    const std::size_t end = tile.size() / count * count;
    out.levels_[level].hashes.push_back(complete_root(std::span(tile).subspan(end - count, count)));
  }
  return out;
}

void Frontier::add(unsigned level, const Digest& hash) {
  if (level >= levels_.size()) levels_.resize(level + 1);
  levels_[level].hashes.push_back(hash);
  if (level % kTileHeight != 0) return;
  const unsigned tile_level = level / kTileHeight;
  if (tile_level >= partial_.size()) partial_.resize(tile_level + 1);
  std::vector<Digest>& tile = partial_[tile_level];
  tile.push_back(hash);
  if (tile.size() < kTileWidth) return;
  completed_.push_back({{tile_level, (size_ >> level) / kTileWidth}, std::move(tile)});
  tile.clear();
}

void Frontier::append(const Digest& leaf) {
  RAPPORTEUR_CHECK(size_ != UINT64_MAX);
  Digest hash = leaf;
  unsigned level = 0;
  // A node with an odd index completes its parent.
  for (; ((size_ >> level) & 1U) != 0; ++level) {
    add(level, hash);
    hash = node_hash(complete(level, (size_ >> level) - 1), hash);
  }
  add(level, hash);
  ++size_;
}

const Digest& Frontier::complete(unsigned level, std::uint64_t index) const {
  const Level& kept = levels_[level];
  RAPPORTEUR_CHECK(index >= kept.first && index - kept.first < kept.hashes.size());
  return kept.hashes[index - kept.first];
}

Frontier::Spine Frontier::spine() const {
  Spine out{static_cast<unsigned>(std::countr_zero(size_)), {}};
  Digest hash = complete(out.lowest, (size_ >> out.lowest) - 1);
  out.hashes.push_back(hash);
  const std::uint64_t last_leaf = size_ - 1;
  for (unsigned level = out.lowest; (last_leaf >> level) != 0; ++level) {
    const std::uint64_t last = last_leaf >> level;
    if ((last & 1U) != 0) hash = node_hash(complete(level, last - 1), hash);
    out.hashes.push_back(hash);
  }
  return out;
}

Digest Frontier::root() const {
  return size_ == 0 ? empty_root() : spine().hashes.back();
}

void Frontier::begin_group() {
  group_begin_ = size_;
  for (unsigned level = 0; level < levels_.size(); ++level) {
    Level& kept = levels_[level];
    const std::uint64_t first = first_needed(size_, level);
    kept.hashes.erase(kept.hashes.begin(),
                      kept.hashes.begin() + static_cast<std::ptrdiff_t>(first - kept.first));
    kept.first = first;
  }
}

std::vector<std::vector<Digest>> Frontier::inclusion_proofs(LogIndex first,
                                                            std::size_t count) const {
  std::vector<std::vector<Digest>> proofs(count);
  if (count == 0) return proofs;
  RAPPORTEUR_CHECK(first.value >= group_begin_ && first.value < size_ &&
                   count <= size_ - first.value);
  const Spine right = spine();
  const std::uint64_t last_leaf = size_ - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t leaf = first.value + i;
    std::vector<Digest>& proof = proofs[i];
    proof.reserve(static_cast<std::size_t>(std::bit_width(last_leaf)));
    for (unsigned level = 0; (last_leaf >> level) != 0; ++level) {
      const std::uint64_t sibling = (leaf >> level) ^ 1U;
      const std::uint64_t last = last_leaf >> level;
      if (sibling < last || (sibling == last && level < right.lowest)) {
        proof.push_back(complete(level, sibling));
      } else if (sibling == last) {
        proof.push_back(right.hashes[level - right.lowest]);
      }
    }
  }
  return proofs;
}

std::vector<Tile> Frontier::take_completed() {
  return std::exchange(completed_, {});
}

std::vector<Tile> Frontier::edge_from(unsigned tile_level) const {
  std::vector<Tile> out;
  for (unsigned level = tile_level; level < partial_.size(); ++level) {
    if (partial_[level].empty()) continue;
    out.push_back({{level, (size_ >> (level * kTileHeight)) / kTileWidth}, partial_[level]});
  }
  return out;
}

std::vector<Tile> Frontier::edge() const {
  return edge_from(0);
}

std::vector<Tile> Frontier::upper_edge() const {
  return edge_from(1);
}

bool Frontier::upper_edge_changed() const {
  return group_begin_ / kTileWidth != size_ / kTileWidth;
}

}  // namespace rapporteur::merkle
