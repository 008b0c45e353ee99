#include "adapters/sinks/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/file_handle.h"
#include "proto/base/sabotage.h"

namespace rapporteur::sinks {
namespace {

tl::unexpected<Error> disk_error(const char* what, const std::string& path) {
  return fail(ErrorKind::kStorage, std::string(what) + ": " + std::strerror(errno), path,
              "check the folder, its rights and the space on the disk");
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

constexpr mode_t kModeBits = 0777;
constexpr int kLinksFollowed = 40;  // as the kernel does

// What a chain of symbolic links leads to, whether anything is there or not.
Result<std::string> end_of_links(const std::string& path) {
  std::filesystem::path place(path);
  for (int followed = 0; followed < kLinksFollowed; ++followed) {
    std::error_code error;
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(place, error))) {
      return place.string();
    }
    const auto target = std::filesystem::read_symlink(place, error);
    if (error) break;
    place = place.parent_path() / target;  // an absolute target stands alone
  }
  return fail(ErrorKind::kUsage, "a symbolic link that leads nowhere", path, "name another file");
}

Status check_beginning(const std::string& file, std::string_view beginning) {
  const FileHandle in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!in.open()) return disk_error("cannot be read", file);
  std::string begins(beginning.size(), '\0');
  const ssize_t size = ::pread(in.get(), begins.data(), begins.size(), 0);
  if (size < 0) return disk_error("cannot be read", file);
  if (size == 0 || begins == beginning) return {};
  return fail(ErrorKind::kUsage, "a file that was not written here stands there already", file,
              "name another, or move it away first");
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string part, int descriptor, bool durable)
    : path_(std::move(path)), part_(std::move(part)), descriptor_(descriptor), durable_(durable) {}

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(const std::string& path,
                                                       const AtomicOptions& options) {
  struct stat there {};
  const bool exists = ::stat(path.c_str(), &there) == 0;
  if (!exists && errno != ENOENT) return disk_error("cannot be looked up", path);
  if (exists && !S_ISREG(there.st_mode)) {
    return fail(ErrorKind::kUsage, S_ISDIR(there.st_mode) ? "is a folder" : "not a regular file",
                path, "name a file");
  }
  auto place = end_of_links(path);
  if (!place) return tl::unexpected(place.error());
  if (exists && !options.beginning.empty()) {
    if (auto own = check_beginning(*place, options.beginning); !own) {
      return tl::unexpected(own.error());
    }
  }
  return open_part(std::move(*place), exists ? there.st_mode & kModeBits : options.mode, exists,
                   options.durable);
}

Result<std::unique_ptr<AtomicFile>> AtomicFile::open_part(std::string path, mode_t mode,
                                                          bool exact_mode, bool durable) {
  const std::filesystem::path place(path);
  std::string part = (place.parent_path() / ('.' + place.filename().string() + ".part")).string();
  if (sabotaged("sink-in-place")) part = path;
  const int descriptor = ::open(
      part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode);
  if (descriptor < 0 && errno == ENOENT) {
    return fail(ErrorKind::kStorage, "there is no such folder", folder_of(path),
                "make it, or name another");
  }
  if (descriptor < 0) return disk_error("cannot be written", path);
  std::unique_ptr<AtomicFile> file(
      new AtomicFile(std::move(path), std::move(part), descriptor, durable));
  // The process' mask holds for new files alone.
  if (exact_mode && ::fchmod(descriptor, mode) != 0) {
    return disk_error("cannot be written", file->path_);
  }
  return file;
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!sabotaged("sink-in-place")) ::unlink(part_.c_str());
}

Status AtomicFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_error("cannot be written", part_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status AtomicFile::sync_folder() const {
  const std::string folder = folder_of(path_);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return disk_error("the folder cannot be opened", folder);
  const int synced = ::fsync(descriptor);
  Status result;
  if (synced != 0) result = disk_error("the folder cannot be synced", folder);
  ::close(descriptor);
  return result;
}

Status AtomicFile::commit() {
  if (durable_ && ::fsync(descriptor_) != 0) return disk_error("cannot be synced", part_);
  if (std::rename(part_.c_str(), path_.c_str()) != 0) {
    return disk_error("cannot be put in its place", path_);
  }
  ::close(std::exchange(descriptor_, -1));
  return durable_ ? sync_folder() : Status();
}

}  // namespace rapporteur::sinks
