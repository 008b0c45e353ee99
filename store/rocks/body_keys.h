// The keys under which bodies are encrypted, one an entry, in a file of their own outside the log's
// folder, so that no copy of the log holds them; and one copy of that file elsewhere, always whole.
//
// A slot of 32 bytes an entry. Keys are made ahead, a few thousand at once, and are on stable
// storage in both places before the first of them is used: a group of entries costs no sync of its
// own, and a key that no entry came to use harms nothing. A key is destroyed in its place: its slot
// then says which entry destroyed it. Nothing is ever appended or renamed, so no older bytes stay
// behind that the file system knows of; the ADR on the keys of bodies says what may stay below it.
//
// Threads: one at a time. Durability: what writes returns after both places are synced.
// Errors: those of BodyKeyReader; kConfiguration for a file that is older than its copy. After an
// error of writing a BodyKeys is not used again.
// Source: FORMAT.md, "The keys of the bodies".
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "store/rocks/body_key_file.h"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

namespace rapporteur::rocks {

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
  // What entries below `size` erase is destroyed, and that is the whole log.
  [[nodiscard]] Status note_destroyed(TreeSize size);
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
