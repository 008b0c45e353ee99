#include "store/rocks/checkpoint_file.h"

#include <algorithm>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

#include "proto/base/sabotage.h"
#include "store/rocks/database.h"

namespace rapporteur::rocks {
namespace {

constexpr std::size_t kSlotBytes = 4096;

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "checkpoint";
}

}  // namespace

Result<CheckpointSlots> read_checkpoint_slots(const std::filesystem::path& folder) {
  const std::filesystem::path file = file_in(folder);
  const FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!handle.open()) return system_failure("cannot open", file);
  CheckpointSlots slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::array<char, kSlotBytes> bytes{};
    const ssize_t size =
        ::pread(handle.get(), bytes.data(), bytes.size(), static_cast<off_t>(i * kSlotBytes));
    if (size < 0) return system_failure("cannot read", file);
    const std::string_view text(bytes.data(), static_cast<std::size_t>(size));
    slots[i] = text.substr(0, text.find('\0'));
  }
  return slots;
}

Result<GivenOut> newest_of(const CheckpointSlots& slots, const notes::VerifierKey& log) {
  std::optional<GivenOut> newest;
  for (const std::string& slot : slots) {
    auto opened = notes::open_checkpoint(slot, log);
    if (!opened || (newest && opened->size <= newest->checkpoint.size)) continue;
    newest = GivenOut{std::move(*opened), slot};
  }
  if (newest) return std::move(*newest);
  return fail(ErrorKind::kStorage, "the file `checkpoint` holds none signed by this log's key", {},
              "put the newest checkpoint that a witness or a receipt holds into this file");
}

Result<CheckpointFile> CheckpointFile::opened(const std::filesystem::path& folder, std::size_t slot,
                                              MonotonicTime now, rocksdb::Env& files) {
  std::unique_ptr<rocksdb::RandomRWFile> file;
  const std::filesystem::path path = file_in(folder);
  const auto status = files.NewRandomRWFile(path.string(), &file, rocksdb::EnvOptions());
  if (!status.ok()) return failure(status, path);
  return CheckpointFile(std::move(file), path, slot, now);
}

Result<CheckpointFile> CheckpointFile::create(const std::filesystem::path& folder,
                                              std::string_view first, MonotonicTime now,
                                              rocksdb::Env& files) {
  // Room for all slots now, so that a full disk cannot refuse a checkpoint later.
  const std::string room(kSlotBytes * kCheckpointSlots, '\0');
  if (auto made = write_new_file(file_in(folder), room, files); !made) {
    return tl::unexpected(made.error());
  }
  auto file = opened(folder, 0, now, files);
  if (!file) return file;
  auto written = file->write(first, now).and_then([&] { return file->sync(now); });
  if (!written) return tl::unexpected(written.error());
  return file;
}

Result<CheckpointFile> CheckpointFile::open(const std::filesystem::path& folder,
                                            const CheckpointSlots& slots, const GivenOut& newest,
                                            MonotonicTime now, rocksdb::Env& files) {
  auto file = opened(folder, slots[0] == newest.note ? 0 : 1, now, files);
  if (!file) return file;
  if (auto synced = file->sync(now); !synced) return tl::unexpected(synced.error());
  return file;
}

Status CheckpointFile::write(std::string_view note, MonotonicTime now) {
  if (note.size() >= kSlotBytes) {
    return fail(ErrorKind::kStorage, "checkpoint too long for its file", path_.string());
  }
  std::array<char, kSlotBytes> bytes{};
  std::copy(note.begin(), note.end(), bytes.begin());
  const auto status = file_->Write(slot_ * kSlotBytes, slice(bytes));
  if (!status.ok()) return failure(status, path_);
  return now < synced_ + kSyncEvery ? Status() : sync(now);
}

Status CheckpointFile::sync(MonotonicTime now) {
  if (!sabotaged("checkpoint-not-synced")) {
    if (const auto status = file_->Sync(); !status.ok()) return failure(status, path_);
  }
  slot_ = (slot_ + 1) % kCheckpointSlots;
  synced_ = now;
  return {};
}

}  // namespace rapporteur::rocks
