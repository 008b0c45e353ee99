#include "store/rocks/body_keys.h"

#include <algorithm>
#include <array>

#include <rocksdb/env.h>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/ed25519.h"
#include "store/rocks/database.h"
#include "store/rocks/layout.h"

namespace rapporteur::rocks {
namespace {

// Half a megabyte: one write and one sync in many groups.
constexpr std::size_t kMadeAtOnce = 16'384;

Status make_key_file(const std::filesystem::path& file, std::string_view verifier_key,
                     rocksdb::Env& files) {
  std::error_code error;
  if (auto written = write_new_file(file, key_head(verifier_key), files); !written) return written;
  std::filesystem::permissions(file, std::filesystem::perms(0600), error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot make it its owner's alone: " + error.message(),
                file.string());
  }
  return sync_folder(std::filesystem::absolute(file).parent_path(), files);
}

}  // namespace

BodyKeys::BodyKeys(BodyKeys&&) noexcept = default;

BodyKeys::~BodyKeys() {
  crypto::wipe(ahead_);
}

Result<BodyKeys> BodyKeys::create(const BodyKeyPlaces& places, std::string_view verifier_key,
                                  rocksdb::Env& files) {
  for (const std::filesystem::path& file : {places.file, places.copy}) {
    if (file.empty()) continue;
    std::error_code error;
    const auto there = std::filesystem::symlink_status(file, error);
    if (!std::filesystem::status_known(there)) {
      return fail(ErrorKind::kStorage, "cannot be looked up: " + error.message(), file.string(),
                  "see who may search the folder");
    }
    if (std::filesystem::exists(there)) {
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
  // with one may have used it. And more than before, so that no older file counts as many.
  const std::size_t ahead = std::max<std::size_t>(kMadeAtOnce, keys.made_.value - size.value + 1);
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
  const auto counts = reader_->counts();
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
  const auto counts = (*reader)->counts();
  if (!counts) return tl::unexpected(counts.error());
  // The other number says nothing of age: a torn one may be too large, and what an older file has
  // not destroyed is destroyed again.
  if (counts->made > made_.value) {
    return fail(ErrorKind::kConfiguration, "the body keys are older than their copy, or cut short",
                copy.string(), "put the copy in the place of the keys");
  }
  if (*counts == KeyCounts{destroyed_through_.value, made_.value}) return {};
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
  const KeyCounts counts{destroyed_through_.value, made_.value + count};
  const std::string counts_written = counts.bytes();
  const std::array<Piece, 2> pieces{
      {{key_offset_of(LogIndex{made_.value}), text_of(fresh)}, {kKeyCountsOffset, counts_written}}};
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
      pieces.push_back({key_offset_of(index), text_of(gone.bytes)});
    }
  }
  return write(pieces);
}

// Not before they are gone: what these numbers say is not looked at again. And not before all of
// them are: a torn number may be larger, and then the size of the log bounds what it says.
Status BodyKeys::note_destroyed(TreeSize size) {
  destroyed_through_ = size;
  const std::string counts = KeyCounts{destroyed_through_.value, made_.value}.bytes();
  const std::array<Piece, 1> piece{{{kKeyCountsOffset, counts}}};
  return write(piece);
}

}  // namespace rapporteur::rocks
