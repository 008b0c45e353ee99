#include "store/rocks/body_keys.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/ed25519.h"
#include "store/rocks/database.h"
#include "store/rocks/layout.h"

namespace rapporteur::rocks {
namespace {

constexpr std::string_view kHeadLine = "rapporteur-body-keys 1\n";
constexpr std::size_t kHeadBytes = 4'096;
// Two numbers, so close together that no write tears them apart.
constexpr std::size_t kCountsOffset = kHeadBytes - 16;
// Half a megabyte: one write and one sync in many groups.
constexpr std::size_t kMadeAtOnce = 16'384;
constexpr std::size_t kCopiedAtOnce = 1UL << 20U;
// A random key has as many leading zeros as a destroyed one with a chance of 2^-192.
constexpr std::size_t kZeros = crypto::kBodyKeyBytes - sizeof(std::uint64_t);

std::uint64_t offset_of(LogIndex index) {
  return kHeadBytes + index.value * crypto::kBodyKeyBytes;
}

std::string head_text(std::string_view verifier_key) {
  std::string text(kHeadLine);
  text.append(verifier_key).append("\n");
  RAPPORTEUR_CHECK(text.size() <= kCountsOffset);
  return text;
}

struct Counts {
  std::uint64_t destroyed_through = 0;
  std::uint64_t made = 0;
  bool operator==(const Counts&) const = default;
};

std::string counts_bytes(const Counts& counts) {
  const layout::NumberBytes destroyed = layout::number(counts.destroyed_through);
  const layout::NumberBytes made = layout::number(counts.made);
  return std::string(view(slice(destroyed))).append(view(slice(made)));
}

Result<Counts> parse_head(std::string_view head, std::string_view verifier_key,
                          const std::filesystem::path& file) {
  if (head.size() != kHeadBytes || !head.starts_with(kHeadLine)) {
    return fail(ErrorKind::kConfiguration, "this is no file of body keys", file.string(),
                "put the copy of the file in its place");
  }
  const std::string text = head_text(verifier_key);
  if (!head.starts_with(text) || head[text.size()] != '\0') {
    return fail(ErrorKind::kConfiguration, "these are the body keys of another log", file.string(),
                "name the file of this log");
  }
  return Counts{*layout::parse_number(head.substr(kCountsOffset, 8)),
                *layout::parse_number(head.substr(kCountsOffset + 8, 8))};
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

Status make_key_file(const std::filesystem::path& file, std::string_view verifier_key,
                     rocksdb::Env& files) {
  std::error_code error;
  std::string head = head_text(verifier_key);
  head.resize(kHeadBytes, '\0');
  if (auto written = write_new_file(file, head, files); !written) return written;
  std::filesystem::permissions(file, std::filesystem::perms(0600), error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot make it its owner's alone: " + error.message(),
                file.string());
  }
  return sync_folder(std::filesystem::absolute(file).parent_path(), files);
}

}  // namespace

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
  const auto head = reader->bytes(0, kHeadBytes);
  if (!head) return tl::unexpected(head.error());
  if (auto counts = parse_head(*head, verifier_key, file); !counts) {
    return tl::unexpected(counts.error());
  }
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
  auto raw = bytes(offset_of(first), count * crypto::kBodyKeyBytes);
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

Status BodyKeyReader::copy_to(const std::filesystem::path& file) const {
  const FileHandle out(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!out.open()) return system_failure("cannot open", file);
  if (::fchmod(out.get(), 0600) != 0)
    return system_failure("cannot make it its owner's alone", file);
  const auto head = bytes(0, kHeadBytes);
  if (!head) return tl::unexpected(head.error());
  // While it is being written it counts no keys, so that a copy that was cut off is seen to be one.
  std::string unfinished = *head;
  std::fill(unfinished.begin() + kCountsOffset, unfinished.end(), '\0');
  if (!write_at(out, 0, unfinished) || ::fsync(out.get()) != 0) {
    return system_failure("cannot write", file);
  }
  std::uint64_t offset = kHeadBytes;
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
  auto head = (*reader)->bytes(0, kHeadBytes);
  if (!head) return tl::unexpected(head.error());
  std::string text = head_text(keys.new_verifier_key);
  text.resize(kCountsOffset, '\0');
  text += head->substr(kCountsOffset);
  if (auto copied = (*reader)->copy_to(keys.to); !copied) return copied;
  const FileHandle out(::open(keys.to.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!out.open()) return system_failure("cannot open", keys.to);
  if (!write_at(out, 0, text) || ::fsync(out.get()) != 0) {
    return system_failure("cannot write", keys.to);
  }
  return {};
}

BodyKeys::BodyKeys(BodyKeys&&) noexcept = default;

BodyKeys::~BodyKeys() {
  crypto::wipe(ahead_);
}

Result<BodyKeys> BodyKeys::create(const BodyKeyPlaces& places, std::string_view verifier_key,
                                  rocksdb::Env& files) {
  for (const std::filesystem::path& file : {places.file, places.copy}) {
    if (file.empty()) continue;
    if (std::filesystem::exists(std::filesystem::symlink_status(file))) {
      return fail(ErrorKind::kConfiguration, "there are body keys already", file.string(),
                  "name another place; keys are never overwritten");
    }
  }
  if (auto made = make_key_file(places.file, verifier_key, files); !made) {
    return tl::unexpected(made.error());
  }
  return open(places, verifier_key, TreeSize{}, files);
}

Result<BodyKeys> BodyKeys::open(const BodyKeyPlaces& places, std::string_view verifier_key,
                                TreeSize size, rocksdb::Env& files) {
  BodyKeys keys;
  if (auto opened = keys.open_places(places, verifier_key, files); !opened) {
    return tl::unexpected(opened.error());
  }
  const auto last = size.value == 0 ? Result<std::vector<BodyKey>>()
                                    : keys.reader_->read(LogIndex{size.value - 1}, 1);
  if (!last) return tl::unexpected(last.error());
  if (keys.made_ < size || (size.value != 0 && !last->front().made())) {
    return fail(ErrorKind::kStorage,
                "the log has " + std::to_string(size.value) +
                    " entries, and keys for fewer of their bodies are here",
                places.file.string(), "put the newest copy of this file in its place");
  }
  // What was made ahead is made again: a power cut may have torn it, and an entry that was lost
  // with one may have used it.
  const std::size_t ahead = std::max<std::size_t>(kMadeAtOnce, keys.made_.value - size.value);
  keys.made_ = size;
  keys.ahead_from_ = size.value;
  keys.destroyed_through_ = TreeSize{std::min(keys.destroyed_through_.value, size.value)};
  if (auto made = keys.make(ahead); !made) return tl::unexpected(made.error());
  return keys;
}

Status BodyKeys::open_places(const BodyKeyPlaces& places, std::string_view verifier_key,
                             rocksdb::Env& files) {
  auto reader = BodyKeyReader::open(places.file, verifier_key);
  if (!reader) {
    Error error = reader.error();
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kStorage;
    return tl::unexpected(std::move(error));
  }
  reader_ = std::move(*reader);
  const auto head = reader_->bytes(0, kHeadBytes);
  if (!head) return tl::unexpected(head.error());
  const auto counts = parse_head(*head, verifier_key, places.file);
  if (!counts) return tl::unexpected(counts.error());
  made_ = TreeSize{counts->made};
  destroyed_through_ = TreeSize{counts->destroyed_through};
  if (!places.copy.empty()) {
    if (auto same = bring_up_copy(places.copy, verifier_key, files); !same) return same;
  }
  for (const std::filesystem::path& path : {places.file, places.copy}) {
    if (path.empty()) continue;
    Place place{path, nullptr};
    const auto status = files.NewRandomRWFile(path.string(), &place.file, rocksdb::EnvOptions());
    if (!status.ok()) return failure(status, path);
    places_.push_back(std::move(place));
  }
  return {};
}

Status BodyKeys::bring_up_copy(const std::filesystem::path& copy, std::string_view verifier_key,
                               rocksdb::Env& files) {
  auto reader = BodyKeyReader::open(copy, verifier_key);
  if (!reader && reader.error().kind == ErrorKind::kNotFound) {
    if (auto made = make_key_file(copy, verifier_key, files); !made) return made;
    return reader_->copy_to(copy);
  }
  if (!reader) return tl::unexpected(reader.error());
  const auto head = (*reader)->bytes(0, kHeadBytes);
  if (!head) return tl::unexpected(head.error());
  const auto counts = parse_head(*head, verifier_key, copy);
  if (!counts) return tl::unexpected(counts.error());
  if (counts->made > made_.value || counts->destroyed_through > destroyed_through_.value) {
    return fail(ErrorKind::kConfiguration, "the body keys are older than their copy", copy.string(),
                "put the copy in the place of the keys");
  }
  if (*counts == Counts{destroyed_through_.value, made_.value}) return {};
  return reader_->copy_to(copy);
}

// The file before its copy, so that the copy is never the newer one.
Status BodyKeys::write(std::span<const Piece> pieces) {
  for (const Place& place : places_) {
    for (const Piece& piece : pieces) {
      const auto status = place.file->Write(piece.offset, slice(piece.bytes));
      if (!status.ok()) return failure(status, place.path);
    }
    if (const auto status = place.file->Sync(); !status.ok()) return failure(status, place.path);
  }
  return {};
}

Status BodyKeys::make(std::size_t count) {
  std::vector<std::byte> fresh(count * crypto::kBodyKeyBytes);
  crypto::fill_random(fresh);
  const Counts counts{destroyed_through_.value, made_.value + count};
  const std::string counts_written = counts_bytes(counts);
  const std::array<Piece, 2> pieces{
      {{offset_of(LogIndex{made_.value}), text_of(fresh)}, {kCountsOffset, counts_written}}};
  auto written = write(pieces);
  made_ = TreeSize{counts.made};
  ahead_.insert(ahead_.end(), fresh.begin(), fresh.end());
  crypto::wipe(fresh);
  return written;
}

Status BodyKeys::make_for(LogIndex first, TreeSize size) {
  if (size <= made_) return {};
  const auto used = ahead_.begin() + static_cast<std::ptrdiff_t>((first.value - ahead_from_) *
                                                                 crypto::kBodyKeyBytes);
  // With room for what is made next: growing would leave keys in freed memory.
  const std::size_t more = std::max<std::size_t>(kMadeAtOnce, size.value - made_.value);
  std::vector<std::byte> left;
  left.reserve(static_cast<std::size_t>(ahead_.end() - used) + more * crypto::kBodyKeyBytes);
  left.assign(used, ahead_.end());
  crypto::wipe(ahead_);
  ahead_ = std::move(left);
  ahead_from_ = first.value;
  return make(more);
}

std::span<const std::byte, crypto::kBodyKeyBytes> BodyKeys::fresh(LogIndex index) const {
  RAPPORTEUR_CHECK(index.value >= ahead_from_ && index.value < made_.value);
  return std::span(ahead_)
      .subspan((index.value - ahead_from_) * crypto::kBodyKeyBytes)
      .first<crypto::kBodyKeyBytes>();
}

Status BodyKeys::destroy(std::span<const LogIndex> entries, LogIndex by) {
  const BodyKey gone = BodyKey::destroyed(by);
  std::vector<Piece> pieces;
  for (const LogIndex index : entries) {
    RAPPORTEUR_CHECK(index < by);
    if (!sabotaged("erasure-keeps-key")) {
      pieces.push_back({offset_of(index), text_of(gone.bytes)});
    }
  }
  if (auto written = write(pieces); !written) return written;
  // Not before they are gone: what these numbers say is not looked at again.
  destroyed_through_ = TreeSize{by.value + 1};
  const std::string counts = counts_bytes({destroyed_through_.value, made_.value});
  const std::array<Piece, 1> piece{{{kCountsOffset, counts}}};
  return write(piece);
}

}  // namespace rapporteur::rocks
