#include "tests/support/paths.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace rapporteur::testing {
namespace {

std::optional<std::filesystem::path> folder_of(const char* variable, const char* fallback) {
  const char* named = std::getenv(variable);
  const std::filesystem::path folder =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / fallback;
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

}  // namespace

std::optional<std::filesystem::path> real_data() {
  return folder_of("RAPPORTEUR_REAL_DATA", "../shared/data");
}

std::optional<std::filesystem::path> vectors() {
  return folder_of("RAPPORTEUR_VECTORS", "../shared/vectors");
}

std::filesystem::path fixtures() {
  return std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / "tests/fixtures";
}

std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                               const std::string& extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

void write_file(const std::filesystem::path& file, const std::string& content) {
  std::ofstream stream(file, std::ios::binary);
  stream << content;
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "rapporteur-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace rapporteur::testing
