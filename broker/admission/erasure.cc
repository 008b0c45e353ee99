#include "broker/admission/erasure.h"

#include <algorithm>

#include "broker/admission/table_changes.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/tables/message_state.h"
#include "store/verify/erasure_check.h"

namespace rapporteur::admission {
namespace {

using directory::refusal::kHeld;
using directory::refusal::kNoBody;

constexpr std::size_t kSweptBytes = 4UL << 20U;
constexpr std::uint64_t kMillisADay = 24ULL * 60 * 60 * 1'000;

tl::unexpected<Error> object(std::string_view code, const std::string& what, std::string remedy) {
  return fail(ErrorKind::kRefused, std::string(code) + ": " + what, "erase.index",
              std::move(remedy));
}

tl::unexpected<Error> unreadable(LogIndex index) {
  return fail(ErrorKind::kStorage, "entry " + std::to_string(index.value) + " cannot be read");
}

Status add_tables(ErasedTables& tables, const v1::Header& header,
                  const journal::StoredEntry& entry) {
  const auto body = BodyCodec::decode(bytes_of(entry.body));
  if (!body) return unreadable(entry.index);
  return tables.add(header, body->observations, entry.index);
}

// Whether the entry that destroyed the key of another, as the store of the keys says, erases it in
// this log. A restored log lacks the entries after its backup, and has others in their place.
Result<bool> erases(const journal::JournalReader& reader, LogIndex by, LogIndex erased) {
  if (by.value >= reader.size().value) return false;
  const auto entry = reader.entry(by);
  if (!entry) return tl::unexpected(entry.error());
  v1::Record record;
  if (!record.ParseFromString(entry->record)) return unreadable(by);
  const auto all = verify::erased_by(record);
  return std::ranges::find(all, erased) != all.end();
}

// The sweep of one rule over one piece of the log.
class Sweep {
 public:
  Sweep(const core::FindExpired& asked, const journal::JournalReader& reader)
      : asked_(asked), reader_(reader) {
    out_.next = asked.from;
    out_.reads.as_of = asked.as_of;
    out_.reads.resources.push_back(journal::resource_named(directory::kStateName));
    const std::uint64_t now = unix_millis(asked.now);
    const std::uint64_t age = asked.rule.days * kMillisADay;
    over_before_ms_ = now > age ? now - age : 0;
  }

  Result<core::ExpiredPiece> run();

 private:
  [[nodiscard]] Status look_at(const journal::StoredEntry& entry, const v1::Record& record);
  [[nodiscard]] Result<bool> over(const v1::Header& header, const MessageId& id);
  [[nodiscard]] Result<std::uint64_t> time_of(LogIndex index) const;

  const core::FindExpired& asked_;
  const journal::JournalReader& reader_;
  std::uint64_t over_before_ms_ = 0;
  core::ExpiredPiece out_;
  PublishedView view_{reader_, out_.reads};
  ErasedTables tables_{view_};
};

Result<core::ExpiredPiece> Sweep::run() {
  const auto entries =
      reader_.entries(asked_.from, limits::kSweptAtOnce, kSweptBytes, /*bodies=*/false);
  if (!entries) return tl::unexpected(entries.error());
  out_.last = entries->empty();
  for (const journal::StoredEntry& entry : *entries) {
    v1::Record record;
    if (!record.ParseFromString(entry.record)) return unreadable(entry.index);
    // Time never goes back along the log, and nothing is superseded before it is accepted.
    out_.last = record.time_ms() > over_before_ms_;
    if (out_.last || out_.indices.size() >= limits::kExpiredPerEntry) break;
    if (auto looked = look_at(entry, record); !looked) return tl::unexpected(looked.error());
    out_.next = LogIndex{entry.index.value + 1};
  }
  out_.tables = tables_.writes();
  return std::move(out_);
}

Status Sweep::look_at(const journal::StoredEntry& entry, const v1::Record& record) {
  v1::Header header;
  if (!record.has_accepted()) return {};
  if (!header.ParseFromString(record.header())) return unreadable(entry.index);
  const auto id = MessageId::from(header.message_id());
  if (!id) return unreadable(entry.index);
  if (header.dataflow() != asked_.rule.dataflow ||
      !asked_.directory->held_by(entry.index, header.sender(), header.dataflow()).empty()) {
    return {};
  }
  const auto due = over(header, *id);
  if (!due) return tl::unexpected(due.error());
  if (!*due) return {};
  const auto whole = reader_.entry(entry.index);
  if (!whole) return tl::unexpected(whole.error());
  if (whole->state != journal::BodyState::kHere) return {};
  out_.indices.push_back(entry.index);
  return add_tables(tables_, header, *whole);
}

Result<bool> Sweep::over(const v1::Header& header, const MessageId& id) {
  const journal::ResourceId head = tables::head_id({header.sender(), id});
  const auto stored = reader_.table(head);
  if (!stored) return tl::unexpected(stored.error());
  const auto end = tables::parse_message_end(*stored);
  if (!end) return tl::unexpected(end.error());
  // A withdrawal says nothing any more: it is over with what it took back.
  const bool superseded = *end || header.kind() == v1::KIND_WITHDRAWAL;
  if (superseded != asked_.rule.superseded) return false;
  out_.reads.resources.push_back(head);
  if (!*end) return true;
  const auto since = time_of((*end)->by);
  if (!since) return tl::unexpected(since.error());
  return *since <= over_before_ms_;
}

Result<std::uint64_t> Sweep::time_of(LogIndex index) const {
  const auto entry = reader_.entry(index);
  if (!entry) return tl::unexpected(entry.error());
  v1::Record record;
  if (!record.ParseFromString(entry->record)) return unreadable(index);
  return record.time_ms();
}

}  // namespace

Result<std::vector<journal::TableWrite>> judge_erasure(LogIndex index,
                                                       const directory::Directory& directory,
                                                       const journal::JournalReader& reader,
                                                       journal::ReadSet& reads) {
  const std::string name = "entry " + std::to_string(index.value);
  if (index.value >= reads.as_of.value) {
    return object(kNoBody, "the log has no " + name, "see `rapporteur show INDEX`");
  }
  const auto entry = reader.entry(index);
  if (!entry) return tl::unexpected(entry.error());
  v1::Record record;
  v1::Header header;
  if (!record.ParseFromString(entry->record)) return unreadable(index);
  if (!record.has_accepted()) {
    return object(kNoBody, name + " is no accepted submission", "only those have a body");
  }
  if (!header.ParseFromString(record.header())) return unreadable(index);
  if (entry->erased_by) {
    const auto here = erases(reader, *entry->erased_by, index);
    if (!here) return tl::unexpected(here.error());
    if (*here) {
      const std::string by = std::to_string(entry->erased_by->value);
      return object(kNoBody, name + " was erased already, by entry " + by, "nothing is left to do");
    }
  }
  if (const std::string hold = directory.held_by(index, header.sender(), header.dataflow());
      !hold.empty()) {
    return object(kHeld, "the legal hold '" + hold + "' keeps " + name,
                  "lift the hold first, if it may be lifted");
  }
  PublishedView view(reader, reads);
  ErasedTables tables(view);
  // Erased by an entry that was lost with the log before: nobody knows the tables any more.
  if (entry->state == journal::BodyState::kErased) return tables.writes();
  if (auto added = add_tables(tables, header, *entry); !added) {
    return tl::unexpected(added.error());
  }
  return tables.writes();
}

Result<core::ExpiredPiece> find_expired(const core::FindExpired& asked,
                                        const journal::JournalReader& reader) {
  return Sweep(asked, reader).run();
}

}  // namespace rapporteur::admission
