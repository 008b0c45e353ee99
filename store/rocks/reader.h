// Reads of a log: entries, views, tiles and proofs, bounded by the head that was published last.
//
// Threads: `publish` from one thread; everything else from any, at once.
#pragma once

#include <mutex>

#include "store/journal/journal.h"
#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/database.h"

namespace rapporteur::rocks {

// What readers may see: all of it is on stable storage.
struct Head {
  TreeSize size;
  std::vector<merkle::Tile> edge;  // partial tiles, by level
  std::shared_ptr<const std::string> checkpoint;
  TreeSize checkpoint_size;
};

// A signed checkpoint as the database keeps it: the note follows from it and the log's key.
struct StoredCheckpoint {
  notes::Checkpoint checkpoint;
  std::string signature;

  [[nodiscard]] static StoredCheckpoint sign(const notes::VerifierKey& log,
                                             const crypto::SigningKey& key,
                                             const merkle::Frontier& tree);
  [[nodiscard]] std::string value() const;
  [[nodiscard]] std::string note(const notes::VerifierKey& log) const;
  [[nodiscard]] static Result<StoredCheckpoint> parse(std::string_view key, std::string_view value,
                                                      const std::string& origin);
};

class Reader final : public journal::JournalReader {
 public:
  // Without `keys` bodies are kSealed.
  Reader(std::shared_ptr<const Database> database, std::shared_ptr<const BodyKeyReader> keys,
         notes::VerifierKey log, std::shared_ptr<const Head> head);

  void publish(std::shared_ptr<const Head> head);

  [[nodiscard]] TreeSize size() const override;
  [[nodiscard]] std::shared_ptr<const std::string> checkpoint() const override;
  [[nodiscard]] Result<journal::StoredEntry> entry(LogIndex index) const override;
  [[nodiscard]] Result<std::vector<journal::StoredEntry>> entries(LogIndex first, std::size_t count,
                                                                  std::size_t most_bytes,
                                                                  bool bodies) const override;
  [[nodiscard]] Result<std::optional<LogIndex>> find(const journal::MessageKey& key) const override;
  [[nodiscard]] Result<std::string> table(const journal::ResourceId& table) const override;
  [[nodiscard]] Result<std::string> state(std::string_view name) const override;
  [[nodiscard]] Result<std::vector<journal::StateWrite>> states(
      std::string_view prefix) const override;
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(LogIndex index,
                                                            TreeSize size) const override;
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(TreeSize first,
                                                              TreeSize second) const override;
  [[nodiscard]] Result<std::string> checkpoint_from(TreeSize size) const override;
  [[nodiscard]] Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>& use) const override;

 private:
  [[nodiscard]] std::shared_ptr<const Head> head() const;
  // In `body` of each stands what its row holds, if it has one and is kSealed.
  [[nodiscard]] Status open_bodies(std::span<journal::StoredEntry> entries) const;
  [[nodiscard]] Status open_body(BodyKey key, journal::StoredEntry& entry) const;

  const std::shared_ptr<const Database> database_;
  const std::shared_ptr<const BodyKeyReader> keys_;
  const notes::VerifierKey log_;
  mutable merkle::TileCache tiles_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Head> head_;
};

// Tiles of a tree whose partial ones are `edge`; all outlive it.
[[nodiscard]] merkle::TileHashReader tile_reader(const Database& database, TreeSize size,
                                                 const std::vector<merkle::Tile>& edge,
                                                 merkle::TileCache* cache = nullptr);

}  // namespace rapporteur::rocks
