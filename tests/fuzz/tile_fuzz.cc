// Stored tiles from any bytes: what is read is written as it was, and an edge either does not fit a
// tree of that size or gives a tree that grows. The first eight bytes are the size.
#include <algorithm>
#include <cstdint>

#include "proto/base/check.h"
#include "store/merkle/frontier.h"
#include "store/rocks/layout.h"

namespace {

using namespace rapporteur;

void restore(TreeSize size, std::vector<merkle::Tile> edge) {
  // The tile of level 0 is not among what is stored.
  const std::vector<Digest> leaves(merkle::partial_width(size, 0));
  if (!leaves.empty()) edge.push_back({{0, size.value / merkle::kTileWidth}, leaves});
  auto tree = merkle::Frontier::restore(size, edge);
  if (!tree) {
    RAPPORTEUR_CHECK(tree.error().kind == ErrorKind::kMalformed);
    return;
  }
  std::ranges::sort(edge, {}, &merkle::Tile::id);
  const auto same = [](const merkle::Tile& a, const merkle::Tile& b) {
    return a.id == b.id && a.hashes == b.hashes;
  };
  RAPPORTEUR_CHECK(std::ranges::equal(tree->edge(), edge, same));
  const Digest before = tree->root();
  if (size.value == UINT64_MAX) return;
  tree->append({});
  RAPPORTEUR_CHECK(tree->root() != before);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto tile = rocks::layout::unpack_tile(bytes)) {
    RAPPORTEUR_CHECK(tile->size() <= merkle::kTileWidth);
    RAPPORTEUR_CHECK(tile->size() * Digest::kBytes == size);
  }
  const auto tree_size =
      rocks::layout::parse_number(bytes.substr(0, std::min<std::size_t>(size, 8)));
  if (!tree_size) return 0;
  const auto edge = rocks::layout::decode_edge(bytes.substr(8));
  if (!edge) return 0;
  RAPPORTEUR_CHECK(rocks::layout::encode_edge(*edge) == bytes.substr(8));
  restore(TreeSize{*tree_size}, *edge);
  return 0;
}
