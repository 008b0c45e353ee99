// A file system under the real RocksDB that can fail, and that forgets what was not synced.
//
// It counts every append, overwriting, sync, creation, renaming, removal and folder sync, and lets
// one of them fail: for good (the power is cut: nothing after it happens) or as a disk fails.
// `forget` then leaves on the real disk what a power cut may leave: of each file the bytes that
// were synced, or those and a random part of what follows; of what was overwritten since the last
// sync nothing, or a random part; of each folder the entries as of its last sync. Real syncs are
// not made: what counts as synced is decided here.
//
// Threads: any. Source: the idea of losing on purpose what was not synced is that of LevelDB's
// fault injection test.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

namespace rapporteur::crash {

enum class Fault {
  kPowerCut,     // this operation and all later ones fail, this one half done
  kInputOutput,  // this operation fails with EIO
  kDiskFull,     // this and all later appends and creations fail with ENOSPC
};

class ForgetfulFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  ForgetfulFileSystem();

  // The `operation`-th from now, from 1, fails.
  void fail_at(std::uint64_t operation, Fault fault);
  [[nodiscard]] std::uint64_t operations() const;
  // Whether the fault has happened.
  [[nodiscard]] bool failed() const;
  // Every operation succeeds again.
  void heal();
  // All files are closed. `torn` keeps a random part of what was not synced.
  void forget(std::mt19937_64& random, bool torn);

  [[nodiscard]] const char* Name() const override { return "forgetful"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  // For the files and folders it hands out.
  enum class Operation { kAppend, kSync, kCreate, kName };
  // What the operation is to answer; `cut` when the power goes just now.
  [[nodiscard]] rocksdb::IOStatus next(Operation operation, const std::string& path, bool& cut);
  void appended(const std::string& path, std::uint64_t bytes);
  // Before it happens: what stands there is kept.
  void overwrites(const std::string& path, std::uint64_t offset, const rocksdb::Slice& data);
  void synced(const std::string& path);
  void truncated(const std::string& path, std::uint64_t size);
  void folder_synced(const std::string& folder);

 private:
  struct Extent {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
  };
  // Something done to a folder since its last sync, and how to undo it.
  struct Change {
    std::string path;   // as it is now; empty: was removed
    std::string from;   // where it was before; empty: did not exist
    std::string saved;  // what `path` (or, when removed, `from`) was before, set aside
    Extent saved_extent;
  };

  // What was overwritten since the last sync of its file.
  struct Overwritten {
    std::uint64_t offset = 0;
    std::string before;
    std::string after;
  };

  void set_aside(const std::string& path, Change& change);
  void undo(const Change& change);
  void undo(const std::string& path, const Overwritten& overwritten, std::mt19937_64* tear);

  mutable std::mutex mutex_;
  std::uint64_t operations_ = 0;
  std::optional<std::uint64_t> fail_at_;
  Fault fault_ = Fault::kPowerCut;
  bool failed_ = false;
  std::uint64_t saved_ = 0;
  std::map<std::string, Extent> files_;
  std::map<std::string, std::vector<Overwritten>> overwritten_;  // by file, in order
  std::map<std::string, std::vector<Change>> changes_;           // by folder, in order
};

}  // namespace rapporteur::crash
