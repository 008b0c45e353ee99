// Bytes of keys and values in the database: pure, no I/O. FORMAT.md, "Database layout".
//
// Units and shapes: numbers are big-endian, so that the order of keys is the order of numbers.
// Errors: kStorage for stored bytes that are not what was written.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "store/journal/journal.h"
#include "store/merkle/tile.h"

namespace rapporteur::rocks::layout {

// Keys of the default family.
inline constexpr std::string_view kVerifierKey = "verifier key";  // C2SP text
inline constexpr std::string_view kEdgeKey = "edge";              // encode_edge
// Before the index of an entry that erases; the value is encode_indices of what it erases.
inline constexpr std::string_view kErasedPrefix = "erased/";

using NumberBytes = std::array<char, 8>;
[[nodiscard]] NumberBytes number(std::uint64_t value);
[[nodiscard]] Result<std::uint64_t> parse_number(std::string_view bytes);

// sender || 0 || id
[[nodiscard]] std::string message_key(const journal::MessageKey& key);
// high || low
[[nodiscard]] std::string table_key(const journal::ResourceId& table);
// level in one byte || number
[[nodiscard]] std::string tile_key(merkle::TileId id);

// The hashes of a tile, packed as merkle::pack does; at most kTileWidth.
[[nodiscard]] Result<std::vector<Digest>> unpack_tile(std::string_view packed);

// The partial tiles of levels >= 1: for each its key, its width in one byte and its hashes.
[[nodiscard]] std::string encode_edge(std::span<const merkle::Tile> tiles);
[[nodiscard]] Result<std::vector<merkle::Tile>> decode_edge(std::string_view bytes);

[[nodiscard]] std::string erased_key(LogIndex by);
[[nodiscard]] std::string encode_indices(std::span<const LogIndex> indices);
[[nodiscard]] Result<std::vector<LogIndex>> decode_indices(std::string_view bytes);

// Field 1 (time_ms) of a v1.Record, which append puts in front of a record and nobody else.
[[nodiscard]] std::string time_prefix(std::uint64_t time_ms);
[[nodiscard]] Result<std::uint64_t> parse_time_prefix(std::string_view record);
[[nodiscard]] bool has_time_prefix(std::string_view record);

}  // namespace rapporteur::rocks::layout
