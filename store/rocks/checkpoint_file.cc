#include "store/rocks/checkpoint_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

namespace rapporteur::rocks {
namespace {

constexpr std::size_t kSlotBytes = 4096;
using Slot = std::array<char, kSlotBytes>;

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / "checkpoint";
}

bool write_slot(int descriptor, std::size_t slot, const Slot& bytes) {
  const ssize_t written =
      ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(slot * kSlotBytes));
  if (written >= 0 && written != static_cast<ssize_t>(bytes.size())) errno = ENOSPC;
  return written == static_cast<ssize_t>(bytes.size());
}

}  // namespace

Result<CheckpointSlots> read_checkpoint_slots(const std::filesystem::path& folder) {
  const std::filesystem::path file = file_in(folder);
  const FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!handle.open()) return system_failure("cannot open", file);
  CheckpointSlots slots;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Slot bytes{};
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

Result<CheckpointFile> CheckpointFile::create(const std::filesystem::path& folder) {
  const std::filesystem::path file = file_in(folder);
  FileHandle handle(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  // Room for all slots now, so that a full disk cannot refuse a checkpoint later.
  bool written = handle.open();
  for (std::size_t slot = 0; written && slot < kCheckpointSlots; ++slot) {
    written = write_slot(handle.get(), slot, Slot{});
  }
  if (!written || ::fsync(handle.get()) != 0) return system_failure("cannot create", file);
  return CheckpointFile(std::move(handle), file, 0);
}

Result<CheckpointFile> CheckpointFile::open(const std::filesystem::path& folder,
                                            const CheckpointSlots& slots, const GivenOut& newest) {
  const std::filesystem::path file = file_in(folder);
  FileHandle handle(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!handle.open()) return system_failure("cannot open", file);
  return CheckpointFile(std::move(handle), file, slots[0] == newest.note ? 1 : 0);
}

Status CheckpointFile::write(std::string_view note) {
  if (note.size() >= kSlotBytes) {
    return fail(ErrorKind::kStorage, "checkpoint too long for its file", file_.string());
  }
  Slot bytes{};
  std::copy(note.begin(), note.end(), bytes.begin());
  if (!write_slot(handle_.get(), next_slot_, bytes)) return system_failure("cannot write", file_);
  next_slot_ = (next_slot_ + 1) % kCheckpointSlots;
  return {};
}

}  // namespace rapporteur::rocks
