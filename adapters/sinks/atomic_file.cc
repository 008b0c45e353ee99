#include "adapters/sinks/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

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

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string part, int descriptor)
    : path_(std::move(path)), part_(std::move(part)), descriptor_(descriptor) {}

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(std::string path) {
  const std::filesystem::path place(path);
  std::string part = (place.parent_path() / ('.' + place.filename().string() + ".part")).string();
  if (sabotaged("sink-in-place")) part = path;
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == ENOENT) {
    return fail(ErrorKind::kStorage, "there is no such folder", folder_of(path),
                "make it, or name another");
  }
  if (descriptor < 0) return disk_error("cannot be written", path);
  return std::unique_ptr<AtomicFile>(new AtomicFile(std::move(path), std::move(part), descriptor));
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
  if (::fsync(descriptor_) != 0) return disk_error("cannot be synced", part_);
  if (std::rename(part_.c_str(), path_.c_str()) != 0) {
    return disk_error("cannot be put in its place", path_);
  }
  ::close(std::exchange(descriptor_, -1));
  return sync_folder();
}

}  // namespace rapporteur::sinks
