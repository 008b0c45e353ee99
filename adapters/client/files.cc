#include "adapters/client/files.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/disk_remedy.h"
#include "proto/base/file_handle.h"

namespace rapporteur::client {
namespace {

tl::unexpected<Error> storage_error(const char* what, const std::filesystem::path& file) {
  return fail(ErrorKind::kStorage, std::string(what) + ": " + std::strerror(errno), file.string(),
              disk_remedy(errno));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status sync_folder_of(const std::filesystem::path& entry) {
  const std::filesystem::path folder = entry.has_parent_path() ? entry.parent_path() : ".";
  const FileHandle directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open() || ::fsync(directory.get()) != 0) {
    return storage_error("cannot sync", folder);
  }
  return {};
}

}  // namespace

Result<bool> is_there(const std::filesystem::path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (!error) return there;
  return fail(ErrorKind::kConfiguration, "cannot be looked up: " + error.message(), path.string(),
              error == std::errc::permission_denied
                  ? "run as the owner of the folder, such as with sudo -u OWNER"
                  : "see the folders above it");
}

Status make_folder(const std::filesystem::path& folder) {
  const int failed = ::mkdir(folder.c_str(), 0700) == 0 ? 0 : errno;
  std::error_code ignored;
  if (failed != 0 && (failed != EEXIST || !std::filesystem::is_directory(folder, ignored))) {
    return fail(ErrorKind::kStorage,
                std::string("cannot make the folder: ") + std::strerror(failed), folder.string(),
                "make the folder above it, and see who may write there");
  }
  return sync_folder_of(folder);
}

Status write_file_atomically(const std::filesystem::path& file, std::string_view content) {
  std::string temporary = file.string() + ".XXXXXX";
  {
    const FileHandle out(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!out.open()) return storage_error("cannot create", temporary);
    if (!write_all(out.get(), content) || ::fsync(out.get()) != 0) {
      auto error = storage_error("cannot write", file);
      ::unlink(temporary.c_str());
      return error;
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    auto error = storage_error("cannot put in place", file);
    ::unlink(temporary.c_str());
    return error;
  }
  return sync_folder_of(file);
}

Result<std::string> read_small_file(const std::filesystem::path& file, std::size_t most_bytes) {
  const FileHandle in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!in.open()) {
    return fail(ErrorKind::kNotFound, std::string("cannot read: ") + std::strerror(errno),
                file.string(), errno == EACCES ? "run as somebody who may read it" : "");
  }
  struct stat status {};
  if (::fstat(in.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorKind::kConfiguration, "not a regular file", file.string());
  }
  std::string content;
  std::array<char, 64UL << 10U> block{};
  while (true) {
    const ssize_t size = ::read(in.get(), block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return storage_error("cannot read", file);
    if (size == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(size));
    if (content.size() > most_bytes) {
      return fail(ErrorKind::kConfiguration, "longer than " + std::to_string(most_bytes) + " bytes",
                  file.string());
    }
  }
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
FileLock::FileLock(FileLock&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

Result<std::optional<FileLock>> FileLock::try_take(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return storage_error("cannot open", file);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return std::nullopt;
  return storage_error("cannot lock", file);
}

}  // namespace rapporteur::client
