#include "tests/crash/forgetful_file_system.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace rapporteur::crash {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

class ForgetfulFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ForgetfulFile(ForgetfulFileSystem& system, std::string path,
                std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), system_(system), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    bool cut = false;
    IOStatus status = system_.next(ForgetfulFileSystem::Operation::kAppend, path_, cut);
    const Slice written = status.ok() ? data : Slice(data.data(), cut ? data.size() / 2 : 0);
    if (!written.empty()) {
      IOStatus appended = FSWritableFileOwnerWrapper::Append(written, options, debug);
      if (!appended.ok()) return appended;
      system_.appended(path_, written.size());
    }
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    IOStatus status = FSWritableFileOwnerWrapper::Truncate(size, options, debug);
    if (status.ok()) system_.truncated(path_, size);
    return status;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    bool cut = false;
    IOStatus status = system_.next(ForgetfulFileSystem::Operation::kSync, path_, cut);
    if (status.ok()) system_.synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  // No promise: a hint to write back early.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  ForgetfulFileSystem& system_;
  const std::string path_;
};

// Overwrites in place. Reads what it wrote.
class ForgetfulRandomFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  ForgetfulRandomFile(ForgetfulFileSystem& system, std::string path,
                      std::unique_ptr<rocksdb::FSRandomRWFile> target)
      : FSRandomRWFileOwnerWrapper(std::move(target)), system_(system), path_(std::move(path)) {}

  IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    bool cut = false;
    IOStatus status = system_.next(ForgetfulFileSystem::Operation::kAppend, path_, cut);
    const Slice written = status.ok() ? data : Slice(data.data(), cut ? data.size() / 2 : 0);
    if (!written.empty()) {
      system_.overwrites(path_, offset, written);
      IOStatus done = FSRandomRWFileOwnerWrapper::Write(offset, written, options, debug);
      if (!done.ok()) return done;
    }
    return status;
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    bool cut = false;
    IOStatus status = system_.next(ForgetfulFileSystem::Operation::kSync, path_, cut);
    if (status.ok()) system_.synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  ForgetfulFileSystem& system_;
  const std::string path_;
};

class ForgetfulFolder final : public rocksdb::FSDirectory {
 public:
  ForgetfulFolder(ForgetfulFileSystem& system, std::string path)
      : system_(system), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    bool cut = false;
    IOStatus status = system_.next(ForgetfulFileSystem::Operation::kSync, path_, cut);
    if (status.ok()) system_.folder_synced(path_);
    return status;
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  ForgetfulFileSystem& system_;
  const std::string path_;
};

// RocksDB names a folder with and without a slash at its end.
std::string plain(const std::string& path) {
  return std::filesystem::path(path + "/").lexically_normal().parent_path().string();
}

}  // namespace

ForgetfulFileSystem::ForgetfulFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

void ForgetfulFileSystem::fail_at(std::uint64_t operation, Fault fault) {
  const std::lock_guard lock(mutex_);
  fail_at_ = operations_ + operation;
  fault_ = fault;
  failed_ = false;
}

std::uint64_t ForgetfulFileSystem::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

bool ForgetfulFileSystem::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

void ForgetfulFileSystem::heal() {
  const std::lock_guard lock(mutex_);
  fail_at_.reset();
}

IOStatus ForgetfulFileSystem::next(Operation operation, const std::string& path, bool& cut) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  if (!fail_at_ || operations_ < *fail_at_) return IOStatus::OK();
  const bool now = operations_ == *fail_at_;
  if (fault_ == Fault::kPowerCut) {
    failed_ = true;
    cut = now;
    return IOStatus::IOError("While using file: " + path, "the power was cut");
  }
  if (fault_ == Fault::kInputOutput) {
    if (!now) return IOStatus::OK();
    failed_ = true;
    return IOStatus::IOError("While using file: " + path, "Input/output error");
  }
  if (operation != Operation::kAppend && operation != Operation::kCreate) return IOStatus::OK();
  failed_ = true;
  return IOStatus::NoSpace("While appending to file: " + path, "No space left on device");
}

void ForgetfulFileSystem::appended(const std::string& path, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  files_[path].size += bytes;
}

void ForgetfulFileSystem::synced(const std::string& path) {
  const std::lock_guard lock(mutex_);
  files_[path].synced = files_[path].size;
  overwritten_.erase(path);
}

void ForgetfulFileSystem::overwrites(const std::string& path, std::uint64_t offset,
                                     const Slice& data) {
  const std::lock_guard lock(mutex_);
  std::string before(data.size(), '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(before.data(), static_cast<std::streamsize>(before.size()));
  overwritten_[path].push_back({offset, std::move(before), data.ToString()});
  // What was written behind the end is gone with the end.
  std::uint64_t& size = files_[path].size;
  size = std::max(size, offset + data.size());
}

void ForgetfulFileSystem::truncated(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  files_[path].size = size;
}

void ForgetfulFileSystem::folder_synced(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  for (const Change& change : changes_[folder]) {
    if (!change.saved.empty()) std::filesystem::remove(change.saved);
  }
  changes_.erase(folder);
}

void ForgetfulFileSystem::set_aside(const std::string& path, Change& change) {
  const std::filesystem::path folder = std::filesystem::path(folder_of(path) + ".set-aside");
  std::filesystem::create_directories(folder);
  change.saved = (folder / std::to_string(++saved_)).string();
  std::filesystem::rename(path, change.saved);
  change.saved_extent = files_[path];
}

IOStatus ForgetfulFileSystem::NewWritableFile(const std::string& path,
                                              const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                                              IODebugContext* debug) {
  bool cut = false;
  if (IOStatus status = next(Operation::kCreate, path, cut); !status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    Change change{path, {}, {}, {}};
    if (std::filesystem::exists(path)) set_aside(path, change);
    changes_[folder_of(path)].push_back(std::move(change));
    files_[path] = {};
  }
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus status = target()->NewWritableFile(path, options, &file, debug);
  if (status.ok()) *result = std::make_unique<ForgetfulFile>(*this, path, std::move(file));
  return status;
}

IOStatus ForgetfulFileSystem::ReopenWritableFile(const std::string& path,
                                                 const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                 IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus status = target()->ReopenWritableFile(path, options, &file, debug);
  if (status.ok()) *result = std::make_unique<ForgetfulFile>(*this, path, std::move(file));
  return status;
}

IOStatus ForgetfulFileSystem::ReuseWritableFile(const std::string&, const std::string&,
                                                const rocksdb::FileOptions&,
                                                std::unique_ptr<rocksdb::FSWritableFile>*,
                                                IODebugContext*) {
  return IOStatus::NotSupported("write-ahead logs are not recycled");
}

IOStatus ForgetfulFileSystem::NewRandomRWFile(const std::string& path,
                                              const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                              IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  IOStatus status = target()->NewRandomRWFile(path, options, &file, debug);
  if (status.ok()) *result = std::make_unique<ForgetfulRandomFile>(*this, path, std::move(file));
  return status;
}

IOStatus ForgetfulFileSystem::NewDirectory(const std::string& path, const IOOptions&,
                                           std::unique_ptr<rocksdb::FSDirectory>* result,
                                           IODebugContext*) {
  *result = std::make_unique<ForgetfulFolder>(*this, plain(path));
  return IOStatus::OK();
}

IOStatus ForgetfulFileSystem::RenameFile(const std::string& from, const std::string& to,
                                         const IOOptions& options, IODebugContext* debug) {
  bool cut = false;
  if (IOStatus status = next(Operation::kName, from, cut); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  Change change{to, from, {}, {}};
  if (std::filesystem::exists(to)) set_aside(to, change);
  IOStatus status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  changes_[folder_of(to)].push_back(std::move(change));
  files_[to] = files_[from];
  files_.erase(from);
  return status;
}

IOStatus ForgetfulFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                         IODebugContext* debug) {
  bool cut = false;
  if (IOStatus status = next(Operation::kName, path, cut); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  if (!std::filesystem::exists(path)) return target()->DeleteFile(path, options, debug);
  Change change{{}, path, {}, {}};
  set_aside(path, change);
  changes_[folder_of(path)].push_back(std::move(change));
  return IOStatus::OK();
}

void ForgetfulFileSystem::undo(const Change& change) {
  namespace fs = std::filesystem;
  if (change.path.empty()) {
    fs::rename(change.saved, change.from);
    files_[change.from] = change.saved_extent;
    return;
  }
  if (!change.from.empty() && fs::exists(change.path)) {
    fs::rename(change.path, change.from);
    files_[change.from] = files_[change.path];
  } else {
    fs::remove(change.path);
  }
  if (change.saved.empty()) return;
  fs::rename(change.saved, change.path);
  files_[change.path] = change.saved_extent;
}

// With `tear` a random part of what was written stays, and ends where old and new differ.
void ForgetfulFileSystem::undo(const std::string& path, const Overwritten& overwritten,
                               std::mt19937_64* tear) {
  std::size_t kept = 0;
  if (tear != nullptr) {
    std::size_t differs = overwritten.before.size();
    while (differs > 0 && overwritten.before[differs - 1] == overwritten.after[differs - 1]) {
      --differs;
    }
    kept = std::uniform_int_distribution<std::size_t>(0, differs)(*tear);
  }
  std::fstream stream(path, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(static_cast<std::streamoff>(overwritten.offset + kept));
  stream << std::string_view(overwritten.before).substr(kept);
}

void ForgetfulFileSystem::forget(std::mt19937_64& random, bool torn) {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, all] : overwritten_) {
    for (auto one = all.rbegin(); one != all.rend(); ++one) {
      undo(path, *one, torn ? &random : nullptr);
    }
  }
  overwritten_.clear();
  for (auto& [folder, changes] : changes_) {
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) undo(*change);
  }
  changes_.clear();
  for (auto& [path, extent] : files_) {
    if (!std::filesystem::exists(path)) continue;
    std::uint64_t kept = extent.synced;
    if (torn && extent.size > extent.synced) {
      kept += std::uniform_int_distribution<std::uint64_t>(0, extent.size - extent.synced)(random);
    }
    if (std::filesystem::file_size(path) > kept) std::filesystem::resize_file(path, kept);
    extent = {kept, kept};
  }
  fail_at_.reset();
}

}  // namespace rapporteur::crash
