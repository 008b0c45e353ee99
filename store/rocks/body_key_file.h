// The file of the keys under which bodies are encrypted: what its bytes are, and reading it.
//
// A head, then a slot of 32 bytes an entry: nothing where no key was made, else the key, or which
// entry destroyed it.
//
// Threads: a BodyKeyReader any. Errors: kStorage; kConfiguration for a file of another log, or one
// that others may read.
// Source: FORMAT.md, "The keys of the bodies".
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/crypto/body_cipher.h"
#include "store/rocks/folder.h"

namespace rapporteur::rocks {

struct BodyKey {
  std::array<std::byte, crypto::kBodyKeyBytes> bytes{};

  bool operator==(const BodyKey&) const = default;
  // Else it never was one.
  [[nodiscard]] bool made() const;
  // The entry by which it was destroyed.
  [[nodiscard]] std::optional<LogIndex> destroyed_by() const;
  [[nodiscard]] static BodyKey destroyed(LogIndex by);
};

// At the end of the head. A write that a power cut tears leaves numbers that may be larger than
// both the old and the new ones: of `made` no more than the file has slots counts, of
// `destroyed_through` no more than the log has entries.
struct KeyCounts {
  std::uint64_t destroyed_through = 0;  // what entries below it erase is destroyed
  std::uint64_t made = 0;               // slots below it hold a key
  bool operator==(const KeyCounts&) const = default;
  [[nodiscard]] std::string bytes() const;
};
constexpr std::size_t kKeyHeadBytes = 4'096;
constexpr std::size_t kKeyCountsOffset = kKeyHeadBytes - 16;
[[nodiscard]] constexpr std::uint64_t key_offset_of(LogIndex index) {
  return kKeyHeadBytes + index.value * crypto::kBodyKeyBytes;
}
// The head of a file that counts nothing.
[[nodiscard]] std::string key_head(std::string_view verifier_key);

struct BodyKeyPlaces {
  std::filesystem::path file;
  std::filesystem::path copy;  // empty: none
};
// Beside the folder, never in it: FOLDER.keys.
[[nodiscard]] std::filesystem::path body_key_file_of(const std::filesystem::path& log_folder);
// `file` empty: body_key_file_of the folder. Error when one of them lies in the folder, or in one
// that is not there.
[[nodiscard]] Result<BodyKeyPlaces> body_key_places(const std::filesystem::path& log_folder,
                                                    const std::filesystem::path& file,
                                                    const std::filesystem::path& copy);

// A file of keys for a log that continues another: those of `from`, under the new log's name.
// Errors: those of BodyKeyReader::open; kStorage.
struct ContinuedKeys {
  std::filesystem::path from;
  std::string_view old_verifier_key;
  std::filesystem::path to;  // not there yet
  std::string_view new_verifier_key;
};
[[nodiscard]] Status continue_body_keys(const ContinuedKeys& keys);

class BodyKeyReader {
 public:
  // Error kNotFound when there is no such file, or not for us.
  [[nodiscard]] static Result<std::shared_ptr<const BodyKeyReader>> open(
      const std::filesystem::path& file, std::string_view verifier_key);
  // As they are now. A slot beyond the file's end is one that was not made.
  [[nodiscard]] Result<std::vector<BodyKey>> read(LogIndex first, std::size_t count) const;
  [[nodiscard]] Result<KeyCounts> counts() const;
  // Writes a file that holds the same now; what stood there is overwritten in its place, so that
  // one copy never becomes two.
  [[nodiscard]] Status copy_to(const std::filesystem::path& file) const;

 private:
  friend Status continue_body_keys(const ContinuedKeys& keys);
  BodyKeyReader(FileHandle file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] Result<std::string> bytes(std::uint64_t offset, std::size_t most) const;

  FileHandle file_;
  std::filesystem::path path_;
  std::string verifier_key_;
};

}  // namespace rapporteur::rocks
