// Files of an exported log: read with a bound, written whole or not at all.
//
// Threads: read_file from any; a WritableFolder one at a time.
// Durability: a file that `write` returned for is whole under its name, or absent after a power
// cut; it is durable after `sync`. Errors: kStorage with path and the system's words; kNotFound
// from read_file when there is no such file.
#pragma once

#include <filesystem>
#include <string>

#include "proto/base/file_handle.h"
#include "proto/base/result.h"

namespace rapporteur::exports {

// kNotVerified when it is longer than `most`.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file, std::size_t most);

// A folder that this object alone writes, as long as it lives.
class WritableFolder {
 public:
  // Who may read what is written, whatever the process's mask.
  enum class Readers { kEverybody, kOwner };
  // Makes it if it is not there. kStorage too when another process writes it.
  [[nodiscard]] static Result<WritableFolder> open(const std::filesystem::path& folder,
                                                   Readers readers);
  // `name` is a path below the folder.
  [[nodiscard]] Status write(const std::string& name, std::string_view bytes) const;
  // All that was written is on stable storage.
  [[nodiscard]] Status sync() const;
  void remove_all(const std::string& name) const;
  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  [[nodiscard]] Status make_folders(const std::filesystem::path& below) const;
  WritableFolder(std::filesystem::path folder, FileHandle handle, Readers readers)
      : folder_(std::move(folder)), handle_(std::move(handle)), readers_(readers) {}

  std::filesystem::path folder_;
  FileHandle handle_;  // holds the lock
  Readers readers_;
};

}  // namespace rapporteur::exports
