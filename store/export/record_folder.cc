#include "store/export/record_folder.h"

#include "proto/base/limits.h"
#include "store/export/files.h"
#include "store/export/record_export.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::exports {
namespace {

constexpr std::size_t kMarkFileBytes = 256;

std::size_t bytes_in(const journal::StoredEntry& entry) {
  return entry.nonce.size() + entry.record.size() + entry.salt.size() + entry.body.size();
}

tl::unexpected<Error> not_exported(const char* what) {
  return fail(ErrorKind::kNotVerified, what);
}

}  // namespace

Result<std::optional<RecordFolder>> RecordFolder::open(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kRecordsMark;
  const auto text = read_file(file, kMarkFileBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::optional<RecordFolder>();
  if (!text) return tl::unexpected(text.error());
  const auto mark = RecordsMark::parse(*text);
  if (!mark) return fail(mark.error().kind, mark.error().what, file.string());
  return std::optional(RecordFolder(folder, *mark));
}

std::filesystem::path RecordFolder::file(const char* below, std::uint64_t number) const {
  return files_.path() / bundle_path(below, number, tile_width(mark_.size, {0, number}));
}

std::filesystem::path RecordFolder::file_of(LogIndex index, bool body) const {
  return file(body && mark_.bodies ? kBodyBundles : kRecordBundles,
              index.value / merkle::kTileWidth);
}

tl::unexpected<Error> RecordFolder::damaged(const char* below, std::uint64_t number,
                                            Error error) const {
  // A note that cannot be read was exported as one that could.
  error.kind = error.kind == ErrorKind::kMalformed ? ErrorKind::kNotVerified : error.kind;
  if (error.where.empty()) {
    error.where = file(below, number).string();
  }
  if (error.remedy.empty()) error.remedy = "export it again, from the log, into a new folder";
  return tl::unexpected(std::move(error));
}

Status RecordFolder::load(std::uint64_t number) {
  bundle_.clear();
  const std::uint64_t width = tile_width(mark_.size, {0, number});
  const auto bytes = files_.bundle(kRecordBundles, number, mark_.size);
  if (!bytes) return tl::unexpected(bytes.error());
  std::uint64_t index = number * merkle::kTileWidth;
  auto read = for_each_frame(*bytes, [&](std::string_view part) -> Status {
    if (part.size() < limits::kNonceBytes) return not_exported("a record has no nonce");
    if (bundle_.size() < width) {
      bundle_.push_back({LogIndex{index++},
                         std::string(part.substr(0, limits::kNonceBytes)),
                         std::string(part.substr(limits::kNonceBytes)),
                         {},
                         {},
                         mark_.bodies ? journal::BodyState::kNone : journal::BodyState::kSealed});
    }
    return {};
  });
  if (read && bundle_.size() < width) read = not_exported("entries at its end are missing");
  if (!read) {
    bundle_.clear();
    return damaged(kRecordBundles, number, read.error());
  }
  return mark_.bodies ? load_bodies(number) : Status();
}

Status RecordFolder::load_bodies(std::uint64_t number) {
  const auto bytes = files_.bundle(kBodyBundles, number, mark_.size);
  if (!bytes) return tl::unexpected(bytes.error());
  auto entry = bundle_.begin();
  auto read = for_each_frame(*bytes, [&](std::string_view part) -> Status {
    if (entry == bundle_.end()) return {};
    if (!part.empty()) {
      if (part.size() < limits::kSaltBytes) return not_exported("a body has no salt");
      entry->salt = part.substr(0, limits::kSaltBytes);
      entry->body = part.substr(limits::kSaltBytes);
      entry->state = journal::BodyState::kHere;
    }
    ++entry;
    return {};
  });
  if (read && entry != bundle_.end()) read = not_exported("bodies at its end are missing");
  if (!read) {
    bundle_.clear();
    return damaged(kBodyBundles, number, read.error());
  }
  return {};
}

Result<std::vector<journal::StoredEntry>> RecordFolder::entries(LogIndex first, std::size_t count,
                                                                std::size_t most_bytes) {
  const std::uint64_t number = first.value / merkle::kTileWidth;
  if (bundle_.empty() || bundle_.front().index.value != number * merkle::kTileWidth) {
    if (auto loaded = load(number); !loaded) return tl::unexpected(loaded.error());
  }
  std::vector<journal::StoredEntry> out;
  std::size_t bytes = 0;
  for (std::size_t i = first.value % merkle::kTileWidth; i < bundle_.size() && out.size() < count;
       ++i) {
    bytes += bytes_in(bundle_[i]);
    if (bytes > most_bytes && !out.empty()) break;
    out.push_back(bundle_[i]);
  }
  return out;
}

Status RecordFolder::checkpoints(const std::function<bool(TreeSize, const std::string&)>& use) {
  bool more = true;
  for (std::uint64_t number = 0; more && number * merkle::kTileWidth < mark_.size.value; ++number) {
    const auto bytes = files_.bundle(kCheckpointBundles, number, mark_.size);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto read = for_each_frame(*bytes, [&](std::string_view part) -> Status {
      const auto note = notes::Note::parse(part);
      if (!note) return tl::unexpected(note.error());
      const auto head = notes::Checkpoint::parse(note->text);
      if (!head) return tl::unexpected(head.error());
      // Also where a later run was cut off after it wrote the bundle: the next one completes it.
      if (head->size > mark_.size) {
        return not_exported("a checkpoint is over more entries than the export has");
      }
      if (more) more = use(head->size, std::string(part));
      return {};
    });
    if (!read) return damaged(kCheckpointBundles, number, read.error());
  }
  return {};
}

}  // namespace rapporteur::exports
