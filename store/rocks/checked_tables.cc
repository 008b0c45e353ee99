#include "store/rocks/checked_tables.h"

#include <optional>
#include <string>
#include <string_view>

#include <rocksdb/file_system.h>
#include <xxhash.h>

#include "proto/base/sabotage.h"

namespace rapporteur::rocks {
namespace {

using rocksdb::FSRandomAccessFile;
using rocksdb::IODebugContext;
using rocksdb::IOStatus;

// RocksDB's table format 5. A file ends in: the kind of checksum, the places of the list of
// descriptions and of the index, zero bytes, the format's number, and a constant.
constexpr std::size_t kEndBytes = 53;
constexpr std::size_t kTableFormatAt = 41;
constexpr unsigned kTableFormat = 5;
constexpr unsigned kXxh3 = 4;
// Behind a block: how it is compressed, and its checksum, which covers that byte by a product.
constexpr std::size_t kTrailerBytes = 5;
constexpr std::uint32_t kLastByteFactor = 0x6B9083D9U;
constexpr std::size_t kDescriptionMost = 1UL << 20U;
// In the list of descriptions: a name, and right behind it a place.
constexpr std::string_view kProperties = "rocksdb.properties";

struct BlockPlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

unsigned byte_of(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number |= byte_of(bytes, at + i) << (8 * i);
  return number;
}

// A varint, taken from the beginning.
std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const std::uint64_t byte = byte_of(bytes, 0);
    bytes.remove_prefix(1);
    number |= (byte & 0x7FU) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

std::optional<BlockPlace> place_at(std::string_view bytes) {
  const auto offset = take_number(bytes);
  const auto size = take_number(bytes);
  if (!offset || !size) return std::nullopt;
  return BlockPlace{*offset, *size};
}

class TableFile {
 public:
  TableFile(const FSRandomAccessFile& file, const std::string& path, std::uint64_t size)
      : file_(file), path_(path), size_(size) {}

  [[nodiscard]] IOStatus check() const {
    if (size_ < kEndBytes) return damaged("the table is cut short");
    std::string end;
    if (IOStatus done = read_at(size_ - kEndBytes, kEndBytes, end); !done.ok()) return done;
    if (byte_of(end, 0) != kXxh3 || little_endian(end, kTableFormatAt) != kTableFormat) {
      return damaged("the end of the table is not of the format that is written here");
    }
    std::string list;
    if (IOStatus done = read_block(place_at(std::string_view(end).substr(1)), list); !done.ok()) {
      return done;
    }
    const std::size_t name = list.find(kProperties);
    if (name == std::string::npos) return damaged("the table has no properties");
    std::string properties;
    return read_block(place_at(std::string_view(list).substr(name + kProperties.size())),
                      properties);
  }

 private:
  [[nodiscard]] IOStatus damaged(const char* what) const {
    return IOStatus::Corruption(what, path_);
  }

  [[nodiscard]] IOStatus read_at(std::uint64_t offset, std::size_t size, std::string& out) const {
    out.resize(size);
    rocksdb::Slice got;
    IOStatus status = file_.Read(offset, size, rocksdb::IOOptions(), &got, out.data(), nullptr);
    if (!status.ok()) return status;
    if (got.size() != size) return damaged("the table is cut short");
    if (got.data() != out.data()) out.assign(got.data(), got.size());
    return status;
  }

  [[nodiscard]] IOStatus read_block(const std::optional<BlockPlace>& place,
                                    std::string& out) const {
    if (!place || place->size > kDescriptionMost || place->offset > size_ ||
        place->size + kTrailerBytes > size_ - place->offset) {
      return damaged("the end of the table names no block of it");
    }
    const auto size = static_cast<std::size_t>(place->size);
    if (IOStatus done = read_at(place->offset, size + kTrailerBytes, out); !done.ok()) {
      return done;
    }
    const auto hash = static_cast<std::uint32_t>(XXH3_64bits(out.data(), size));
    if ((hash ^ (byte_of(out, size) * kLastByteFactor)) != little_endian(out, size + 1)) {
      return damaged("what describes the table does not match its checksum");
    }
    out.resize(size);
    return IOStatus::OK();
  }

  const FSRandomAccessFile& file_;
  const std::string& path_;
  std::uint64_t size_;
};

class CheckedTables final : public rocksdb::FileSystemWrapper {
 public:
  using FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "CheckedTables"; }

  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext* debug) override {
    IOStatus opened = target()->NewRandomAccessFile(path, options, result, debug);
    if (!opened.ok() || !path.ends_with(".sst") || sabotaged("tables-unchecked")) return opened;
    std::uint64_t size = 0;
    // Gone since: its writer merged it into another.
    if (!target()->GetFileSize(path, options.io_options, &size, debug).ok()) return opened;
    IOStatus whole = TableFile(**result, path, size).check();
    if (!whole.ok()) result->reset();
    return whole;
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> with_checked_tables(rocksdb::Env& files) {
  return rocksdb::NewCompositeEnv(std::make_shared<CheckedTables>(files.GetFileSystem()));
}

}  // namespace rapporteur::rocks
