// The RocksDB database of a log: its column families, its settings, and its errors as ours.
//
// Threads: reading from any, writing from one.
// Durability: write() returns after the write-ahead log is synced.
// Errors: kStorage with the folder and RocksDB's words, which hold path and system error.
// Source: ops/adr/0013-rocksdb-settings.md; FORMAT.md, "Database layout".
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include "proto/base/result.h"
#include "store/rocks/local_journal.h"
#include "store/rocks/scratch_folder.h"

namespace rapporteur::rocks {

enum class Family : std::size_t {
  kLog,  // RocksDB's default family: what the log is, and the edge of its tree
  kRecords,
  kBodies,
  kTiles,
  kMessages,
  kTables,
  kStates,
  kCheckpoints,
};
inline constexpr std::size_t kFamilies = 8;

// RocksDB's words as our error, with what to do.
[[nodiscard]] tl::unexpected<Error> failure(const rocksdb::Status& status,
                                            const std::filesystem::path& where);
// Where all files of a log are written.
[[nodiscard]] inline rocksdb::Env& files_of(const LocalJournalOptions& options) {
  return options.env != nullptr ? *options.env : *rocksdb::Env::Default();
}

class Database {
 public:
  enum class Mode { kCreate, kWrite, kRead };

  // kRead opens beside a possible writer; it needs a scratch folder, which goes with the object.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                                              Mode mode,
                                                              const LocalJournalOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family which) const {
    return families_[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] static rocksdb::WriteBatch batch();
  [[nodiscard]] Status write(rocksdb::WriteBatch& batch);
  // Empty: no such key.
  [[nodiscard]] Result<std::optional<std::string>> get(Family which, std::string_view key) const;
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(Family which,
                                                           const rocksdb::ReadOptions& read) const;
  // Merges all files of the family; how many bytes are in them then.
  [[nodiscard]] Result<std::uint64_t> compact(Family which);
  [[nodiscard]] tl::unexpected<Error> failed(const rocksdb::Status& status) const {
    return failure(status, folder_);
  }
  [[nodiscard]] Status close();
  // A database of its own with what is in this one, beside writes. Of hard links where the file
  // system has them; nothing is flushed. `folder` is not there yet.
  [[nodiscard]] Status copy_to(const std::filesystem::path& folder) const;
  // Reads every block of every table and compares its checksum; an error names the file.
  [[nodiscard]] Status verify_tables() const;
  // All rows of a family, synced.
  [[nodiscard]] Status remove_all(Family which);

 private:
  Database(std::filesystem::path folder, std::unique_ptr<rocksdb::Env> files)
      : folder_(std::move(folder)), files_(std::move(files)) {}
  [[nodiscard]] Status check_whole(
      rocksdb::DBOptions options,
      const std::vector<rocksdb::ColumnFamilyDescriptor>& families) const;

  std::filesystem::path folder_;
  std::unique_ptr<rocksdb::Env> files_;
  std::optional<ScratchFolder> scratch_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
};

[[nodiscard]] inline rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
template <std::size_t N>
[[nodiscard]] rocksdb::Slice slice(const std::array<char, N>& bytes) {
  return {bytes.data(), N};
}
[[nodiscard]] inline std::string_view view(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace rapporteur::rocks
