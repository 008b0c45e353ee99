// The part of the outbox that the courier works with.
#include "adapters/client/outbox.h"
#include "proto/base/sabotage.h"

namespace rapporteur::client {

Status Outbox::learn_next(Sequence next) {
  return state_
      .prepare(
          "INSERT INTO signing_keys (key_id, next_sequence) VALUES (?, ?) ON CONFLICT (key_id) DO "
          "UPDATE SET next_sequence = excluded.next_sequence "
          "WHERE excluded.next_sequence > signing_keys.next_sequence")
      .bind_blob(key_.key_id().view())
      .bind(next.value)
      .run();
}

Result<std::vector<Sendable>> Outbox::to_send(Sequence from, std::size_t most,
                                              std::size_t most_bytes) const {
  Statement select = state_.prepare(
      "SELECT id, message_id, sequence, envelope, kind FROM outbox WHERE key_id = ? AND state IN "
      "('ready', 'sent') AND sequence >= ? ORDER BY sequence LIMIT ?");
  select.bind_blob(key_.key_id().view()).bind(from.value).bind(std::uint64_t{most});
  std::vector<Sendable> items;
  std::size_t bytes = 0;
  while (items.empty() || bytes < most_bytes) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    const auto message_id = MessageId::from(select.bytes(1));
    if (!message_id) return fail(ErrorKind::kStorage, "an outbox item is damaged", "state.db");
    items.push_back({select.integer(0), *message_id, Sequence{select.number(2)}, select.bytes(3),
                     select.integer(4) == v1::KIND_SKIP});
    bytes += items.back().envelope.size();
  }
  return items;
}

Status Outbox::mark_sent(std::span<const Sendable> items) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  for (const Sendable& item : items) {
    if (auto marked = state_
                          .prepare("UPDATE outbox SET state = 'sent', attempts = attempts + 1 "
                                   "WHERE id = ? AND state IN ('ready', 'sent')")
                          .bind(item.id)
                          .run();
        !marked) {
      return marked;
    }
    if (state_.changes() != 1) {
      return fail(ErrorKind::kOverloaded, "another process changed the outbox", "state.db",
                  "try again");
    }
  }
  return transaction->commit();
}

Status Outbox::settle(std::int64_t id, const v1::Outcome& outcome) {
  return state_
      .prepare(
          "UPDATE outbox SET state = ?, note = '', outcome = ?, log_index = ? WHERE id = ? AND "
          "state IN ('sent', 'doubtful')")
      .bind_text(name(outcome.accepted() ? ItemState::kReceipted : ItemState::kRefused))
      .bind_blob(outcome.SerializeAsString())
      .bind(std::uint64_t{outcome.index()})
      .bind(id)
      .run();
}

Status Outbox::backed_up_to(TreeSize size) {
  return state_
      .prepare(
          "UPDATE outbox SET backed_up = 1, envelope = x'' WHERE backed_up = 0 AND log_index < ? "
          "AND state IN ('receipted', 'refused')")
      .bind(size.value)
      .run();
}

Result<OfferedAgain> Outbox::offer_again(TreeSize carried, Sequence next) {
  if (sabotaged("outbox-forgets-at-receipt")) return OfferedAgain{};
  // Of a key that this agency no longer signs with: only a person can say what becomes of it.
  auto again =
      state_
          .prepare(
              "UPDATE outbox SET state = 'doubtful', number_lost = 1, note = 'the hub lost it, and "
              "its key is not used any more: release signs it anew' WHERE state = 'receipted' AND "
              "backed_up = 0 AND key_id <> ? AND log_index >= ?")
          .bind_blob(key_.key_id().view())
          .bind(carried.value)
          .run()
          .and_then([&]() {
            return state_
                .prepare(
                    "UPDATE outbox SET state = 'sent', note = 'offered again: the hub goes on in a "
                    "new log' WHERE state = 'receipted' AND backed_up = 0 AND key_id = ?")
                .bind_blob(key_.key_id().view())
                .run();
          });
  if (!again) return tl::unexpected(again.error());
  OfferedAgain out;
  out.sent = static_cast<std::size_t>(state_.changes());
  const auto lost = mark_lost(carried, next);
  if (!lost) return tl::unexpected(lost.error());
  out.lost = *lost;
  if (auto closed = close_gaps(next); !closed) return tl::unexpected(closed.error());
  return out;
}

// What a backup held and the new log lacks, under every key. The numbers of this key are left to
// `close_gaps`.
Result<std::size_t> Outbox::mark_lost(TreeSize carried, Sequence next) {
  auto marked =
      state_
          .prepare(
              "UPDATE outbox SET state = 'doubtful', number_lost = (key_id <> ?2), note = 'the hub "
              "lost it, and its content is not kept here: push its figures anew, and discard this' "
              "WHERE state = 'receipted' "
              "AND backed_up = 1 AND kind <> ?1 AND ((key_id = ?2 AND sequence >= ?3) OR (key_id "
              "<> ?2 AND log_index >= ?4))")
          .bind(v1::KIND_SKIP)
          .bind_blob(key_.key_id().view())
          .bind(next.value)
          .bind(carried.value)
          .run();
  if (!marked) return tl::unexpected(marked.error());
  return static_cast<std::size_t>(state_.changes());
}

// Numbers from `next` on whose messages the new log does not get.
Status Outbox::close_gaps(Sequence next) {
  std::vector<Sequence> gaps;
  {
    Statement lacking = state_.prepare(
        "SELECT sequence FROM outbox WHERE (state = 'refused' OR backed_up = 1) AND number_lost = "
        "0 AND state <> 'discarded' AND key_id = ? AND sequence >= ? ORDER BY sequence");
    lacking.bind_blob(key_.key_id().view()).bind(next.value);
    while (true) {
      auto row = lacking.step();
      if (!row) return tl::unexpected(row.error());
      if (!*row) break;
      gaps.push_back(Sequence{lacking.number(0)});
    }
  }
  auto closed = state_
                    .prepare(
                        "UPDATE outbox SET number_lost = 1 WHERE (state = 'refused' OR backed_up = "
                        "1) AND key_id = ? AND sequence >= ?")
                    .bind_blob(key_.key_id().view())
                    .bind(next.value)
                    .run();
  for (const Sequence gap : gaps) {
    closed = closed.and_then([&]() { return insert_skip(gap, "the hub's new log"); });
  }
  return closed;
}

Status Outbox::close_skip(std::int64_t id) {
  return state_
      .prepare("UPDATE outbox SET state = 'discarded', note = 'its number was used' WHERE id = ?")
      .bind(id)
      .run();
}

Status Outbox::doubt(std::int64_t id, const std::string& why, bool number_lost) {
  return state_
      .prepare("UPDATE outbox SET state = 'doubtful', note = ?, number_lost = ? WHERE id = ?")
      .bind_text(why)
      .bind(number_lost ? 1 : 0)
      .bind(id)
      .run();
}

}  // namespace rapporteur::client
