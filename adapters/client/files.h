// Files of the agency's folder: written whole or not at all, read within a bound, locked.
//
// Threads: any. Errors: kStorage, kNotFound; kConfiguration for a file that is too long or not
// regular.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur::client {

// Whether anything is there. Who may not search the folder cannot know: kConfiguration.
[[nodiscard]] Result<bool> is_there(const std::filesystem::path& path);
// Leaves one that is there as it is. Durability: on disk, name included, when it returns. Mode
// 0700.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder);
// Durability: on disk, name included, when it returns. Mode 0600.
[[nodiscard]] Status write_file_atomically(const std::filesystem::path& file,
                                           std::string_view content);
[[nodiscard]] Result<std::string> read_small_file(const std::filesystem::path& file,
                                                  std::size_t most_bytes);

// Keeps two processes from doing the same work. The lock ends with the object or the process.
class FileLock {
 public:
  // Empty when another holds it.
  [[nodiscard]] static Result<std::optional<FileLock>> try_take(const std::filesystem::path& file);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace rapporteur::client
