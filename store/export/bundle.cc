#include "store/export/bundle.h"

#include <algorithm>

#include "proto/base/check.h"
#include "proto/base/whole_number.h"

namespace rapporteur::exports {
namespace {

constexpr std::size_t kLeafLengthBytes = 2;
constexpr std::size_t kFrameLengthBytes = 4;
constexpr std::string_view kMarkFirstLine = "rapporteur-export 1";
constexpr std::string_view kSizeKey = "size ";
constexpr std::string_view kBodiesKey = "bodies ";

void append_length(std::string& out, std::size_t length, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>((length >> (8 * i)) & 0xFFU);
}

std::size_t read_length(std::string_view bytes) {
  std::size_t length = 0;
  for (const char byte : bytes) length = (length << 8U) | static_cast<unsigned char>(byte);
  return length;
}

tl::unexpected<Error> not_as_written(std::string what) {
  return fail(ErrorKind::kNotVerified, std::move(what));
}

// The line without its line feed, taken off `rest`; empty when there is none.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::uint64_t tile_width(TreeSize size, merkle::TileId id) {
  if (id.level >= merkle::kTileLevels) return 0;
  const std::uint64_t hashes = size.value >> (id.level * merkle::kTileHeight);
  const std::uint64_t complete = hashes / merkle::kTileWidth;
  if (id.number < complete) return merkle::kTileWidth;
  return id.number == complete ? hashes % merkle::kTileWidth : 0;
}

std::string bundle_path(std::string_view folder, std::uint64_t number, std::uint64_t width) {
  // The path of a tile of level 0 without "tile/0".
  return std::string(folder) + merkle::tile_path({0, number}, width).substr(6);
}

Result<std::vector<Digest>> parse_tile(std::string_view bytes, std::uint64_t width) {
  const std::size_t hashes = bytes.size() / Digest::kBytes;
  if (bytes.size() % Digest::kBytes != 0 || hashes < width || hashes > merkle::kTileWidth) {
    return not_as_written("a tile of " + std::to_string(width) + " hashes has " +
                          std::to_string(width * Digest::kBytes) + " bytes, not " +
                          std::to_string(bytes.size()));
  }
  std::vector<Digest> out;
  out.reserve(width);
  for (std::size_t i = 0; i < width; ++i) {
    out.push_back(*Digest::from(bytes.substr(i * Digest::kBytes, Digest::kBytes)));
  }
  return out;
}

std::string leaf_bundle(std::span<const merkle::LeafEntry> leaves) {
  std::string out;
  out.reserve(leaves.size() * (kLeafLengthBytes + merkle::LeafEntry::kBytes));
  for (const merkle::LeafEntry& leaf : leaves) {
    append_length(out, merkle::LeafEntry::kBytes, kLeafLengthBytes);
    out += leaf.view();
  }
  return out;
}

Result<std::vector<merkle::LeafEntry>> parse_leaf_bundle(std::string_view bytes,
                                                         std::uint64_t width) {
  constexpr std::size_t kEach = kLeafLengthBytes + merkle::LeafEntry::kBytes;
  if (bytes.size() % kEach != 0 || bytes.size() / kEach < width ||
      bytes.size() / kEach > merkle::kTileWidth) {
    return not_as_written("a bundle of " + std::to_string(width) + " entries has " +
                          std::to_string(width * kEach) + " bytes, not " +
                          std::to_string(bytes.size()));
  }
  std::vector<merkle::LeafEntry> out;
  out.reserve(width);
  for (std::size_t i = 0; i < width; ++i) {
    const std::string_view one = bytes.substr(i * kEach, kEach);
    const auto entry = merkle::LeafEntry::from(one.substr(kLeafLengthBytes));
    if (read_length(one.substr(0, kLeafLengthBytes)) != merkle::LeafEntry::kBytes ||
        entry->bytes[0] != merkle::kLeafEntryVersion) {
      return not_as_written("entry " + std::to_string(i) +
                            " of the bundle is not one that this program knows");
    }
    out.push_back(*entry);
  }
  return out;
}

void append_frame(std::string& bundle, std::string_view first, std::string_view second) {
  const std::size_t length = first.size() + second.size();
  RAPPORTEUR_CHECK(length <= UINT32_MAX);
  append_length(bundle, length, kFrameLengthBytes);
  bundle.append(first).append(second);
}

Status for_each_frame(std::string_view bytes, const std::function<Status(std::string_view)>& use) {
  while (!bytes.empty()) {
    const std::size_t length =
        bytes.size() < kFrameLengthBytes ? 0 : read_length(bytes.substr(0, kFrameLengthBytes));
    if (bytes.size() < kFrameLengthBytes || bytes.size() - kFrameLengthBytes < length) {
      return not_as_written("it ends in the middle of a part");
    }
    if (auto used = use(bytes.substr(kFrameLengthBytes, length)); !used) return used;
    bytes.remove_prefix(kFrameLengthBytes + length);
  }
  return {};
}

std::string RecordsMark::text() const {
  return std::string(kMarkFirstLine) + "\n" + std::string(kSizeKey) + std::to_string(size.value) +
         "\n" + std::string(kBodiesKey) + (bodies ? "yes" : "no") + "\n";
}

Result<RecordsMark> RecordsMark::parse(std::string_view text) {
  const bool known = take_line(text) == kMarkFirstLine;
  const std::string_view size_line = take_line(text);
  const std::string_view bodies_line = take_line(text);
  const auto size = size_line.starts_with(kSizeKey)
                        ? parse_whole_number(size_line.substr(kSizeKey.size()))
                        : std::nullopt;
  const std::string_view bodies =
      bodies_line.starts_with(kBodiesKey) ? bodies_line.substr(kBodiesKey.size()) : "";
  if (!known || !size || (bodies != "yes" && bodies != "no") || !text.empty()) {
    return not_as_written("it is not the mark of exported records that this program knows");
  }
  return RecordsMark{TreeSize{*size}, bodies == "yes"};
}

}  // namespace rapporteur::exports
