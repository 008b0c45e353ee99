// Copies the folder of a log that nobody writes: a snapshot, a backup, or that of a stopped hub.
//
// Threads: one. Durability: on disk, names included, when it returns. Errors: kStorage with the
// file; what was copied until then stays for the caller to take away.
#pragma once

#include <cstdint>
#include <filesystem>

#include "proto/base/result.h"

namespace rapporteur::cli {

// What stands beside the log in a backup; not copied.
inline constexpr const char* kAboutBackup = "backup.json";

struct CopyCounts {
  std::uint64_t copied_bytes = 0;
  std::uint64_t linked_bytes = 0;  // shared with the copy before
};

// `to` is there and empty. Table files of the database that `before`, a copy of the same log or
// empty, holds too are linked: they never change once they are written.
[[nodiscard]] Result<CopyCounts> copy_log(const std::filesystem::path& from,
                                          const std::filesystem::path& to,
                                          const std::filesystem::path& before);
[[nodiscard]] Status sync_path(const std::filesystem::path& path);

}  // namespace rapporteur::cli
