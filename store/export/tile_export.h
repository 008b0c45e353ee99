// Writes a log's tiles for everybody: a folder that a web server can publish as it is.
//
// The folder is brought from the checkpoint in it to a newer one. Nothing of the old tree is
// written again but partial tiles, under other names; the checkpoint is replaced last, after all it
// covers is on stable storage, so whoever reads the folder meanwhile finds a whole tree. A run that
// was cut off is taken up by the next one.
//
// Threads: one at a time; one process at a time per folder.
// Errors: kNotVerified, and nothing is published, for a note that the log's key did not sign, for a
// checkpoint older than that of the folder, and for one of another history than the folder's;
// kStorage for the disk; kUsage for a folder that holds other things and no export; those of the
// source.
// Source: C2SP tlog-tiles; FORMAT.md, "Exported tiles".
#pragma once

#include <optional>

#include "store/export/files.h"
#include "store/export/source.h"
#include "store/export/tile_folder.h"
#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::exports {

struct Exported {
  TreeSize from;  // what the folder held before
  TreeSize to;
};

class TileExport {
 public:
  [[nodiscard]] static Result<TileExport> open(const std::filesystem::path& folder,
                                               const notes::VerifierKey& log,
                                               WritableFolder::Readers readers);

  // That the folder may be brought to `note`; writes nothing.
  [[nodiscard]] Result<notes::Checkpoint> check(const std::string& note, LeafSource& source) const;
  [[nodiscard]] Result<Exported> advance_to(const std::string& note, LeafSource& source);
  // Of the checkpoint in the folder.
  [[nodiscard]] TreeSize size() const { return head_ ? head_->size : TreeSize{}; }
  [[nodiscard]] const WritableFolder& files() const { return files_; }

 private:
  TileExport(WritableFolder files, notes::VerifierKey log)
      : files_(std::move(files)), tiles_(files_.path()), log_(std::move(log)) {}
  [[nodiscard]] Result<merkle::Frontier> restore(TreeSize begin) const;
  [[nodiscard]] Status grow(merkle::Frontier& tree, TreeSize size, LeafSource& source) const;
  [[nodiscard]] Status add_bundle(merkle::Frontier& tree,
                                  std::span<const merkle::LeafEntry> leaves) const;
  [[nodiscard]] Status write_tiles(std::span<const merkle::Tile> tiles) const;
  void remove_completed(TreeSize before, TreeSize now) const;

  WritableFolder files_;
  TileFolder tiles_;
  notes::VerifierKey log_;
  std::optional<notes::Checkpoint> head_;
};

// Both steps, for callers that export nothing else.
[[nodiscard]] Result<Exported> export_tiles(const std::filesystem::path& folder,
                                            const notes::VerifierKey& log, const std::string& note,
                                            LeafSource& source);

}  // namespace rapporteur::exports
