#include "adapters/client/ledger.h"

#include <algorithm>

#include "proto/base/sabotage.h"
#include "proto/directory/rights.h"

namespace rapporteur::client {
namespace {

constexpr std::string_view kDirectory = "directory";

// All pages of the caller's own submissions.
Result<std::vector<v1::PublishedSubmission>> ask_ledger(Connection& line) {
  std::vector<v1::PublishedSubmission> all;
  std::string after;
  do {
    v1::Frame question;
    question.mutable_query()->mutable_ledger()->set_after(after);
    question.mutable_query()->mutable_ledger()->set_ended(true);
    auto answer = line.ask(question);
    if (!answer) return tl::unexpected(answer.error());
    v1::Table& page = *answer->mutable_answer()->mutable_ledger();
    if (page.submissions().empty() && !page.next().empty()) {
      return fail(ErrorKind::kMalformed, "the hub sends empty pages of the ledger");
    }
    for (v1::PublishedSubmission& submission : *page.mutable_submissions()) {
      all.push_back(std::move(submission));
    }
    after = page.next();
  } while (!after.empty());
  return all;
}

Status store_synced(Database& state, const SignedDirectory& directory, UnixMillis now) {
  return state
      .prepare(
          "INSERT INTO synced (name, value, synced_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO "
          "UPDATE SET value = excluded.value, synced_ms = excluded.synced_ms")
      .bind_text(kDirectory)
      .bind_blob(directory.exported().SerializeAsString())
      .bind(unix_millis(now))
      .run();
}

Status end(Database& state, std::string_view message_id, LogIndex by) {
  std::optional<std::uint64_t> index;
  {
    Statement select =
        state.prepare("SELECT log_index, header FROM published WHERE instr(header, ?)");
    select.bind_blob(message_id);
    while (!index) {
      auto row = select.step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) return {};
      v1::Header header;  // a revision of it holds its id too
      if (header.ParseFromString(select.bytes(1)) && header.message_id() == message_id) {
        index = select.number(0);
      }
    }
  }
  return state.prepare("UPDATE published SET ended_by = ? WHERE log_index = ?")
      .bind(by.value)
      .bind(*index)
      .run();
}

}  // namespace

Status note_accepted(Database& state, const v1::Envelope& sent, LogIndex index) {
  if (sabotaged("ledger-as-synced")) return {};
  v1::Header header;
  if (!header.ParseFromString(sent.header())) {
    return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
  }
  const bool is_live = header.kind() == v1::KIND_NEW || header.kind() == v1::KIND_REVISION;
  if (!is_live && header.kind() != v1::KIND_WITHDRAWAL) return {};
  if (!header.revises().empty()) {
    if (auto ended = end(state, header.revises(), index); !ended) return ended;
  }
  if (!is_live) return {};
  return state
      .prepare(
          "INSERT OR REPLACE INTO published (log_index, header, body, ended_by) SELECT ?, ?, ?, 0 "
          "WHERE EXISTS (SELECT 1 FROM synced WHERE name = ?)")
      .bind(index.value)
      .bind_blob(sent.header())
      .bind_blob(sent.body())
      .bind_text(kDirectory)
      .run();
}

Result<SyncSummary> Ledger::sync(Connection& line, UnixMillis now) {
  auto directory = SignedDirectory::ask(line);
  if (!directory) return tl::unexpected(directory.error());
  auto before = this->directory();
  if (!before) return tl::unexpected(before.error());
  if (*before && (*before)->state().version() > directory->state().version()) {
    return fail(ErrorKind::kNotVerified, "the hub sends an older directory than it did before",
                "directory", "ask the hub's operator: an honest hub does not send this");
  }
  auto waived = ask_waived_cells(line, state_, directory->state());
  if (!waived) return tl::unexpected(waived.error());
  auto ledger = ask_ledger(line);
  if (!ledger) return tl::unexpected(ledger.error());
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  auto stored = store_synced(state_, *directory, now)
                    .and_then([&]() { return keep_waived_cells(state_, *waived); })
                    .and_then([&]() { return state_.run("DELETE FROM published"); });
  for (const v1::PublishedSubmission& submission : *ledger) {
    if (!stored) break;
    stored =
        state_
            .prepare(
                "INSERT INTO published (log_index, header, body, ended_by) VALUES (?, ?, ?, ?)")
            .bind(std::uint64_t{submission.index()})
            .bind_blob(submission.header())
            .bind_blob(submission.body())
            .bind(std::uint64_t{submission.ended_by()})
            .run();
  }
  if (stored) stored = transaction->commit();
  if (!stored) return tl::unexpected(stored.error());
  const auto live = std::count_if(
      ledger->begin(), ledger->end(),
      [](const v1::PublishedSubmission& submission) { return submission.ended_by() == 0; });
  return SyncSummary{directory->state().version(),
                     static_cast<std::size_t>(directory->state().participants_size()),
                     static_cast<std::size_t>(live), waived->size()};
}

Result<std::optional<SignedDirectory>> Ledger::directory() const {
  Statement select = state_.prepare("SELECT value FROM synced WHERE name = ?");
  auto row = select.bind_text(kDirectory).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  v1::Directory exported;
  if (!exported.ParseFromString(select.bytes(0))) {
    return fail(ErrorKind::kStorage, "the synced directory is damaged", "state.db", "sync again");
  }
  auto opened = SignedDirectory::open(exported, log_key_);
  if (!opened) return tl::unexpected(opened.error());
  return std::move(*opened);
}

Result<std::optional<UnixMillis>> Ledger::synced_at() const {
  Statement select = state_.prepare("SELECT synced_ms FROM synced WHERE name = ?");
  auto row = select.bind_text(kDirectory).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  return UnixMillis(std::chrono::milliseconds(select.integer(0)));
}

Result<std::vector<WaivedCells>> Ledger::waived() const {
  const auto directory = this->directory();
  if (!directory) return tl::unexpected(directory.error());
  if (!*directory) return std::vector<WaivedCells>();
  return kept_waived_cells(state_, (*directory)->state());
}

Result<std::vector<OwnSubmission>> Ledger::submissions() const {
  return read("ended_by = 0 ORDER BY log_index");
}

Result<std::vector<OwnSubmission>> Ledger::ended() const {
  return read("ended_by > 0 ORDER BY ended_by DESC");
}

Result<std::vector<OwnSubmission>> Ledger::read(std::string_view which) const {
  Statement select =
      state_.prepare("SELECT log_index, header, body FROM published WHERE " + std::string(which));
  std::vector<OwnSubmission> all;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return all;
    OwnSubmission own;
    own.index = LogIndex{select.number(0)};
    own.body = select.bytes(2);
    const bool parsed = own.header.ParseFromString(select.bytes(1));
    const auto id = MessageId::from(own.header.message_id());
    if (!parsed || !id) {
      return fail(ErrorKind::kStorage, "the synced ledger is damaged", "state.db", "sync again");
    }
    own.message_id = *id;
    all.push_back(std::move(own));
  }
}

std::vector<std::string> recipients(const v1::DirectoryState& directory, const v1::Header& header) {
  std::vector<std::string> ids;
  for (const v1::Participant& participant : directory.participants()) {
    if (participant.state() != v1::ACTIVE || !released_to(header.releasability(), participant)) {
      continue;
    }
    const bool granted = std::any_of(
        directory.grants().begin(), directory.grants().end(), [&](const v1::Grant& grant) {
          return grant.participant() == participant.id() && grant.has_receive() &&
                 covers(grant.receive(), header.dataflow(), header.indicator(), header.sender());
        });
    if (granted) ids.push_back(participant.id());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace rapporteur::client
