#include "tests/fakes/memory_journal.h"

#include <algorithm>

#include "proto/crypto/sha256.h"
#include "rapporteur/v1/audit.pb.h"

namespace rapporteur::fakes {
namespace {

std::string name_of(const journal::MessageKey& key) {
  return key.id.string() + key.sender;
}

std::string index_bytes(LogIndex index) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(index.value >> shift);
  return out;
}

}  // namespace

Status MemoryJournal::check_disk() const {
  if (failing_) return fail(ErrorKind::kStorage, "the disk of the test is gone");
  return {};
}

void MemoryJournal::write(const journal::StateWrite& state) {
  if (state.value.empty()) {
    states_.erase(state.name);
  } else {
    states_[state.name] = state.value;
  }
}

void MemoryJournal::keep(const journal::Draft& draft, LogIndex index) {
  if (draft.message) messages_[name_of(*draft.message)] = index;
  for (const journal::TableWrite& table : draft.tables) {
    if (table.value.empty()) {
      tables_.erase(table.table);
    } else {
      tables_[table.table] = index_bytes(index) + table.value;
    }
  }
  for (const journal::StateWrite& state : draft.state) write(state);
}

Result<journal::Group> MemoryJournal::append(std::span<journal::Draft> drafts) {
  journal::Group group;
  // Outside the lock: what a draft does with its index may look at the journal.
  std::vector<std::vector<journal::StateWrite>> own_state(drafts.size());
  LogIndex next = [&] {
    const std::lock_guard lock(mutex_);
    return LogIndex{entries_.size()};
  }();
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].record.empty()) continue;
    if (drafts[i].state_at) own_state[i] = drafts[i].state_at(next);
    ++next.value;
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    journal::Draft& draft = drafts[i];
    const LogIndex index{entries_.size()};
    keep(draft, index);
    for (const journal::StateWrite& state : own_state[i]) write(state);
    if (draft.record.empty()) continue;
    v1::Record time;
    time.set_time_ms(1'000 + index.value);
    journal::StoredEntry stored;
    stored.index = index;
    stored.nonce = crypto::sha256("nonce " + std::to_string(index.value)).string();
    stored.record = time.SerializeAsString() + draft.record;
    stored.salt = draft.salt;
    stored.body = draft.body;
    if (!draft.salt.empty()) stored.state = journal::BodyState::kHere;
    for (const LogIndex erased : draft.erases) {
      journal::StoredEntry& gone = entries_.at(erased.value);
      gone.salt.clear();
      gone.body.clear();
      gone.state = journal::BodyState::kErased;
      gone.erased_by = index;
    }
    group.entries.push_back({index, stored.nonce, stored.record, {}});
    entries_.push_back(std::move(stored));
  }
  group.size = TreeSize{entries_.size()};
  group.checkpoint = std::make_shared<const std::string>(std::to_string(entries_.size()));
  return group;
}

TreeSize MemoryJournal::size() const {
  const std::lock_guard lock(mutex_);
  return TreeSize{announced_.value_or(entries_.size())};
}

std::shared_ptr<const std::string> MemoryJournal::checkpoint() const {
  return std::make_shared<const std::string>(std::to_string(size().value));
}

Result<journal::StoredEntry> MemoryJournal::entry(LogIndex index) const {
  const std::lock_guard lock(mutex_);
  ++reads_.entries;
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  if (index.value >= announced_.value_or(entries_.size()))
    return fail(ErrorKind::kNotFound, "no such entry");
  return entries_[index.value];
}

Result<std::vector<journal::StoredEntry>> MemoryJournal::entries(LogIndex first, std::size_t count,
                                                                 std::size_t most_bytes,
                                                                 bool bodies) const {
  const std::lock_guard lock(mutex_);
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  std::vector<journal::StoredEntry> out;
  std::size_t bytes = 0;
  for (std::size_t i = first.value; i < entries_.size() && out.size() < count; ++i) {
    journal::StoredEntry stored = entries_[i];
    if (!bodies) {
      stored.salt.clear();
      stored.body.clear();
    }
    bytes += stored.record.size() + stored.salt.size() + stored.body.size();
    if (bytes > most_bytes && !out.empty()) break;
    out.push_back(std::move(stored));
  }
  return out;
}

Result<std::optional<LogIndex>> MemoryJournal::find(const journal::MessageKey& key) const {
  const std::lock_guard lock(mutex_);
  ++reads_.finds;
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  const auto found = messages_.find(name_of(key));
  return found == messages_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::string> MemoryJournal::table(const journal::ResourceId& table) const {
  const std::lock_guard lock(mutex_);
  ++reads_.tables;
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  const auto found = tables_.find(table);
  return found == tables_.end() ? std::string() : found->second;
}

Result<std::string> MemoryJournal::state(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  ++reads_.states;
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  const auto found = states_.find(name);
  return found == states_.end() ? std::string() : found->second;
}

Result<std::vector<journal::StateWrite>> MemoryJournal::states(std::string_view prefix) const {
  const std::lock_guard lock(mutex_);
  if (auto ok = check_disk(); !ok) return tl::unexpected(ok.error());
  std::vector<journal::StateWrite> out;
  for (auto it = states_.lower_bound(prefix);
       it != states_.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    out.push_back({it->first, it->second});
  }
  return out;
}

MemoryJournal::Reads MemoryJournal::take_reads() {
  const std::lock_guard lock(mutex_);
  return std::exchange(reads_, {});
}

void MemoryJournal::announce_nothing() {
  const std::lock_guard lock(mutex_);
  announced_ = entries_.size();
}

void MemoryJournal::fail_reads(bool failing) {
  const std::lock_guard lock(mutex_);
  failing_ = failing;
}

}  // namespace rapporteur::fakes
