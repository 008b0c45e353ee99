#include "proto/crypto/key_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/file_handle.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::crypto {
namespace {

constexpr const char* kRunAsOwner =
    "run as its owner, such as with sudo -u OWNER: the key itself is not lost";
constexpr const char* kRestore =
    "restore it from its backup; a new key has to be made known before it can be used";

std::string_view name(KeyPurpose purpose) {
  switch (purpose) {
    case KeyPurpose::kSigning:
      return "signing";
    case KeyPurpose::kCurve:
      return "curve";
    case KeyPurpose::kCellKey:
      return "cell-key";
    case KeyPurpose::kCosigning:
      break;
  }
  return "cosigning";
}

std::string first_line(KeyPurpose purpose) {
  return "rapporteur-key " + std::string(name(purpose)) + " v1\n";
}

std::string system_error() {
  return std::strerror(errno);
}

// What is wrong with who may read the file, if anything.
std::optional<Error> exposed(const FileHandle& handle, const std::filesystem::path& file) {
  struct stat status {};
  if (::fstat(handle.get(), &status) != 0) {
    return Error{ErrorKind::kConfiguration, system_error(), file.string(), {}};
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorKind::kConfiguration, "key file is not a regular file", file.string(),
                 kRestore};
  }
  if (status.st_uid != ::geteuid()) {
    return Error{ErrorKind::kConfiguration, "key file belongs to another user", file.string(),
                 "run as its owner, or chown it"};
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !sabotaged("key-mode-off")) {
    return Error{ErrorKind::kConfiguration, "key file is open to group or others", file.string(),
                 "chmod 600 " + file.string() + ", and replace the key if others could read it"};
  }
  return std::nullopt;
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

void append_wiping(std::string& out, std::string&& secret) {
  out += secret;
  sodium_memzero(secret.data(), secret.size());
}

// Makes the name durable too: a key that is gone after a power cut may already be enrolled.
bool sync_folder_of(const std::filesystem::path& file) {
  const auto parent = file.parent_path();
  const FileHandle folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  return folder.open() && ::fsync(folder.get()) == 0;
}

}  // namespace

Result<SecretBytes> read_key_file(const std::filesystem::path& file, KeyPurpose purpose) {
  const FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!handle.open()) {
    const bool not_allowed = errno == EACCES || errno == EPERM;
    return fail(ErrorKind::kConfiguration, "cannot read key file: " + system_error(), file.string(),
                not_allowed ? kRunAsOwner : kRestore);
  }
  if (auto error = exposed(handle, file)) return tl::unexpected(*error);
  std::string text(limits::kKeyFileBytes, '\0');
  const ssize_t size = ::read(handle.get(), text.data(), text.size());
  const auto refuse = [&](const char* why) {
    sodium_memzero(text.data(), text.size());
    return fail(ErrorKind::kConfiguration, why, file.string(), kRestore);
  };
  if (size < 0) return refuse("cannot read key file");
  if (static_cast<std::size_t>(size) >= limits::kKeyFileBytes) return refuse("key file too long");
  const std::string head = first_line(purpose);
  std::string_view content(text.data(), static_cast<std::size_t>(size));
  if (!content.starts_with(head)) return refuse("not a key file of this purpose and version");
  content.remove_prefix(head.size());
  if (content.ends_with('\n')) content.remove_suffix(1);
  auto decoded = parse_base64(content);
  SecretBytes key;
  const bool whole = decoded && decoded->size() == key.bytes().size();
  if (whole) std::copy_n(bytes_of(*decoded).begin(), decoded->size(), key.mutable_bytes().begin());
  if (decoded) sodium_memzero(decoded->data(), decoded->size());
  if (!whole) return refuse("key file is damaged");
  sodium_memzero(text.data(), text.size());
  return key;
}

Status write_key_file(const std::filesystem::path& file, KeyPurpose purpose,
                      const SecretBytes& key) {
  const FileHandle handle(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!handle.open()) {
    return fail(errno == EEXIST ? ErrorKind::kConfiguration : ErrorKind::kStorage,
                "cannot create key file: " + system_error(), file.string(),
                "keys are never overwritten");
  }
  std::string text;
  text.reserve(limits::kKeyFileBytes);  // no copy is left behind by growing
  text += first_line(purpose);
  append_wiping(text, base64(key.bytes()));
  text += '\n';
  const bool written =
      write_all(handle.get(), text) && ::fsync(handle.get()) == 0 && sync_folder_of(file);
  sodium_memzero(text.data(), text.size());
  if (!written) {
    std::string reason = system_error();
    ::unlink(file.c_str());  // half a key would stand in the way of the next attempt
    return fail(ErrorKind::kStorage, "cannot write key file: " + reason, file.string());
  }
  return {};
}

}  // namespace rapporteur::crypto
