// The keys under which bodies are encrypted, one an entry, in a file of their own outside the log's
// folder, so that no copy of the log holds them; and one copy of that file elsewhere, always whole.
//
// A slot of 32 bytes an entry. Keys are made ahead, a few thousand at once, and are on stable
// storage in both places before the first of them is used: a group of entries costs no sync of its
// own, and a key that no entry came to use harms nothing. A key is destroyed in its place: its slot
// then says which entry destroyed it. Nothing is ever appended or renamed, so no older bytes stay
// behind that the file system knows of; the ADR on the keys of bodies says what may stay below it.
//
// Threads: a BodyKeys one at a time; a BodyKeyReader any. Durability: make_for and destroy return
// after both places are synced. Errors: kStorage; kConfiguration for a file of another log, or one
// that is older than its copy. After an error of writing a BodyKeys is not used again.
// Source: FORMAT.md, "The keys of the bodies".
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "proto/crypto/body_cipher.h"
#include "store/rocks/folder.h"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

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

struct BodyKeyPlaces {
  std::filesystem::path file;
  std::filesystem::path copy;  // empty: none
};
// Beside the folder, never in it: FOLDER.keys.
[[nodiscard]] std::filesystem::path body_key_file_of(const std::filesystem::path& log_folder);
// `file` empty: body_key_file_of the folder. Error when one of them lies in the folder.
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
  // Writes a file that holds the same now; what stood there is overwritten in its place, so that
  // one copy never becomes two.
  [[nodiscard]] Status copy_to(const std::filesystem::path& file) const;

 private:
  friend class BodyKeys;
  friend Status continue_body_keys(const ContinuedKeys& keys);
  BodyKeyReader(FileHandle file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] Result<std::string> bytes(std::uint64_t offset, std::size_t most) const;

  FileHandle file_;
  std::filesystem::path path_;
};

class BodyKeys {
 public:
  // Of a log that is being made; neither file exists.
  [[nodiscard]] static Result<BodyKeys> create(const BodyKeyPlaces& places,
                                               std::string_view verifier_key, rocksdb::Env& files);
  // Of a log of that size. A copy that is missing or behind is written anew.
  [[nodiscard]] static Result<BodyKeys> open(const BodyKeyPlaces& places,
                                             std::string_view verifier_key, TreeSize size,
                                             rocksdb::Env& files);
  BodyKeys(BodyKeys&&) noexcept;
  BodyKeys& operator=(BodyKeys&&) = delete;
  ~BodyKeys();

  // Keys of the entries from `first` to `size` can be used; those before `first` no more.
  [[nodiscard]] Status make_for(LogIndex first, TreeSize size);
  // Valid until make_for.
  [[nodiscard]] std::span<const std::byte, crypto::kBodyKeyBytes> fresh(LogIndex index) const;
  // Destroys the keys of `entries`, which entry `by` erases.
  [[nodiscard]] Status destroy(std::span<const LogIndex> entries, LogIndex by);
  // What entries below it erase is destroyed.
  [[nodiscard]] TreeSize destroyed_through() const { return destroyed_through_; }

  [[nodiscard]] const std::shared_ptr<const BodyKeyReader>& reader() const { return reader_; }
  // Absolute; empty: there is none.
  [[nodiscard]] std::string copy() const {
    return places_.size() > 1 ? std::filesystem::absolute(places_.back().path).string() : "";
  }

 private:
  struct Place {
    std::filesystem::path path;
    std::unique_ptr<rocksdb::RandomRWFile> file;
  };
  struct Piece {
    std::uint64_t offset = 0;
    std::string_view bytes;
  };
  BodyKeys() = default;
  [[nodiscard]] Status open_places(const BodyKeyPlaces& places, std::string_view verifier_key,
                                   rocksdb::Env& files);
  [[nodiscard]] Status bring_up_copy(const std::filesystem::path& copy,
                                     std::string_view verifier_key, rocksdb::Env& files);
  [[nodiscard]] Status write(std::span<const Piece> pieces);
  [[nodiscard]] Status make(std::size_t count);

  std::vector<Place> places_;
  std::shared_ptr<const BodyKeyReader> reader_;
  TreeSize made_;  // keys of entries below it are in the files
  TreeSize destroyed_through_;
  std::vector<std::byte> ahead_;  // keys from `ahead_from_` to `made_`
  std::uint64_t ahead_from_ = 0;
};

}  // namespace rapporteur::rocks
