// A folder in the layout of C2SP tlog-tiles, read: checkpoint, tiles, entry bundles.
//
// What is read is not believed: check_tiles() compares it. Threads: any.
// Errors: kNotVerified with the file for one that is missing or has another length than its place
// in the tree asks for; kStorage for what cannot be read.
// Source: C2SP tlog-tiles; FORMAT.md, "Exported tiles".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/export/bundle.h"

namespace rapporteur::exports {

class TileFolder {
 public:
  explicit TileFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The signed note, not looked at. Empty when there is none.
  [[nodiscard]] Result<std::optional<std::string>> checkpoint() const;
  // As the tree of `size` has them. Of a partial one that is gone the complete one is read, as
  // tlog-tiles allows a log to remove it.
  [[nodiscard]] Result<std::vector<Digest>> tile(merkle::TileId id, TreeSize size) const;
  [[nodiscard]] Result<std::vector<merkle::LeafEntry>> leaves(std::uint64_t number,
                                                              TreeSize size) const;
  // The bytes of a bundle below `below`; at least those of the entries that the tree has.
  [[nodiscard]] Result<std::string> bundle(std::string_view below, std::uint64_t number,
                                           TreeSize size) const;
  [[nodiscard]] merkle::TileHashReader hashes(TreeSize size) const;
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  [[nodiscard]] Result<std::string> read(const std::string& name, const std::string& whole) const;

  std::filesystem::path folder_;
};

inline constexpr const char* kLeafBundles = "tile/entries";

}  // namespace rapporteur::exports
