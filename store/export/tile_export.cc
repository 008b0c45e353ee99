#include "store/export/tile_export.h"

#include <algorithm>

#include "proto/base/sabotage.h"
#include "store/export/record_export.h"

namespace rapporteur::exports {
namespace {

tl::unexpected<Error> another_history(const std::filesystem::path& folder, std::string what) {
  return fail(ErrorKind::kNotVerified, std::move(what), folder.string(),
              "keep both, the folder and the log: together they prove that one of them was "
              "changed; export into another folder");
}

// An export takes a folder for itself: what lies beside it might not be for everybody.
Status holds_nothing_else(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder / "checkpoint", ignored) ||
      std::filesystem::exists(folder / "tile", ignored) ||
      std::filesystem::exists(folder / kRecordsMark, ignored)) {
    return {};
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    return fail(ErrorKind::kUsage,
                "the folder holds something else: " + entry.path().filename().string(),
                folder.string(), "name a new folder, or an export to bring up to date");
  }
  return {};
}

// Tiles of a tree of `size`, rightmost and partial, by level.
std::vector<merkle::TileId> partial_tiles(TreeSize size) {
  std::vector<merkle::TileId> out;
  for (unsigned level = 0; level < merkle::kTileLevels; ++level) {
    if (merkle::partial_width(size, level) == 0) continue;
    out.push_back({level, (size.value >> (level * merkle::kTileHeight)) / merkle::kTileWidth});
  }
  return out;
}

}  // namespace

Result<TileExport> TileExport::open(const std::filesystem::path& folder,
                                    const notes::VerifierKey& log,
                                    WritableFolder::Readers readers) {
  if (auto own = holds_nothing_else(folder); !own) return tl::unexpected(own.error());
  auto files = WritableFolder::open(folder, readers);
  if (!files) return tl::unexpected(files.error());
  TileExport out(std::move(*files), log);
  const auto note = out.tiles_.checkpoint();
  if (!note) return tl::unexpected(note.error());
  if (!*note) return out;
  auto head = notes::open_checkpoint(**note, log);
  if (!head) {
    return fail(ErrorKind::kNotVerified, "the checkpoint there is not one of this log",
                (folder / "checkpoint").string(), "name another folder: each log has its own");
  }
  out.head_ = std::move(*head);
  return out;
}

Result<notes::Checkpoint> TileExport::check(const std::string& note, LeafSource& source) const {
  auto target = notes::open_checkpoint(note, log_);
  if (!target || !head_ || sabotaged("export-unchecked")) return target;
  if (target->size < head_->size) {
    return fail(ErrorKind::kNotVerified,
                "the folder holds " + std::to_string(head_->size.value) +
                    " entries, the log has only " + std::to_string(target->size.value),
                files_.path().string(),
                "this is an older copy of the log, or entries of it are lost: look for the newer");
  }
  if (head_->size.value == 0) return target;
  const auto proof = source.consistency_proof(head_->size, target->size);
  if (!proof) return tl::unexpected(proof.error());
  const auto same =
      merkle::verify_consistency(head_->size, target->size, *proof, head_->root, target->root);
  if (!same) {
    return another_history(files_.path(), "the first " + std::to_string(head_->size.value) +
                                              " entries of the log are not those of the folder");
  }
  return target;
}

Result<Exported> TileExport::advance_to(const std::string& note, LeafSource& source) {
  const auto target = check(note, source);
  if (!target) return tl::unexpected(target.error());
  const TreeSize before = size();
  if (sabotaged("export-checkpoint-first")) static_cast<void>(files_.write("checkpoint", note));
  auto tree = restore(TreeSize{before.value / merkle::kTileWidth * merkle::kTileWidth});
  if (!tree) return tl::unexpected(tree.error());
  if (before < target->size || !head_) {
    if (auto grown = grow(*tree, target->size, source); !grown) {
      return tl::unexpected(grown.error());
    }
    if (tree->root() != target->root && !sabotaged("export-unchecked")) {
      return another_history(files_.path(),
                             "the tiles of the folder and the entries of the log do not make up "
                             "the tree that the log's key signed");
    }
  }
  auto written =
      files_.sync().and_then([&] { return files_.write("checkpoint", note); }).and_then([&] {
        return files_.sync();
      });
  if (!written) return tl::unexpected(written.error());
  remove_completed(before, target->size);
  head_ = *target;
  return Exported{before, target->size};
}

Result<merkle::Frontier> TileExport::restore(TreeSize begin) const {
  std::vector<merkle::Tile> edge;
  for (const merkle::TileId id : partial_tiles(begin)) {
    auto hashes = tiles_.tile(id, begin);
    if (!hashes) return tl::unexpected(hashes.error());
    edge.push_back({id, std::move(*hashes)});
  }
  return merkle::Frontier::restore(begin, edge);
}

Status TileExport::grow(merkle::Frontier& tree, TreeSize size, LeafSource& source) const {
  std::vector<merkle::LeafEntry> bundle;
  std::uint64_t next = tree.size().value;
  while (next < size.value) {
    const auto wanted =
        std::min<std::uint64_t>(size.value - next, merkle::kTileWidth - next % merkle::kTileWidth);
    const auto leaves = source.leaves(LogIndex{next}, static_cast<std::size_t>(wanted));
    if (!leaves) return tl::unexpected(leaves.error());
    if (leaves->empty() || leaves->size() > wanted) {
      return fail(ErrorKind::kStorage, "the log gave no entry", "entry " + std::to_string(next));
    }
    bundle.insert(bundle.end(), leaves->begin(), leaves->end());
    next += leaves->size();
    if (next % merkle::kTileWidth != 0 && next != size.value) continue;
    if (auto added = add_bundle(tree, bundle); !added) return added;
    bundle.clear();
  }
  return write_tiles(tree.edge());
}

Status TileExport::add_bundle(merkle::Frontier& tree,
                              std::span<const merkle::LeafEntry> leaves) const {
  const std::uint64_t number = tree.size().value / merkle::kTileWidth;
  tree.begin_group();
  for (const merkle::LeafEntry& leaf : leaves) tree.append(merkle::leaf_hash(leaf.span()));
  const std::string name = bundle_path(kLeafBundles, number, leaves.size());
  if (auto written = files_.write(name, leaf_bundle(leaves)); !written) return written;
  return write_tiles(tree.take_completed());
}

Status TileExport::write_tiles(std::span<const merkle::Tile> tiles) const {
  for (const merkle::Tile& tile : tiles) {
    const std::string name = merkle::tile_path(tile.id, tile.hashes.size());
    if (auto written = files_.write(name, merkle::pack(tile.hashes)); !written) return written;
  }
  return {};
}

// A log may remove a partial tile when the complete one is there.
void TileExport::remove_completed(TreeSize before, TreeSize now) const {
  for (const merkle::TileId id : partial_tiles(before)) {
    if (tile_width(now, id) != merkle::kTileWidth) continue;
    files_.remove_all(merkle::tile_path(id) + ".p");
    if (id.level == 0) {
      files_.remove_all(bundle_path(kLeafBundles, id.number, merkle::kTileWidth) + ".p");
    }
  }
}

Result<Exported> export_tiles(const std::filesystem::path& folder, const notes::VerifierKey& log,
                              const std::string& note, LeafSource& source) {
  auto opened = TileExport::open(folder, log, WritableFolder::Readers::kEverybody);
  if (!opened) return tl::unexpected(opened.error());
  std::error_code ignored;
  if (std::filesystem::exists(folder / kRecordsMark, ignored)) {
    return fail(ErrorKind::kUsage,
                "the folder holds an export of records, which is not for everybody",
                folder.string(),
                "bring it up to date with `audit export --records`, or name another folder");
  }
  return opened->advance_to(note, source);
}

}  // namespace rapporteur::exports
