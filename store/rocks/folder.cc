#include "store/rocks/folder.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "proto/base/disk_remedy.h"
#include "proto/base/sabotage.h"
#include "store/rocks/database.h"

namespace rapporteur::rocks {
namespace {

constexpr std::string_view kFormatLine = "rapporteur-log ";
constexpr const char* kFormatFile = "format";

}  // namespace

tl::unexpected<Error> system_failure(const std::string& what, const std::filesystem::path& where) {
  return fail(ErrorKind::kStorage, what + ": " + std::generic_category().message(errno),
              where.string(), disk_remedy(errno));
}

Status make_log_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const bool empty = !error && std::filesystem::is_empty(folder, error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot make the folder: " + error.message(), folder.string(),
                disk_remedy(error.value()));
  }
  if (!empty) {
    return fail(ErrorKind::kConfiguration, "the folder for a new log is not empty", folder.string(),
                "name another folder; an existing log is never overwritten");
  }
  return {};
}

Status sync_folder(const std::filesystem::path& folder, rocksdb::Env& files) {
  std::unique_ptr<rocksdb::Directory> opened;
  rocksdb::Status status = files.NewDirectory(folder.string(), &opened);
  if (status.ok()) status = opened->Fsync();
  if (!status.ok()) return failure(status, folder);
  return {};
}

Status write_new_file(const std::filesystem::path& file, std::string_view content,
                      rocksdb::Env& files) {
  std::unique_ptr<rocksdb::WritableFile> fresh;
  rocksdb::Status status = files.NewWritableFile(file.string(), &fresh, rocksdb::EnvOptions());
  if (status.ok()) status = fresh->Append(slice(content));
  if (status.ok()) status = fresh->Fsync();
  if (status.ok()) status = fresh->Close();
  if (!status.ok()) return failure(status, file);
  return {};
}

Status seal_log_folder(const std::filesystem::path& folder, rocksdb::Env& files) {
  const std::filesystem::path file = folder / kFormatFile;
  const std::filesystem::path fresh = folder / "format.new";
  const std::string text = std::string(kFormatLine) + std::to_string(kFormat) + "\n";
  if (auto written = write_new_file(fresh, text, files); !written) return written;
  const rocksdb::Status renamed = files.RenameFile(fresh.string(), file.string());
  if (!renamed.ok()) return failure(renamed, file);
  if (auto synced = sync_folder(folder, files); !synced) return synced;
  return sync_folder(std::filesystem::absolute(folder).parent_path(), files);
}

Status check_log_folder(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kFormatFile;
  const FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!handle.open() && errno == ENOENT) {
    return fail(ErrorKind::kStorage, "there is no log in this folder", folder.string(),
                "name the data folder of a hub; `rapporteur init` makes a new one");
  }
  std::array<char, 64> buffer{};
  const ssize_t size =
      handle.open() ? ::read(handle.get(), buffer.data(), buffer.size()) : ssize_t{-1};
  if (size < 0) return system_failure("cannot read", file);
  std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  unsigned format = 0;
  bool understood = text.starts_with(kFormatLine) && text.ends_with('\n');
  if (understood) {
    text = text.substr(kFormatLine.size(), text.size() - kFormatLine.size() - 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
    understood = error == std::errc() && end == text.data() + text.size() && format != 0;
  }
  if (!understood) {
    return fail(ErrorKind::kStorage, "the folder holds something that is not a log of this program",
                file.string(), "name the data folder of a hub");
  }
  if (format > kFormat) {
    return fail(ErrorKind::kStorage,
                "the log has format " + std::to_string(format) + "; this program reads format " +
                    std::to_string(kFormat),
                file.string(), "use the newer version that wrote it");
  }
  if (format < kFormat) {
    return fail(ErrorKind::kStorage,
                "the log has format " + std::to_string(format) +
                    ", in which bodies were not encrypted; this program reads format " +
                    std::to_string(kFormat),
                file.string(), "found a new log with `rapporteur init`");
  }
  return {};
}

Result<FileHandle> lock_log_folder(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "lock";
  FileHandle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!handle.open()) return system_failure("cannot open", file);
  if (!sabotaged("folder-lock-off") && ::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_failure("cannot lock", file);
    return fail(ErrorKind::kOverloaded, "another process has this log open for writing",
                folder.string(), "stop the broker that runs on it, or name another data folder");
  }
  return handle;
}

}  // namespace rapporteur::rocks
