// What this agency has to say to the hub and what became of it: a durable queue in state.db.
//
// An item is held until it is released (where approval is required), then has a number and a
// signature and is ready; it is sent until a verified receipt or refusal settles it. Bytes and
// message id stay the same over retries. A number is given away in the order of release; a number
// whose item is discarded is closed by a SKIP.
//
// Threads: one at a time; several processes may share the database.
// Durability: what a function returned as done is on disk (state.db is synced at every commit).
// Errors: kStorage; kNotFound and kRefused where said.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/client/database.h"
#include "adapters/client/envelope.h"
#include "proto/base/clock.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::client {

enum class ItemState {
  kHeld,       // waits for a second person
  kReady,      // numbered and signed, never sent
  kSent,       // may have reached the hub; sent again until it is answered
  kReceipted,  // in the log, proof verified
  kRefused,    // in the log as a refusal, signature verified
  kDiscarded,
  kDoubtful,  // cannot go on as it is; `note` says why; release or discard it
};
[[nodiscard]] std::string_view name(ItemState state);
[[nodiscard]] std::optional<ItemState> item_state_named(std::string_view name);

struct NewItem {
  v1::Kind kind = v1::KIND_NEW;
  std::string dataflow;
  std::string indicator;
  std::vector<std::string> ref_areas;
  std::optional<MessageId> revises;
  v1::Releasability releasability;
  std::string body;
  std::string certificate;  // "" is none
  std::size_t rows = 0;
  std::string source;                // the file it came from
  std::vector<std::uint64_t> lines;  // of the file, one a row; empty when there is none
};

struct Item {
  std::int64_t id = 0;
  MessageId message_id;
  ItemState state = ItemState::kHeld;
  v1::Kind kind = v1::KIND_NEW;
  std::string dataflow;
  std::string indicator;
  std::size_t rows = 0;
  std::string source;
  std::vector<std::uint64_t> lines;  // as NewItem; read with a single item alone, not in lists
  std::optional<Sequence> sequence;
  std::uint64_t attempts = 0;
  std::string note;
  std::optional<LogIndex> log_index;
  std::string outcome;  // a serialized v1::Outcome; empty before it is settled
  UnixMillis created;
  std::string created_by;
  std::optional<UnixMillis> released;
  std::string released_by;
  std::string release_reason;
};

struct Sendable {
  std::int64_t id = 0;
  MessageId message_id;
  Sequence sequence;
  std::string envelope;  // a serialized v1::Envelope
  bool skip = false;
};

// Who acts, for the record. `user` is who logged in (`login.h` says what that is worth); `approver`
// one of the settings' approvers.
struct Approval {
  std::string user;
  std::string approver;
  std::string reason;
};

struct OutboxOwner {
  std::string hub;
  std::string participant;
  bool approval_required = false;
  std::vector<std::string> approvers;
};

// What becomes of settled items when the hub goes on in a new log.
struct OfferedAgain {
  std::size_t sent = 0;  // go out again as they were
  std::size_t lost = 0;  // the new log has them no more, nor has the outbox what they said
};

class Outbox {
 public:
  // All referenced objects outlive it.
  Outbox(Database& state, OutboxOwner owner, const crypto::SigningKey& key, const Clock& clock);

  // All of them or none. Returns their message ids, in order. What `beside` stores about them is
  // stored in the same transaction. What `officer` signs, too, is held for that where it is held.
  using Beside = std::function<Status(std::span<const MessageId>)>;
  [[nodiscard]] Result<std::vector<MessageId>> add(std::span<const NewItem> items,
                                                   const std::string& user,
                                                   const Beside& beside = {},
                                                   const SecondSigner* officer = nullptr);
  // In the order of adding; all of them, or those of one state.
  [[nodiscard]] Result<std::vector<Item>> list(std::optional<ItemState> state = {}) const;
  // kNotFound.
  [[nodiscard]] Result<Item> find(const MessageId& id) const;
  // As it is or would be sent.
  [[nodiscard]] Result<v1::Envelope> envelope(const Item& item) const;

  // Numbers and signs. kRefused for an item that is neither held nor doubtful, and when the rule of
  // the second person is not kept: another login than the one that pushed; where an approver is
  // named too, one of the settings' and with a reason; for one that the hub lost together with its
  // content; for one that a data officer has to sign anew, without `officer`.
  [[nodiscard]] Status release(const MessageId& id, const Approval& approval,
                               const SecondSigner* officer = nullptr);
  // kRefused for an item that may be at the hub already (withdraw it instead) or is settled.
  [[nodiscard]] Status discard(const MessageId& id, const std::string& user);

  // For the courier.
  // Numbers below `next` are used at the hub: none of them is given away any more.
  [[nodiscard]] Status learn_next(Sequence next);
  // Ready or sent items with numbers from `from` on, ascending, up to `most` and about `most_bytes`
  // (at least one if there is one).
  [[nodiscard]] Result<std::vector<Sendable>> to_send(Sequence from, std::size_t most,
                                                      std::size_t most_bytes) const;
  [[nodiscard]] Status mark_sent(std::span<const Sendable> items);
  [[nodiscard]] Status settle(std::int64_t id, const v1::Outcome& outcome);
  // A SKIP whose number turns out to be used: nothing is left to close.
  [[nodiscard]] Status close_skip(std::int64_t id);
  [[nodiscard]] Status doubt(std::int64_t id, const std::string& why, bool number_lost);
  // The item that has this number, settled or not.
  [[nodiscard]] Result<std::optional<Item>> with_number(Sequence number) const;
  [[nodiscard]] Result<std::size_t> waiting() const;  // ready or sent

  // A verified backup of the hub holds the entries below `size`: what is settled there needs not be
  // offered again, and its envelope is dropped.
  [[nodiscard]] Status backed_up_to(TreeSize size);
  // The hub goes on in a new log that carries `carried` entries of the old one; `next` is this
  // key's next number there. What is receipted and in no verified backup is sent again as it is.
  // What a verified backup held and the new log lacks, because an older backup was restored, is
  // lost: it becomes doubtful. Its numbers and those of refusals that the new log lacks are closed
  // by a SKIP. Within the caller's transaction.
  [[nodiscard]] Result<OfferedAgain> offer_again(TreeSize carried, Sequence next);

 private:
  [[nodiscard]] Result<Sequence> take_number();
  [[nodiscard]] Status insert(const v1::Envelope& envelope, const NewItem& item,
                              const std::string& user, std::optional<Sequence> number);
  [[nodiscard]] Status insert_lines(const std::vector<std::uint64_t>& lines);
  [[nodiscard]] Result<std::vector<std::uint64_t>> lines_of(std::int64_t id) const;
  [[nodiscard]] Status insert_skip(Sequence number, const std::string& user);
  [[nodiscard]] Result<std::size_t> mark_lost(TreeSize carried, Sequence next);
  [[nodiscard]] Status close_gaps(Sequence next);
  [[nodiscard]] Status sign(v1::Envelope& envelope, Sequence number, const SecondSigner* officer);
  [[nodiscard]] Status sign_and_store(const Item& item, const Approval& approval,
                                      const SecondSigner* officer);
  [[nodiscard]] Status check_second_person(const Item& item, const Approval& approval) const;

  Database& state_;
  OutboxOwner owner_;
  const crypto::SigningKey& key_;
  const Clock& clock_;
};

}  // namespace rapporteur::client
