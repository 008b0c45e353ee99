#include "ops/cli/log_copy.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

// A table file ends with its properties, which name the database, the run and the number that it
// was written under: files with the same end and size are the same file.
constexpr std::uintmax_t kEndBytes = 16'384;

tl::unexpected<Error> cannot(const char* what, const std::error_code& error,
                             const fs::path& where) {
  return fail(ErrorKind::kStorage, std::string(what) + ": " + error.message(), where.string(),
              error == std::errc::no_space_on_device ? "make room on that disk"
                                                     : "see who owns it, and look at the disk");
}

std::string end_of(const fs::path& file, std::uintmax_t size) {
  std::ifstream stream(file, std::ios::binary);
  const std::uintmax_t bytes = std::min(size, kEndBytes);
  std::string end(static_cast<std::size_t>(bytes), '\0');
  stream.seekg(static_cast<std::streamoff>(size - bytes));
  stream.read(end.data(), static_cast<std::streamsize>(end.size()));
  if (!stream) end.clear();
  return end;
}

bool same_table_file(const fs::path& one, const fs::path& other) {
  std::error_code error;
  const auto size = fs::file_size(one, error);
  if (error || fs::file_size(other, error) != size || error) return false;
  const std::string end = end_of(one, size);
  return !end.empty() && end == end_of(other, size);
}

// What RocksDB makes anew where it is missing, and nobody needs.
bool left_out(const fs::path& file) {
  const std::string name = file.filename().string();
  return name == "LOCK" || name == "lock" || name == kAboutBackup || name.starts_with("LOG");
}

class Copy {
 public:
  Copy(fs::path from, fs::path to, fs::path before)
      : from_(std::move(from)), to_(std::move(to)), before_(std::move(before)) {}

  [[nodiscard]] Result<CopyCounts> run() {
    std::error_code error;
    fs::create_directories(to_ / "db", error);
    if (error) return cannot("cannot make the folder", error, to_ / "db");
    for (const char* part : {"", "db"}) {
      const fs::path folder = from_ / part;
      fs::directory_iterator files(folder, error);
      if (error) return cannot("cannot read", error, folder);
      for (; files != fs::directory_iterator(); files.increment(error)) {
        std::error_code ignored;
        if (!files->is_regular_file(ignored) || left_out(files->path())) continue;
        if (auto done = one(fs::path(part) / files->path().filename()); !done) {
          return tl::unexpected(done.error());
        }
      }
      if (error) return cannot("cannot read", error, folder);
      if (auto synced = sync_path(to_ / part); !synced) return tl::unexpected(synced.error());
    }
    return counts_;
  }

 private:
  Status one(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(from_ / file, error);
    if (error) return cannot("cannot read", error, from_ / file);
    if (!before_.empty() && file.extension() == ".sst" &&
        same_table_file(from_ / file, before_ / file)) {
      fs::create_hard_link(before_ / file, to_ / file, error);
      if (!error) {
        counts_.linked_bytes += size;
        return {};
      }
    }
    error.clear();
    fs::copy_file(from_ / file, to_ / file, error);
    if (!error) fs::permissions(to_ / file, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) return cannot("cannot copy", error, to_ / file);
    counts_.copied_bytes += size;
    return sync_path(to_ / file);
  }

  fs::path from_;
  fs::path to_;
  fs::path before_;
  CopyCounts counts_;
};

}  // namespace

Status sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const std::error_code error(errno, std::generic_category());
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return cannot("cannot sync", error, path);
  return {};
}

Result<CopyCounts> copy_log(const fs::path& from, const fs::path& to, const fs::path& before) {
  return Copy(from, to, before).run();
}

}  // namespace rapporteur::cli
