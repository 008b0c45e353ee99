// The records of an exported log, read again: for an audit without a database.
//
// Threads: one at a time. Errors: kNotVerified with the file for one that is missing or is not as
// it was written; kStorage for what cannot be read.
// Source: FORMAT.md, "Exported records".
#pragma once

#include "store/export/source.h"
#include "store/export/tile_folder.h"

namespace rapporteur::exports {

class RecordFolder final : public EntrySource {
 public:
  // Empty when the folder holds tiles alone.
  [[nodiscard]] static Result<std::optional<RecordFolder>> open(
      const std::filesystem::path& folder);

  [[nodiscard]] TreeSize size() const override { return mark_.size; }
  [[nodiscard]] bool bodies() const { return mark_.bodies; }
  // Where the entry's record stands, or its body if there are bodies.
  [[nodiscard]] std::filesystem::path file_of(LogIndex index, bool body) const;
  [[nodiscard]] Result<std::vector<journal::StoredEntry>> entries(LogIndex first, std::size_t count,
                                                                  std::size_t most_bytes) override;
  [[nodiscard]] Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>& use) override;

 private:
  [[nodiscard]] std::filesystem::path file(const char* below, std::uint64_t number) const;
  RecordFolder(std::filesystem::path folder, RecordsMark mark)
      : files_(std::move(folder)), mark_(mark) {}
  [[nodiscard]] Status load(std::uint64_t number);
  [[nodiscard]] Status load_bodies(std::uint64_t number);
  [[nodiscard]] tl::unexpected<Error> damaged(const char* below, std::uint64_t number,
                                              Error error) const;

  TileFolder files_;
  RecordsMark mark_;
  std::vector<journal::StoredEntry> bundle_;  // the one read last
};

}  // namespace rapporteur::exports
