#include "store/rocks/body_key_file.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/check.h"
#include "store/rocks/database.h"
#include "store/rocks/layout.h"

namespace rapporteur::rocks {
namespace {

constexpr std::string_view kHeadLine = "rapporteur-body-keys 1\n";
constexpr std::size_t kCopiedAtOnce = 1UL << 20U;
// A random key has as many leading zeros as a destroyed one with a chance of 2^-192.
constexpr std::size_t kZeros = crypto::kBodyKeyBytes - sizeof(std::uint64_t);

std::string head_text(std::string_view verifier_key) {
  std::string text(kHeadLine);
  text.append(verifier_key).append("\n");
  RAPPORTEUR_CHECK(text.size() <= kKeyCountsOffset);
  return text;
}

Result<KeyCounts> parse_head(std::string_view head, std::string_view verifier_key,
                             const std::filesystem::path& file) {
  if (head.size() != kKeyHeadBytes || !head.starts_with(kHeadLine)) {
    return fail(ErrorKind::kConfiguration, "this is no file of body keys", file.string(),
                "put the copy of the file in its place");
  }
  const std::string text = head_text(verifier_key);
  if (!head.starts_with(text) || head[text.size()] != '\0') {
    return fail(ErrorKind::kConfiguration, "these are the body keys of another log", file.string(),
                "name the file of this log");
  }
  return KeyCounts{*layout::parse_number(head.substr(kKeyCountsOffset, 8)),
                   *layout::parse_number(head.substr(kKeyCountsOffset + 8, 8))};
}

bool write_at(const FileHandle& file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    offset += static_cast<std::uint64_t>(size);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

std::string KeyCounts::bytes() const {
  const layout::NumberBytes first = layout::number(destroyed_through);
  const layout::NumberBytes second = layout::number(made);
  return std::string(view(slice(first))).append(view(slice(second)));
}

std::string key_head(std::string_view verifier_key) {
  std::string head = head_text(verifier_key);
  head.resize(kKeyHeadBytes, '\0');
  return head;
}

bool BodyKey::made() const {
  return *this != BodyKey();
}

std::optional<LogIndex> BodyKey::destroyed_by() const {
  const std::span slot(bytes);
  const bool gone =
      std::ranges::all_of(slot.first(kZeros), [](std::byte byte) { return byte == std::byte{0}; });
  if (!gone || !made()) return std::nullopt;
  return LogIndex{*layout::parse_number(text_of(slot.subspan(kZeros)))};
}

BodyKey BodyKey::destroyed(LogIndex by) {
  BodyKey out;
  const layout::NumberBytes index = layout::number(by.value);
  const ByteSpan bytes = bytes_of(view(slice(index)));
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin() + kZeros);
  return out;
}

std::filesystem::path body_key_file_of(const std::filesystem::path& log_folder) {
  // Without a slash at the end it has a name.
  std::filesystem::path file = (log_folder / "").lexically_normal().parent_path();
  file += ".keys";
  return file;
}

Result<BodyKeyPlaces> body_key_places(const std::filesystem::path& log_folder,
                                      const std::filesystem::path& file,
                                      const std::filesystem::path& copy) {
  const auto inside = std::filesystem::absolute(log_folder / "").lexically_normal();
  BodyKeyPlaces places{file.empty() ? body_key_file_of(log_folder) : file, copy};
  std::error_code ignored;
  if (!copy.empty() && (std::filesystem::absolute(copy).lexically_normal() ==
                            std::filesystem::absolute(places.file).lexically_normal() ||
                        std::filesystem::equivalent(copy, places.file, ignored))) {
    return fail(ErrorKind::kConfiguration, "the copy of the keys is the file itself", copy.string(),
                "name another place, on another disk");
  }
  for (const std::filesystem::path& place : {places.file, places.copy}) {
    if (place.empty()) continue;
    const auto within =
        std::filesystem::absolute(place).lexically_normal().lexically_relative(inside);
    if (!within.empty() && *within.begin() != "..") {
      return fail(ErrorKind::kConfiguration, "the keys of the bodies lie in the log's folder",
                  place.string(), "name a place outside it: a copy of the log must not hold them");
    }
    const auto parent = std::filesystem::absolute(place).parent_path();
    const auto found = std::filesystem::status(parent, ignored);
    if (std::filesystem::status_known(found) && !std::filesystem::is_directory(found)) {
      return fail(ErrorKind::kConfiguration, "the folder for the keys of the bodies is not there",
                  parent.string(), "make it, or mount its disk; or name another place");
    }
  }
  return places;
}

Result<std::shared_ptr<const BodyKeyReader>> BodyKeyReader::open(const std::filesystem::path& file,
                                                                 std::string_view verifier_key) {
  FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!handle.open() && (errno == ENOENT || errno == EACCES)) {
    return fail(ErrorKind::kNotFound, "the keys of the bodies are not here, or not for us to read",
                file.string(), "put the file, or its copy, there");
  }
  if (!handle.open()) return system_failure("cannot open", file);
  struct stat status {};
  if (::fstat(handle.get(), &status) != 0) return system_failure("cannot look at", file);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorKind::kConfiguration, "others than its owner may read the keys of the bodies",
                file.string(), "chmod 600 it");
  }
  std::shared_ptr<BodyKeyReader> reader(new BodyKeyReader(std::move(handle), file));
  reader->verifier_key_ = verifier_key;
  if (auto counts = reader->counts(); !counts) return tl::unexpected(counts.error());
  return reader;
}

Result<std::string> BodyKeyReader::bytes(std::uint64_t offset, std::size_t most) const {
  std::string out(most, '\0');
  std::size_t filled = 0;
  while (filled < most) {
    const ssize_t size = ::pread(file_.get(), out.data() + filled, most - filled,
                                 static_cast<off_t>(offset + filled));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_failure("cannot read", path_);
    if (size == 0) break;
    filled += static_cast<std::size_t>(size);
  }
  out.resize(filled);
  return out;
}

Result<std::vector<BodyKey>> BodyKeyReader::read(LogIndex first, std::size_t count) const {
  auto raw = bytes(key_offset_of(first), count * crypto::kBodyKeyBytes);
  if (!raw) return tl::unexpected(raw.error());
  raw->resize(count * crypto::kBodyKeyBytes, '\0');
  std::vector<BodyKey> keys(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ByteSpan slot = bytes_of(*raw).subspan(i * crypto::kBodyKeyBytes, crypto::kBodyKeyBytes);
    std::copy(slot.begin(), slot.end(), keys[i].bytes.begin());
  }
  crypto::wipe(std::as_writable_bytes(std::span(*raw)));
  return keys;
}

Result<KeyCounts> BodyKeyReader::counts() const {
  const auto head = bytes(0, kKeyHeadBytes);
  if (!head) return tl::unexpected(head.error());
  auto counts = parse_head(*head, verifier_key_, path_);
  if (!counts) return counts;
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return system_failure("cannot look at", path_);
  const std::uint64_t slots =
      (static_cast<std::uint64_t>(status.st_size) - kKeyHeadBytes) / crypto::kBodyKeyBytes;
  counts->made = std::min(counts->made, slots);
  return counts;
}

Status BodyKeyReader::copy_to(const std::filesystem::path& file) const {
  const FileHandle out(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.open()) return system_failure("cannot open", file);
  if (::fchmod(out.get(), 0600) != 0)
    return system_failure("cannot make it its owner's alone", file);
  const auto head = bytes(0, kKeyHeadBytes);
  if (!head) return tl::unexpected(head.error());
  // While it is being written it counts no keys, so that a copy that was cut off is seen to be one.
  std::string unfinished = *head;
  std::fill(unfinished.begin() + kKeyCountsOffset, unfinished.end(), '\0');
  if (!write_at(out, 0, unfinished) || ::fsync(out.get()) != 0) {
    return system_failure("cannot write", file);
  }
  std::uint64_t offset = kKeyHeadBytes;
  while (true) {
    auto piece = bytes(offset, kCopiedAtOnce);
    if (!piece) return tl::unexpected(piece.error());
    if (piece->empty()) break;
    const bool written = write_at(out, offset, *piece);
    offset += piece->size();
    crypto::wipe(std::as_writable_bytes(std::span(*piece)));
    if (!written) return system_failure("cannot write", file);
  }
  if (::ftruncate(out.get(), static_cast<off_t>(offset)) != 0 || ::fsync(out.get()) != 0 ||
      !write_at(out, 0, *head) || ::fsync(out.get()) != 0) {
    return system_failure("cannot write", file);
  }
  return {};
}

Status continue_body_keys(const ContinuedKeys& keys) {
  const auto reader = BodyKeyReader::open(keys.from, keys.old_verifier_key);
  if (!reader) return tl::unexpected(reader.error());
  auto head = (*reader)->bytes(0, kKeyHeadBytes);
  if (!head) return tl::unexpected(head.error());
  const std::string text =
      key_head(keys.new_verifier_key).substr(0, kKeyCountsOffset) + head->substr(kKeyCountsOffset);
  if (auto copied = (*reader)->copy_to(keys.to); !copied) return copied;
  const FileHandle out(::open(keys.to.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!out.open()) return system_failure("cannot open", keys.to);
  if (!write_at(out, 0, text) || ::fsync(out.get()) != 0) {
    return system_failure("cannot write", keys.to);
  }
  return {};
}

}  // namespace rapporteur::rocks
