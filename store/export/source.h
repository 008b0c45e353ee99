// Where an export or an audit reads a log: its database, an exported folder, or a hub's answers.
//
// Threads: one at a time. Errors: passed on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/journal/journal.h"
#include "store/merkle/tree.h"

namespace rapporteur::exports {

// What public tiles are made of.
class LeafSource {
 public:
  virtual ~LeafSource() = default;
  // Of the entries from `first` on, in order: at least one, at most `count`, which is not 0.
  [[nodiscard]] virtual Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first,
                                                                      std::size_t count) = 0;
  // RFC 6962; `first` not 0.
  [[nodiscard]] virtual Result<std::vector<Digest>> consistency_proof(TreeSize first,
                                                                      TreeSize second) = 0;
};

// What an audit reads.
class EntrySource {
 public:
  virtual ~EntrySource() = default;
  [[nodiscard]] virtual TreeSize size() const = 0;
  // From `first` on, in order, with salt and body where they are: at least one, at most `count`.
  [[nodiscard]] virtual Result<std::vector<journal::StoredEntry>> entries(
      LogIndex first, std::size_t count, std::size_t most_bytes) = 0;
  // Calls `use` with every signed checkpoint kept, by ascending size, until it returns false.
  [[nodiscard]] virtual Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>& use) = 0;
};

// Both, of a log's database. The reader outlives it.
class JournalSource final : public LeafSource, public EntrySource {
 public:
  explicit JournalSource(const journal::JournalReader& reader) : reader_(reader) {}
  [[nodiscard]] Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first,
                                                              std::size_t count) override;
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(TreeSize first,
                                                              TreeSize second) override;
  [[nodiscard]] TreeSize size() const override { return reader_.size(); }
  [[nodiscard]] Result<std::vector<journal::StoredEntry>> entries(LogIndex first, std::size_t count,
                                                                  std::size_t most_bytes) override;
  [[nodiscard]] Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>& use) override;

 private:
  const journal::JournalReader& reader_;
};

}  // namespace rapporteur::exports
