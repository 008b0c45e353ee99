#include "store/export/tile_folder.h"

#include "proto/base/limits.h"
#include "store/export/files.h"

namespace rapporteur::exports {
namespace {

// What a bundle can have at most: each body and header at its limit.
constexpr std::size_t kBundleBytes = merkle::kTileWidth * (limits::kBodyBytes << 2U);

template <typename T>
Result<T> placed(Result<T> parsed, const std::filesystem::path& folder, const std::string& name) {
  if (!parsed && parsed.error().where.empty()) parsed.error().where = (folder / name).string();
  return parsed;
}

}  // namespace

Result<std::optional<std::string>> TileFolder::checkpoint() const {
  auto note = read_file(folder_ / "checkpoint", limits::kNoteBytes);
  if (note) return std::optional(std::move(*note));
  if (note.error().kind == ErrorKind::kNotFound) return std::optional<std::string>();
  return tl::unexpected(note.error());
}

Result<std::string> TileFolder::read(const std::string& name, const std::string& whole) const {
  auto bytes = read_file(folder_ / name, kBundleBytes);
  if (!bytes && bytes.error().kind == ErrorKind::kNotFound && name != whole) {
    bytes = read_file(folder_ / whole, kBundleBytes);
  }
  if (bytes || bytes.error().kind != ErrorKind::kNotFound) return bytes;
  return fail(ErrorKind::kNotVerified, "the file is missing", (folder_ / name).string(),
              "copy the folder again, or export it anew");
}

Result<std::vector<Digest>> TileFolder::tile(merkle::TileId id, TreeSize size) const {
  const std::uint64_t width = tile_width(size, id);
  if (width == 0) {
    return fail(ErrorKind::kNotVerified, "the tree has no such tile", merkle::tile_path(id));
  }
  const std::string name = merkle::tile_path(id, width);
  const auto bytes = read(name, merkle::tile_path(id));
  if (!bytes) return tl::unexpected(bytes.error());
  return placed(parse_tile(*bytes, width), folder_, name);
}

Result<std::string> TileFolder::bundle(std::string_view below, std::uint64_t number,
                                       TreeSize size) const {
  const std::uint64_t width = tile_width(size, {0, number});
  if (width == 0) {
    return fail(ErrorKind::kNotVerified, "the tree has no such bundle",
                bundle_path(below, number, merkle::kTileWidth));
  }
  return read(bundle_path(below, number, width), bundle_path(below, number, merkle::kTileWidth));
}

Result<std::vector<merkle::LeafEntry>> TileFolder::leaves(std::uint64_t number,
                                                          TreeSize size) const {
  const auto bytes = bundle(kLeafBundles, number, size);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::uint64_t width = tile_width(size, {0, number});
  return placed(parse_leaf_bundle(*bytes, width), folder_,
                bundle_path(kLeafBundles, number, width));
}

merkle::TileHashReader TileFolder::hashes(TreeSize size) const {
  return merkle::TileHashReader([this, size](merkle::TileId id) { return tile(id, size); });
}

}  // namespace rapporteur::exports
