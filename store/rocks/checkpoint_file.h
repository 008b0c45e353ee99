// The newest checkpoint given to anybody, in a file beside the database: what shows on opening that
// the database has lost entries that were acknowledged.
//
// Two slots of 4,096 bytes, each a signed note padded with zero bytes. One of them is synced and
// left alone while every new note goes into the other; once a second that one is synced, and the
// two change places. So whatever a power cut tears, one slot is whole. The note's own signature
// says whether a slot is. Threads: one at a time. Durability: a written note survives the process,
// and within kSyncEvery the power cut. Errors: kStorage; a file whose write or sync has failed is
// not written again. Source: FORMAT.md, "The file `checkpoint`".
#pragma once

#include <array>
#include <memory>
#include <string>

#include <rocksdb/env.h>

#include "proto/base/clock.h"
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
  static constexpr std::chrono::milliseconds kSyncEvery{1'000};

  // The file of a new log, with room for all slots and `first` in one of them, synced.
  [[nodiscard]] static Result<CheckpointFile> create(const std::filesystem::path& folder,
                                                     std::string_view first, MonotonicTime now,
                                                     rocksdb::Env& files);
  // Of an existing one: syncs what is there; the slot that is not that of `newest` is written next.
  [[nodiscard]] static Result<CheckpointFile> open(const std::filesystem::path& folder,
                                                   const CheckpointSlots& slots,
                                                   const GivenOut& newest, MonotonicTime now,
                                                   rocksdb::Env& files);

  // Syncs, too, when that is due.
  [[nodiscard]] Status write(std::string_view note, MonotonicTime now);
  [[nodiscard]] Status sync(MonotonicTime now);

 private:
  CheckpointFile(std::unique_ptr<rocksdb::RandomRWFile> file, std::filesystem::path path,
                 std::size_t slot, MonotonicTime now)
      : file_(std::move(file)), path_(std::move(path)), slot_(slot), synced_(now) {}
  [[nodiscard]] static Result<CheckpointFile> opened(const std::filesystem::path& folder,
                                                     std::size_t slot, MonotonicTime now,
                                                     rocksdb::Env& files);

  std::unique_ptr<rocksdb::RandomRWFile> file_;
  std::filesystem::path path_;
  std::size_t slot_ = 0;  // the one that is written; the other is whole and synced
  MonotonicTime synced_;
};

}  // namespace rapporteur::rocks
