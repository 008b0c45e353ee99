// The newest checkpoint given to anybody, in a file beside the database: what shows on opening that
// the database has lost entries that were acknowledged.
//
// Two slots of 4,096 bytes, written in turn, each a signed note padded with zero bytes: a write cut
// in the middle leaves the other one. The note's own signature says whether a slot is whole.
// Threads: one at a time.
// Durability: written, not synced: it survives the process, and guards against what a process, a
// restored copy or a damaged database can lose.
// Errors: kStorage.
#pragma once

#include <array>
#include <string>

#include "store/notes/checkpoint.h"
#include "store/rocks/folder.h"

namespace rapporteur::rocks {

struct GivenOut {
  notes::Checkpoint checkpoint;
  std::string note;
};

inline constexpr std::size_t kCheckpointSlots = 2;
// What stands in the slots, as far as it could be read: notes, whole or not.
using CheckpointSlots = std::array<std::string, kCheckpointSlots>;

[[nodiscard]] Result<CheckpointSlots> read_checkpoint_slots(const std::filesystem::path& folder);
// The one over the larger tree. Error when `log` signed neither.
[[nodiscard]] Result<GivenOut> newest_of(const CheckpointSlots& slots,
                                         const notes::VerifierKey& log);

class CheckpointFile {
 public:
  // The file of a new log, with room for all slots.
  [[nodiscard]] static Result<CheckpointFile> create(const std::filesystem::path& folder);
  // Of an existing one; the slot that is not that of `newest` is written next.
  [[nodiscard]] static Result<CheckpointFile> open(const std::filesystem::path& folder,
                                                   const CheckpointSlots& slots,
                                                   const GivenOut& newest);

  [[nodiscard]] Status write(std::string_view note);

 private:
  CheckpointFile(FileHandle handle, std::filesystem::path file, std::size_t next_slot)
      : handle_(std::move(handle)), file_(std::move(file)), next_slot_(next_slot) {}

  FileHandle handle_;
  std::filesystem::path file_;
  std::size_t next_slot_ = 0;
};

}  // namespace rapporteur::rocks
