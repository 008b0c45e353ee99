#include "store/export/files.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rapporteur::exports {
namespace {

constexpr mode_t mode_of_file(WritableFolder::Readers readers) {
  return readers == WritableFolder::Readers::kEverybody ? 0644 : 0600;
}
constexpr mode_t mode_of_folder(WritableFolder::Readers readers) {
  return readers == WritableFolder::Readers::kEverybody ? 0755 : 0700;
}

tl::unexpected<Error> disk_failure(const char* what, const std::filesystem::path& where) {
  return fail(errno == ENOENT ? ErrorKind::kNotFound : ErrorKind::kStorage,
              std::string(what) + ": " + std::generic_category().message(errno), where.string());
}

bool write_whole(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t most) {
  const FileHandle opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.open()) return disk_failure("cannot open", file);
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) return disk_failure("cannot read", file);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::kStorage, "is not a file", file.string());
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > most) {
    return fail(
        ErrorKind::kNotVerified,
        "has " + std::to_string(size) + " bytes, at most " + std::to_string(most) + " may be in it",
        file.string());
  }
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(opened.get(), out.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure("cannot read", file);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  out.resize(done);
  return out;
}

Result<WritableFolder> WritableFolder::open(const std::filesystem::path& folder, Readers readers) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (made) ::chmod(folder.c_str(), mode_of_folder(readers));
  if (error) {
    return fail(ErrorKind::kStorage, "cannot make the folder: " + error.message(), folder.string(),
                "name a folder that you may write, on a disk with room");
  }
  FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.open()) return disk_failure("cannot open", folder);
  if (::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return disk_failure("cannot lock", folder);
    return fail(ErrorKind::kOverloaded, "another process writes this folder", folder.string(),
                "wait until it is done");
  }
  return WritableFolder(folder, std::move(handle), readers);
}

// One by one, so that each gets its mode.
Status WritableFolder::make_folders(const std::filesystem::path& below) const {
  std::filesystem::path made = folder_;
  for (const auto& part : below) {
    made /= part;
    if (::mkdir(made.c_str(), 0700) == 0) {
      ::chmod(made.c_str(), mode_of_folder(readers_));
    } else if (errno != EEXIST) {
      return disk_failure("cannot make the folder", made);
    }
  }
  return {};
}

Status WritableFolder::write(const std::string& name, std::string_view bytes) const {
  const std::filesystem::path file = folder_ / name;
  std::filesystem::path fresh = file;
  fresh += ".new";
  const auto open_fresh = [&] {
    return FileHandle(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  };
  FileHandle opened = open_fresh();
  if (!opened.open() && errno == ENOENT) {
    auto made = make_folders(std::filesystem::path(name).parent_path());
    if (!made) return made;
    opened = open_fresh();
  }
  // Whatever the process's mask says.
  if (!opened.open() || ::fchmod(opened.get(), mode_of_file(readers_)) != 0 ||
      !write_whole(opened.get(), bytes) || ::rename(fresh.c_str(), file.c_str()) != 0) {
    return fail(ErrorKind::kStorage, "cannot write: " + std::generic_category().message(errno),
                file.string(), "name a folder that you may write, on a disk with room");
  }
  return {};
}

Status WritableFolder::sync() const {
  // One call for all files: a log of millions has tens of thousands of them.
  if (::syncfs(handle_.get()) != 0) return disk_failure("cannot sync", folder_);
  return {};
}

void WritableFolder::remove_all(const std::string& name) const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_ / name, ignored);
}

}  // namespace rapporteur::exports
