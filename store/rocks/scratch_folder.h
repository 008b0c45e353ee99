// A folder for what a reader or a check needs while it works; it goes with the object.
//
// Threads: one at a time. Errors: kStorage.
#pragma once

#include <filesystem>
#include <utility>

#include "proto/base/result.h"

namespace rapporteur::rocks {

class ScratchFolder {
 public:
  // In the system's folder for temporary files, its owner's alone.
  [[nodiscard]] static Result<ScratchFolder> make();
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace rapporteur::rocks
