#include "store/export/tile_check.h"

#include <algorithm>

#include "proto/base/sabotage.h"

namespace rapporteur::exports {
namespace {

// Tiles looked at between two reports of progress, and lost when one of them is wrong.
constexpr std::uint64_t kTilesAtOnce = 1'024;

Error does_not_hold(const std::filesystem::path& file, std::string what) {
  return {ErrorKind::kNotVerified, std::move(what), file.string(),
          "copy the file again; if the log itself gives it so, keep it as evidence"};
}

class Checker {
 public:
  Checker(const TileFolder& folder, TreeSize size, const ParallelFor& in_parallel)
      : folder_(folder), size_(size), in_parallel_(in_parallel) {}

  // Every tile of one level against what it is made of: entries, or the roots of the tiles below.
  std::optional<Error> level(unsigned level,
                             const std::function<void(std::uint64_t, std::uint64_t)>& done) {
    std::vector<Digest> roots;
    const std::uint64_t hashes = size_.value >> (level * merkle::kTileHeight);
    const std::uint64_t tiles = (hashes + merkle::kTileWidth - 1) / merkle::kTileWidth;
    for (std::uint64_t first = 0; first < tiles; first += kTilesAtOnce) {
      const auto count = static_cast<std::size_t>(std::min(kTilesAtOnce, tiles - first));
      std::vector<std::optional<Error>> wrong(count);
      std::vector<Digest> found(count);
      in_parallel_(count, [&](std::size_t i) { wrong[i] = tile({level, first + i}, found[i]); });
      const auto worst =
          std::ranges::find_if(wrong, [](const auto& one) { return one.has_value(); });
      if (worst != wrong.end()) return *worst;
      checked_ += count;
      roots.insert(roots.end(), found.begin(), found.end());
      if (level == 0) {
        done(std::min(size_.value, (first + count) * merkle::kTileWidth), size_.value);
      }
    }
    below_ = std::move(roots);
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t checked() const { return checked_; }

 private:
  // `root` becomes that of a complete tile.
  std::optional<Error> tile(merkle::TileId id, Digest& root) const {
    const auto hashes = folder_.tile(id, size_);
    if (!hashes) return hashes.error();
    if (auto wrong = id.level == 0 ? leaves(id, *hashes) : upper(id, *hashes)) return wrong;
    if (hashes->size() == merkle::kTileWidth) root = merkle::complete_root(*hashes);
    return std::nullopt;
  }

  [[nodiscard]] std::filesystem::path file_of(merkle::TileId id) const {
    return folder_.path() / merkle::tile_path(id, tile_width(size_, id));
  }

  std::optional<Error> leaves(merkle::TileId id, std::span<const Digest> hashes) const {
    const auto entries = folder_.leaves(id.number, size_);
    if (!entries) return entries.error();
    for (std::size_t i = 0; i < hashes.size() && !sabotaged("tiles-unchecked"); ++i) {
      if (merkle::leaf_hash((*entries)[i].span()) == hashes[i]) continue;
      const std::uint64_t index = id.number * merkle::kTileWidth + i;
      return does_not_hold(file_of(id), "its hash of entry " + std::to_string(index) +
                                            " is not that of the entry in the bundle");
    }
    return std::nullopt;
  }

  std::optional<Error> upper(merkle::TileId id, std::span<const Digest> hashes) const {
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const std::uint64_t number = id.number * merkle::kTileWidth + i;
      if (below_[number] == hashes[i]) continue;
      return does_not_hold(file_of(id), "its hash " + std::to_string(i) + " is not the root of " +
                                            merkle::tile_path({id.level - 1, number}));
    }
    return std::nullopt;
  }

  const TileFolder& folder_;
  TreeSize size_;
  const ParallelFor& in_parallel_;
  std::vector<Digest> below_;  // roots of the complete tiles of the level below
  std::uint64_t checked_ = 0;
};

}  // namespace

void one_after_the_other(std::size_t count, const std::function<void(std::size_t)>& run) {
  for (std::size_t i = 0; i < count; ++i) run(i);
}

Result<TileReport> check_tiles(const TileFolder& folder, const notes::VerifierKey& log,
                               const ParallelFor& in_parallel,
                               const std::function<void(std::uint64_t, std::uint64_t)>& looked_at) {
  const std::filesystem::path file = folder.path() / "checkpoint";
  const auto note = folder.checkpoint();
  if (!note) return tl::unexpected(note.error());
  TileReport report;
  const auto fail_with = [&](Error error) {
    if (error.kind != ErrorKind::kNotVerified) return Result<TileReport>(tl::unexpected(error));
    report.wrong = std::move(error);
    return Result<TileReport>(std::move(report));
  };
  if (!*note) return fail_with(does_not_hold(file, "there is no checkpoint"));
  const auto head = notes::open_checkpoint(**note, log);
  if (!head) return fail_with(does_not_hold(file, "the log's key did not sign it"));
  report.checkpoint = *head;
  Checker checker(folder, head->size, in_parallel);
  for (unsigned level = 0;
       level < merkle::kTileLevels && (head->size.value >> (level * merkle::kTileHeight)) != 0;
       ++level) {
    auto wrong = checker.level(level, looked_at);
    if (wrong) return fail_with(std::move(*wrong));
  }
  report.tiles = checker.checked();
  const auto root = merkle::root(head->size, folder.hashes(head->size));
  if (!root) return fail_with(root.error());
  if (*root != head->root) {
    return fail_with(does_not_hold(file, "its root is not that of the tiles"));
  }
  return report;
}

}  // namespace rapporteur::exports
