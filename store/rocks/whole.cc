#include "store/rocks/whole.h"

#include <algorithm>
#include <thread>

#include "proto/base/sabotage.h"

namespace rapporteur::rocks {
namespace {

// RocksDB's log format: blocks of 32 KiB; a record is CRC, length and type, and its bytes; types 5
// to 8 have four bytes more, the number of the file.
constexpr std::size_t kBlockBytes = 32UL << 10U;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kNumberedHeaderBytes = 11;
constexpr unsigned kFull = 1;
constexpr unsigned kFirst = 2;
constexpr unsigned kLast = 4;
constexpr unsigned kNumberedFull = 5;
constexpr unsigned kNumberedFirst = 6;
constexpr unsigned kNumberedLast = 8;

// A writer is in the middle of a record for far less than this.
constexpr int kAttemptsWithoutGrowth = 5;
constexpr int kMostAttempts = 100;
constexpr std::chrono::milliseconds kBetweenAttempts{20};

constexpr std::array kReadThrough{Family::kLog,    Family::kTiles,  Family::kMessages,
                                  Family::kTables, Family::kStates, Family::kCheckpoints};

Result<std::vector<std::string>> files_with_ends(const std::filesystem::path& folder,
                                                 rocksdb::Env& files) {
  std::vector<std::string> names;
  const auto listed = files.GetChildren(folder.string(), &names);
  if (!listed.ok()) return failure(listed, folder);
  std::erase_if(names, [](const std::string& name) {
    return !name.starts_with("MANIFEST-") && !name.ends_with(".log");
  });
  std::ranges::sort(names);
  return names;
}

Status check_end(const std::filesystem::path& file, rocksdb::Env& files) {
  std::size_t size = 0;
  int without_growth = 0;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    std::string bytes;
    const auto read = rocksdb::ReadFileToString(&files, file.string(), &bytes);
    // Its writer has no more use for it.
    if (read.IsNotFound() || read.IsPathNotFound() || !files.FileExists(file.string()).ok())
      return {};
    if (!read.ok()) return failure(read, file);
    if (ends_whole(bytes)) return {};
    without_growth = bytes.size() == size ? without_growth + 1 : 0;
    if (without_growth >= kAttemptsWithoutGrowth) break;
    size = bytes.size();
    std::this_thread::sleep_for(kBetweenAttempts);
  }
  return fail(ErrorKind::kStorage,
              "breaks off in its last record: damage, or what a power cut left of a write that "
              "nobody was told of",
              file.string(),
              "after a power cut start and stop the hub, then verify again; else restore the log "
              "from a verified backup");
}

}  // namespace

bool ends_whole(std::string_view bytes) {
  bool inside = false;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t left = kBlockBytes - at % kBlockBytes;
    if (left < kHeaderBytes) {
      at += left;  // the rest of a block is zero bytes
      continue;
    }
    if (bytes.size() - at < kHeaderBytes) return false;
    const auto byte = [&](std::size_t i) {
      return static_cast<unsigned>(static_cast<unsigned char>(bytes[at + i]));
    };
    const std::size_t length = byte(4) | (byte(5) << 8U);
    const unsigned type = byte(6);
    const bool numbered = type >= kNumberedFull && type <= kNumberedLast;
    const std::size_t record = (numbered ? kNumberedHeaderBytes : kHeaderBytes) + length;
    if (record > left || record > bytes.size() - at) return false;
    if (type == kFirst || type == kNumberedFirst) inside = true;
    if (type == kFull || type == kNumberedFull || type == kLast || type == kNumberedLast) {
      inside = false;
    }
    at += record;
  }
  return !inside;
}

Status check_ends(const std::filesystem::path& database_folder, rocksdb::Env& files) {
  if (sabotaged("ends-unchecked")) return {};
  const auto names = files_with_ends(database_folder, files);
  if (!names) return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    if (auto whole = check_end(database_folder / name, files); !whole) return whole;
  }
  return {};
}

Status read_through(const Database& database) {
  if (sabotaged("families-unread")) return {};
  constexpr std::size_t kReadAhead = 256UL << 10U;
  rocksdb::ReadOptions read;
  read.fill_cache = false;
  read.readahead_size = kReadAhead;
  for (const Family family : kReadThrough) {
    const auto rows = database.iterate(family, read);
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    }
    if (!rows->status().ok()) return database.failed(rows->status());
  }
  return {};
}

}  // namespace rapporteur::rocks
