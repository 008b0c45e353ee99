#include "store/rocks/layout.h"

#include "proto/base/check.h"

namespace rapporteur::rocks::layout {
namespace {

constexpr char kTimeTag = 0x08;  // field 1, varint

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorKind::kStorage, std::string("the database holds a damaged ") + what, {},
              "restore the log from a verified backup");
}

}  // namespace

NumberBytes number(std::uint64_t value) {
  NumberBytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(value >> (56 - 8 * i) & 0xFFU);
  }
  return bytes;
}

Result<std::uint64_t> parse_number(std::string_view bytes) {
  if (bytes.size() != 8) return damaged("number");
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::string message_key(const journal::MessageKey& key) {
  std::string out = key.sender;
  out += '\0';
  out += key.id.view();
  return out;
}

std::string table_key(const journal::ResourceId& table) {
  const NumberBytes high = number(table.high);
  const NumberBytes low = number(table.low);
  std::string out(high.begin(), high.end());
  return out.append(low.begin(), low.end());
}

std::string tile_key(merkle::TileId id) {
  const NumberBytes within = number(id.number);
  std::string out(1, static_cast<char>(id.level));
  return out.append(within.begin(), within.end());
}

Result<std::vector<Digest>> unpack_tile(std::string_view packed) {
  if (packed.size() % Digest::kBytes != 0 || packed.size() > merkle::kTileWidth * Digest::kBytes) {
    return damaged("tile");
  }
  std::vector<Digest> out(packed.size() / Digest::kBytes);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = *Digest::from(packed.substr(i * Digest::kBytes, Digest::kBytes));
  }
  return out;
}

std::string encode_edge(std::span<const merkle::Tile> tiles) {
  std::string out;
  for (const merkle::Tile& tile : tiles) {
    RAPPORTEUR_CHECK(!tile.hashes.empty() && tile.hashes.size() < merkle::kTileWidth);
    out += tile_key(tile.id);
    out += static_cast<char>(tile.hashes.size());
    out += merkle::pack(tile.hashes);
  }
  return out;
}

Result<std::vector<merkle::Tile>> decode_edge(std::string_view bytes) {
  constexpr std::size_t kHead = 1 + 8 + 1;
  std::vector<merkle::Tile> tiles;
  while (!bytes.empty()) {
    if (bytes.size() < kHead) return damaged("tree edge");
    const std::size_t size = static_cast<unsigned char>(bytes[kHead - 1]) * Digest::kBytes;
    if (size == 0 || bytes.size() - kHead < size) return damaged("tree edge");
    merkle::Tile tile;
    tile.id.level = static_cast<unsigned char>(bytes[0]);
    tile.id.number = *parse_number(bytes.substr(1, 8));
    tile.hashes = *unpack_tile(bytes.substr(kHead, size));
    tiles.push_back(std::move(tile));
    bytes.remove_prefix(kHead + size);
  }
  return tiles;
}

std::string erased_key(LogIndex by) {
  const NumberBytes index = number(by.value);
  return std::string(kErasedPrefix).append(index.begin(), index.end());
}

std::string encode_indices(std::span<const LogIndex> indices) {
  std::string out;
  for (const LogIndex index : indices) {
    const NumberBytes bytes = number(index.value);
    out.append(bytes.begin(), bytes.end());
  }
  return out;
}

Result<std::vector<LogIndex>> decode_indices(std::string_view bytes) {
  if (bytes.size() % sizeof(std::uint64_t) != 0) return damaged("list of erasures");
  std::vector<LogIndex> out;
  for (; !bytes.empty(); bytes.remove_prefix(sizeof(std::uint64_t))) {
    out.push_back({*parse_number(bytes.substr(0, sizeof(std::uint64_t)))});
  }
  return out;
}

std::string time_prefix(std::uint64_t time_ms) {
  std::string out(1, kTimeTag);
  while (time_ms >= 0x80) {
    out += static_cast<char>((time_ms & 0x7FU) | 0x80U);
    time_ms >>= 7U;
  }
  out += static_cast<char>(time_ms);
  return out;
}

bool has_time_prefix(std::string_view record) {
  return !record.empty() && record.front() == kTimeTag;
}

Result<std::uint64_t> parse_time_prefix(std::string_view record) {
  if (!has_time_prefix(record)) return damaged("record");
  std::uint64_t value = 0;
  for (std::size_t i = 1; i < record.size() && i <= 10; ++i) {
    const auto byte = static_cast<unsigned char>(record[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * (i - 1));
    if ((byte & 0x80U) == 0) return value;
  }
  return damaged("record");
}

}  // namespace rapporteur::rocks::layout
