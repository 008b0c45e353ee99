#include "store/rocks/whole.h"

#include <algorithm>

#include <boost/crc.hpp>

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

// Bits by which RocksDB rotates a checksum, and what it adds, so that one over checksums is sound.
constexpr unsigned kMaskRotation = 15;
constexpr std::uint32_t kMaskDelta = 0xA282EAD8U;

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

Result<LogEnd> end_of_file(const std::filesystem::path& file, rocksdb::Env& files) {
  std::string bytes;
  const auto read = rocksdb::ReadFileToString(&files, file.string(), &bytes);
  // Its writer has no more use for it.
  if (read.IsNotFound() || read.IsPathNotFound() || !files.FileExists(file.string()).ok()) {
    return LogEnd::kWhole;
  }
  if (!read.ok()) return failure(read, file);
  return log_end(bytes);
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// A record as its header describes it.
struct LogRecord {
  explicit LogRecord(std::string_view header)
      : type(byte_at(header, 6)),
        header_bytes(type >= kNumberedFull && type <= kNumberedLast ? kNumberedHeaderBytes
                                                                    : kHeaderBytes),
        bytes(header_bytes + (byte_at(header, 4) | (byte_at(header, 5) << 8U))) {}
  unsigned type;
  std::size_t header_bytes;
  std::size_t bytes;
};

// Whether the record that begins here is whole under another length: its checksum, which does not
// cover the length, then fits an end within `most` bytes. By chance one in some hundred thousand.
bool whole_under_another_length(std::string_view from, std::size_t most) {
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) stored |= byte_at(from, i) << (8 * i);
  const std::uint32_t rotated = stored - kMaskDelta;
  const std::uint32_t wanted = (rotated >> (32 - kMaskRotation)) | (rotated << kMaskRotation);
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;  // CRC-32C
  const std::string_view covered = from.substr(0, most).substr(kHeaderBytes - 1);
  const std::size_t least = LogRecord(from).header_bytes - (kHeaderBytes - 1);
  for (std::size_t i = 0; i < covered.size(); ++i) {
    crc.process_byte(static_cast<unsigned char>(covered[i]));
    if (i + 1 >= least && crc.checksum() == wanted) return true;
  }
  return false;
}

}  // namespace

LogEnd log_end(std::string_view bytes) {
  bool inside = false;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t left = kBlockBytes - at % kBlockBytes;
    if (left < kHeaderBytes) {
      at += left;  // the rest of a block is zero bytes
      continue;
    }
    const std::string_view from = bytes.substr(at);
    if (from.size() < kHeaderBytes) return LogEnd::kHalfWritten;
    const LogRecord record(from);
    if (record.bytes > left) return LogEnd::kDamaged;  // no record goes over the end of a block
    if (record.bytes > from.size()) {
      return whole_under_another_length(from, left) ? LogEnd::kDamaged : LogEnd::kHalfWritten;
    }
    if (record.type == kFirst || record.type == kNumberedFirst) inside = true;
    if (record.type == kFull || record.type == kNumberedFull || record.type == kLast ||
        record.type == kNumberedLast) {
      inside = false;
    }
    at += record.bytes;
  }
  return inside ? LogEnd::kHalfWritten : LogEnd::kWhole;
}

Result<std::vector<std::string>> check_ends(const std::filesystem::path& database_folder,
                                            rocksdb::Env& files) {
  std::vector<std::string> half_written;
  if (sabotaged("ends-unchecked")) return half_written;
  const auto names = files_with_ends(database_folder, files);
  if (!names) return tl::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto end = end_of_file(database_folder / name, files);
    if (!end) return tl::unexpected(end.error());
    if (*end == LogEnd::kHalfWritten) half_written.push_back(name);
    if (*end != LogEnd::kDamaged) continue;
    return fail(
        ErrorKind::kStorage,
        "damaged: the length of a record was changed, and RocksDB drops it and what follows",
        (database_folder / name).string(), "restore the log from a verified backup");
  }
  return half_written;
}

}  // namespace rapporteur::rocks
