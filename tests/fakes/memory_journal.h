// A journal that keeps everything in memory: for tests of what stands on the journal.
//
// Appends and reads behave as the interface says, message ids, tables and states included. There is
// no tree: proofs are empty and the checkpoint is the size as text.
// Threads: any; `append` from one at a time.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/journal/journal.h"

namespace rapporteur::fakes {

class MemoryJournal final : public journal::Journal, public journal::JournalReader {
 public:
  // Journal.
  [[nodiscard]] Result<journal::Group> append(std::span<journal::Draft> drafts) override;
  [[nodiscard]] const journal::JournalReader& reader() const override { return *this; }
  [[nodiscard]] std::optional<Error> poisoned() const override { return std::nullopt; }

  // JournalReader.
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
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(LogIndex, TreeSize) const override {
    return std::vector<Digest>();
  }
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(TreeSize, TreeSize) const override {
    return std::vector<Digest>();
  }
  [[nodiscard]] Result<std::string> checkpoint_from(TreeSize) const override {
    return *checkpoint();
  }
  [[nodiscard]] Status checkpoints(
      const std::function<bool(TreeSize, const std::string&)>&) const override {
    return {};
  }

  // Calls of find, table, entry and state since the last call of this.
  struct Reads {
    int finds = 0;
    int tables = 0;
    int entries = 0;
    int states = 0;
  };
  [[nodiscard]] Reads take_reads();
  // From now on every read fails with kStorage, until false.
  void fail_reads(bool failing);
  // From now on what is appended is stored, its message ids, tables and states can be seen, and the
  // log has not grown by it yet: the moment between a write and its announcement.
  void announce_nothing();

 private:
  void keep(const journal::Draft& draft, LogIndex index);
  void write(const journal::StateWrite& state);
  [[nodiscard]] Status check_disk() const;

  mutable std::mutex mutex_;
  mutable Reads reads_;
  bool failing_ = false;
  std::optional<std::uint64_t> announced_;
  std::vector<journal::StoredEntry> entries_;
  std::map<std::string, LogIndex> messages_;  // by id and sender
  std::unordered_map<journal::ResourceId, std::string> tables_;
  std::map<std::string, std::string, std::less<>> states_;
};

}  // namespace rapporteur::fakes
