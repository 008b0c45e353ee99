// Bytes of the files of an exported log: pure, no I/O.
//
// A bundle belongs to 256 consecutive entries; the last one of a tree may be partial. `width` is
// the number of entries, 1 to merkle::kTileWidth.
// Errors: kNotVerified for bytes that are not what such a file holds, without a place: the caller
// knows the file. Source: C2SP tlog-tiles; FORMAT.md, "Exported tiles" and "Exported records".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/merkle/tile.h"

namespace rapporteur::exports {

// How many hashes or entries the tile or bundle (level, number) has in a tree of `size`; 0 when it
// has no such tile.
[[nodiscard]] std::uint64_t tile_width(TreeSize size, merkle::TileId id);
// "x001/234" below a folder, and ".p/W" behind it when partial.
[[nodiscard]] std::string bundle_path(std::string_view folder, std::uint64_t number,
                                      std::uint64_t width);

// A file that holds more than `width` of them is good for the first `width`.
[[nodiscard]] Result<std::vector<Digest>> parse_tile(std::string_view bytes, std::uint64_t width);
// Each entry behind its length in two bytes, big-endian. Entries of this log have 33.
[[nodiscard]] std::string leaf_bundle(std::span<const merkle::LeafEntry> leaves);
[[nodiscard]] Result<std::vector<merkle::LeafEntry>> parse_leaf_bundle(std::string_view bytes,
                                                                       std::uint64_t width);

// Each part behind its length in four bytes, big-endian.
void append_frame(std::string& bundle, std::string_view first, std::string_view second = {});
// Calls `use` with each part; the views live as long as `bytes`. Error too when `use` has one.
[[nodiscard]] Status for_each_frame(std::string_view bytes,
                                    const std::function<Status(std::string_view)>& use);

// What stands in the file `export` beside the tiles.
struct RecordsMark {
  TreeSize size;
  bool bodies = false;
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static Result<RecordsMark> parse(std::string_view text);
};

}  // namespace rapporteur::exports
