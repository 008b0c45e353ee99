// Where tests find data and put files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rapporteur::testing {

// $RAPPORTEUR_REAL_DATA, default ../shared/data; empty when the folder is absent.
[[nodiscard]] std::optional<std::filesystem::path> real_data();
// $RAPPORTEUR_VECTORS, default ../shared/vectors.
[[nodiscard]] std::optional<std::filesystem::path> vectors();
// The project's own fixtures.
[[nodiscard]] std::filesystem::path fixtures();
// All regular files below `folder` with that extension (".json"), in order.
[[nodiscard]] std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                                             const std::string& extension);
[[nodiscard]] std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& content);

// A new empty folder, removed with its content at the end; mode 0700.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace rapporteur::testing
