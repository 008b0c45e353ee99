#include "adapters/client/outbox.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "adapters/client/envelope.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::client {
namespace {

constexpr std::array<std::string_view, 7> kStateNames{
    "held", "ready", "sent", "receipted", "refused", "discarded", "doubtful"};

constexpr std::string_view kItemColumns =
    "id, message_id, state, kind, dataflow, indicator, rows, source, sequence, attempts, note, "
    "outcome, log_index, created_ms, created_by, released_ms, released_by, release_reason";

UnixMillis time_of(std::uint64_t millis) {
  return UnixMillis(std::chrono::milliseconds(millis));
}
Result<Item> item_of(const Statement& row) {
  Item item;
  const auto message_id = MessageId::from(row.bytes(1));
  const auto state = item_state_named(row.bytes(2));
  if (!message_id || !state) {
    return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db",
                "restore the folder from its backup");
  }
  item.id = row.integer(0);
  item.message_id = *message_id;
  item.state = *state;
  item.kind = static_cast<v1::Kind>(row.integer(3));
  item.dataflow = row.bytes(4);
  item.indicator = row.bytes(5);
  item.rows = row.number(6);
  item.source = row.bytes(7);
  if (!row.is_null(8)) item.sequence = Sequence{row.number(8)};
  item.attempts = row.number(9);
  item.note = row.bytes(10);
  item.outcome = row.bytes(11);
  if (!row.is_null(12)) item.log_index = LogIndex{row.number(12)};
  item.created = time_of(row.number(13));
  item.created_by = row.bytes(14);
  if (!row.is_null(15)) item.released = time_of(row.number(15));
  item.released_by = row.bytes(16);
  item.release_reason = row.bytes(17);
  return item;
}

Result<std::vector<Item>> items_of(Statement& select) {
  std::vector<Item> items;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return items;
    auto item = item_of(select);
    if (!item) return tl::unexpected(item.error());
    items.push_back(std::move(*item));
  }
}

tl::unexpected<Error> no_such_item(const MessageId& id) {
  return fail(ErrorKind::kNotFound, "the outbox holds no message " + uuid_text(id), {},
              "'outbox list' shows what it holds");
}

}  // namespace

std::string_view name(ItemState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::optional<ItemState> item_state_named(std::string_view name) {
  const auto found = std::find(kStateNames.begin(), kStateNames.end(), name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<ItemState>(found - kStateNames.begin());
}

Outbox::Outbox(Database& state, OutboxOwner owner, const crypto::SigningKey& key,
               const Clock& clock)
    : state_(state), owner_(std::move(owner)), key_(key), clock_(clock) {}

Result<Sequence> Outbox::take_number() {
  Statement next = state_.prepare(
      "INSERT INTO signing_keys (key_id, next_sequence) VALUES (?, 2) ON CONFLICT (key_id) DO "
      "UPDATE SET next_sequence = next_sequence + 1 RETURNING next_sequence - 1");
  next.bind_blob(key_.key_id().view());
  auto row = next.step();
  if (!row) return tl::unexpected(row.error());
  RAPPORTEUR_CHECK(*row);
  const Sequence number{next.number(0)};
  // RETURNING gives its row before the statement is done.
  auto done = next.step();
  if (!done) return tl::unexpected(done.error());
  return number;
}

Status Outbox::insert(const v1::Envelope& envelope, const NewItem& item, const std::string& user,
                      std::optional<Sequence> number) {
  v1::Header header;
  RAPPORTEUR_CHECK(header.ParseFromString(envelope.header()));
  Statement insert = state_.prepare(
      "INSERT INTO outbox (message_id, state, kind, dataflow, indicator, rows, source, envelope, "
      "key_id, sequence, created_ms, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind_blob(header.message_id())
      .bind_text(name(number ? ItemState::kReady : ItemState::kHeld))
      .bind(item.kind)
      .bind_text(item.dataflow)
      .bind_text(item.indicator)
      .bind(std::uint64_t{item.rows})
      .bind_text(item.source)
      .bind_blob(envelope.SerializeAsString());
  if (number) {
    insert.bind_blob(key_.key_id().view()).bind(number->value);
  } else {
    insert.bind_null().bind_null();
  }
  return insert.bind(unix_millis(clock_.now())).bind_text(user).run().and_then([&]() {
    return insert_lines(item.lines);
  });
}

// Of the item that was inserted last.
Status Outbox::insert_lines(const std::vector<std::uint64_t>& lines) {
  if (lines.empty()) return {};
  std::string text;
  for (const std::uint64_t line : lines) text += std::to_string(line) + ' ';
  return state_.prepare("INSERT INTO outbox_lines (outbox_id, lines) VALUES (?, ?)")
      .bind(state_.last_row_id())
      .bind_text(text)
      .run();
}

Result<std::vector<std::uint64_t>> Outbox::lines_of(std::int64_t id) const {
  std::vector<std::uint64_t> lines;
  Statement select = state_.prepare("SELECT lines FROM outbox_lines WHERE outbox_id = ?");
  auto row = select.bind(id).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return lines;
  const std::string text = select.bytes(0);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::uint64_t line = 0;
    const auto [after, error] = std::from_chars(at, end, line);
    if (error != std::errc() || after == end) {
      return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
    }
    lines.push_back(line);
    at = after + 1;
  }
  return lines;
}

Result<std::vector<MessageId>> Outbox::add(std::span<const NewItem> items, const std::string& user,
                                           const Beside& beside, const SecondSigner* officer) {
  std::vector<MessageId> ids;
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  for (const NewItem& item : items) {
    EnvelopeParts parts;
    parts.kind = item.kind;
    parts.hub = owner_.hub;
    parts.sender = owner_.participant;
    parts.message_id = crypto::new_message_id(clock_.now());
    parts.dataflow = item.dataflow;
    parts.indicator = item.indicator;
    parts.ref_areas = item.ref_areas;
    parts.revises = item.revises;
    parts.releasability = item.releasability;
    parts.body = item.body;
    parts.certificate = item.certificate;
    v1::Envelope envelope = make_draft(parts);
    std::optional<Sequence> number;
    if (!owner_.approval_required) {
      auto taken = take_number();
      if (!taken) return tl::unexpected(taken.error());
      number = *taken;
      if (auto is_signed = sign(envelope, *number, officer); !is_signed) {
        return tl::unexpected(is_signed.error());
      }
    } else if (officer != nullptr) {
      ask_for_second(envelope, *officer);
    }
    if (auto stored = insert(envelope, item, user, number); !stored) {
      return tl::unexpected(stored.error());
    }
    ids.push_back(parts.message_id);
  }
  if (beside && !sabotaged("watched-not-stored")) {
    if (auto stored = beside(ids); !stored) return tl::unexpected(stored.error());
  }
  if (sabotaged("outbox-not-durable")) return ids;  // what was "added" is rolled back
  if (auto committed = transaction->commit(); !committed) {
    return tl::unexpected(committed.error());
  }
  return ids;
}

Result<std::vector<Item>> Outbox::list(std::optional<ItemState> state) const {
  Statement select = state_.prepare("SELECT " + std::string(kItemColumns) +
                                    " FROM outbox WHERE ?1 = '' OR state = ?1 ORDER BY id");
  select.bind_text(state ? name(*state) : std::string_view());
  return items_of(select);
}

Result<Item> Outbox::find(const MessageId& id) const {
  Statement select =
      state_.prepare("SELECT " + std::string(kItemColumns) + " FROM outbox WHERE message_id = ?");
  select.bind_blob(id.view());
  auto items = items_of(select);
  if (!items) return tl::unexpected(items.error());
  if (items->empty()) return no_such_item(id);
  auto lines = lines_of(items->front().id);
  if (!lines) return tl::unexpected(lines.error());
  items->front().lines = std::move(*lines);
  return std::move(items->front());
}

Result<v1::Envelope> Outbox::envelope(const Item& item) const {
  Statement select = state_.prepare("SELECT envelope FROM outbox WHERE id = ?");
  auto row = select.bind(item.id).step();
  if (!row) return tl::unexpected(row.error());
  v1::Envelope envelope;
  if (!*row || !envelope.ParseFromString(select.bytes(0))) {
    return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
  }
  return envelope;
}

Status Outbox::check_second_person(const Item& item, const Approval& approval) const {
  if (sabotaged("second-person-off")) return {};
  if (approval.user == item.created_by) {
    return fail(ErrorKind::kRefused, "'" + approval.user + "' pushed it and cannot release it",
                "outbox", "a second person must, under another login, whatever --approver says");
  }
  if (approval.approver.empty()) return {};
  if (std::find(owner_.approvers.begin(), owner_.approvers.end(), approval.approver) ==
          owner_.approvers.end() ||
      approval.approver == item.created_by) {
    return fail(ErrorKind::kRefused,
                "'" + printable(approval.approver, 60) + "' may not release this", "outbox",
                "adapter.toml lists the approvers");
  }
  if (approval.reason.empty()) {
    return fail(ErrorKind::kRefused, "an approver gives a reason", "outbox", "--reason TEXT");
  }
  return {};
}

Status Outbox::sign(v1::Envelope& envelope, Sequence number, const SecondSigner* officer) {
  if (officer == nullptr && envelope.has_second_signature()) {
    return fail(ErrorKind::kRefused, "the data officer has to sign it, too", "outbox",
                "--officer-key FILE --officer-reason TEXT");
  }
  return sign_draft(envelope, number, clock_.now(), key_).map([&]() {
    if (officer != nullptr) sign_second(envelope, *officer);
  });
}

Status Outbox::sign_and_store(const Item& item, const Approval& approval,
                              const SecondSigner* officer) {
  Statement select = state_.prepare("SELECT envelope, number_lost FROM outbox WHERE id = ?");
  auto row = select.bind(item.id).step();
  if (!row) return tl::unexpected(row.error());
  v1::Envelope envelope;
  if (!*row || !envelope.ParseFromString(select.bytes(0))) {
    return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
  }
  if (envelope.header().empty()) {
    return fail(ErrorKind::kRefused, "its content is not kept here any more",
                uuid_text(item.message_id), "push its figures anew, and discard this");
  }
  Sequence number = item.sequence.value_or(Sequence{});
  if (!item.sequence || select.integer(1) != 0) {
    auto taken = take_number();
    if (!taken) return tl::unexpected(taken.error());
    number = *taken;
    if (auto is_signed = sign(envelope, number, officer); !is_signed) return is_signed;
  } else if (officer != nullptr) {
    sign_second(envelope, *officer);
  }
  return state_
      .prepare(
          "UPDATE outbox SET state = 'ready', note = '', number_lost = 0, envelope = ?, key_id = "
          "?, sequence = ?, released_ms = ?, released_by = ?, release_reason = ? WHERE id = ?")
      .bind_blob(envelope.SerializeAsString())
      .bind_blob(key_.key_id().view())
      .bind(number.value)
      .bind(unix_millis(clock_.now()))
      .bind_text(approval.approver.empty() ? approval.user
                                           : approval.approver + " (login " + approval.user + ")")
      .bind_text(approval.reason)
      .bind(item.id)
      .run();
}

Status Outbox::release(const MessageId& id, const Approval& approval, const SecondSigner* officer) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  auto item = find(id);
  if (!item) return tl::unexpected(item.error());
  if (item->state != ItemState::kHeld && item->state != ItemState::kDoubtful) {
    return fail(ErrorKind::kRefused, "it is " + std::string(name(item->state)), uuid_text(id),
                "only what is held or doubtful is released");
  }
  if (item->state == ItemState::kHeld) {
    if (auto allowed = check_second_person(*item, approval); !allowed) return allowed;
  }
  return sign_and_store(*item, approval, officer).and_then([&]() { return transaction->commit(); });
}

Status Outbox::insert_skip(Sequence number, const std::string& user) {
  EnvelopeParts parts;
  parts.kind = v1::KIND_SKIP;
  parts.hub = owner_.hub;
  parts.sender = owner_.participant;
  parts.message_id = crypto::new_message_id(clock_.now());
  parts.sequence = number;
  parts.created = clock_.now();
  NewItem item;
  item.kind = v1::KIND_SKIP;
  return insert(make_envelope(parts, key_), item, user, number);
}

Status Outbox::discard(const MessageId& id, const std::string& user) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  auto item = find(id);
  if (!item) return tl::unexpected(item.error());
  if (item->state == ItemState::kSent) {
    return fail(ErrorKind::kRefused, "it may be at the hub already", uuid_text(id),
                "let 'push' or 'run' find out, then withdraw it");
  }
  if (item->state != ItemState::kHeld && item->state != ItemState::kReady &&
      item->state != ItemState::kDoubtful) {
    return fail(ErrorKind::kRefused, "it is " + std::string(name(item->state)), uuid_text(id),
                item->state == ItemState::kReceipted
                    ? "the hub has it: 'withdraw' takes it back there"
                    : "nothing is left to discard");
  }
  if (item->kind == v1::KIND_SKIP) {
    return fail(ErrorKind::kRefused, "a SKIP closes a number and cannot be discarded",
                uuid_text(id));
  }
  Statement select = state_.prepare("SELECT number_lost FROM outbox WHERE id = ?");
  if (auto row = select.bind(item->id).step(); !row) return tl::unexpected(row.error());
  const bool number_lost = select.integer(0) != 0;
  if (auto discarded =
          state_.prepare("UPDATE outbox SET state = 'discarded', note = ? WHERE id = ?")
              .bind_text("discarded by " + user)
              .bind(item->id)
              .run();
      !discarded) {
    return discarded;
  }
  if (item->sequence && !number_lost) {
    if (auto skipped = insert_skip(*item->sequence, user); !skipped) return skipped;
  }
  return transaction->commit();
}

Result<std::optional<Item>> Outbox::with_number(Sequence number) const {
  Statement select = state_.prepare("SELECT " + std::string(kItemColumns) +
                                    " FROM outbox WHERE key_id = ? AND sequence = ? AND state <> "
                                    "'discarded' AND number_lost = 0");
  select.bind_blob(key_.key_id().view()).bind(number.value);
  auto items = items_of(select);
  if (!items) return tl::unexpected(items.error());
  if (items->empty()) return std::nullopt;
  return items->front();
}

Result<std::size_t> Outbox::waiting() const {
  Statement select = state_.prepare("SELECT count(*) FROM outbox WHERE state IN ('ready', 'sent')");
  auto row = select.step();
  if (!row) return tl::unexpected(row.error());
  return select.number(0);
}

}  // namespace rapporteur::client
