// The folder of a log: that it is one, of which format, and that only one process writes it.
//
// Threads: one at a time.
// Durability: `seal` returns after file and folder are synced; a folder without the seal is no log.
// Errors: kStorage, with what to do; kOverloaded for a folder in use.
#pragma once

#include <filesystem>
#include <string_view>

#include "proto/base/file_handle.h"
#include "proto/base/result.h"

namespace rocksdb {
class Env;
}

namespace rapporteur::rocks {

// The format this program reads and writes.
inline constexpr unsigned kFormat = 2;

[[nodiscard]] tl::unexpected<Error> system_failure(const std::string& what,
                                                   const std::filesystem::path& where);

// Makes the folder, which must be missing or empty.
[[nodiscard]] Status make_log_folder(const std::filesystem::path& folder);
// Writes `format`: from now on the folder is a log.
[[nodiscard]] Status seal_log_folder(const std::filesystem::path& folder, rocksdb::Env& files);
// A file with that content, synced; what stood there is replaced.
[[nodiscard]] Status write_new_file(const std::filesystem::path& file, std::string_view content,
                                    rocksdb::Env& files);
// The names in it are on disk when it returns.
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder, rocksdb::Env& files);
// Ok when the folder holds a log of a format this program reads.
[[nodiscard]] Status check_log_folder(const std::filesystem::path& folder);
// Holds until the handle goes. Error when another process, or this one, holds it.
[[nodiscard]] Result<FileHandle> lock_log_folder(const std::filesystem::path& folder);

[[nodiscard]] inline std::filesystem::path database_folder(const std::filesystem::path& folder) {
  return folder / "db";
}

}  // namespace rapporteur::rocks
