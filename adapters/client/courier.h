// Carries the outbox to the hub: sends in the order of the numbers, several at a time, and settles
// each item by a receipt or refusal that was verified.
//
// After OVERLOADED or SEQUENCE nothing more is sent until everything under way is answered; then it
// begins again with the lowest number that is not settled, same bytes. So a number that the hub
// never saw is sent before those above it.
//
// Threads: one at a time.
// Durability: an item counts as receipted only after its proof file and state are on disk.
// Errors: kNotVerified (an answer that does not hold: the item stays as it is), kRefused (the hub
// takes nothing from this key, or waits for a number that is not to be had), kUnreachable (an
// answer is overdue), kStorage. Source: PROTOCOL.md, "Submit".
#pragma once

#include <functional>
#include <map>
#include <set>

#include "adapters/client/known_log.h"
#include "adapters/client/outbox.h"
#include "adapters/client/receipts.h"
#include "adapters/client/session.h"

namespace rapporteur::client {

struct CourierOptions {
  std::size_t window = 16;
  std::size_t window_bytes = 4UL << 20U;
  std::chrono::milliseconds answer_timeout{5'000};
  std::chrono::milliseconds pause_first{100};
  std::chrono::milliseconds pause_most{30'000};
};

struct Settled {
  MessageId message_id;
  bool accepted = false;
  LogIndex index;
  v1::Outcome outcome;
};

class Courier final : public Conversation {
 public:
  // All referenced objects outlive it. `settled` is called once for each item that is settled,
  // after it is on disk.
  Courier(Database& state, Outbox& outbox, KnownLog& log, const Receipts& receipts,
          const KeyId& key, const CourierOptions& options,
          std::function<void(const Settled&)> settled);

  [[nodiscard]] Status begin(Connection& line) override;
  [[nodiscard]] Status step(Connection& line, MonotonicTime now) override;
  [[nodiscard]] Result<bool> take(Connection& line, const v1::Frame& frame) override;

  // Nothing is ready and nothing is under way.
  [[nodiscard]] bool idle() const { return idle_; }
  // What the hub said last to make it wait; empty when it said nothing of the kind.
  [[nodiscard]] const std::optional<Error>& waiting_because() const { return waiting_because_; }

 private:
  struct UnderWay {
    Sendable item;
    TreeSize floor;  // largest tree seen when it was sent
    MonotonicTime overdue;
  };

  [[nodiscard]] Status fill(Connection& line, MonotonicTime now);
  [[nodiscard]] Status settle(const UnderWay& under_way, const v1::Outcome& outcome);
  [[nodiscard]] Status handle_fault(const UnderWay& under_way, const v1::Fault& fault,
                                    const HubAddress& hub);
  [[nodiscard]] Status handle_sequence(const UnderWay& under_way, Sequence expected,
                                       const std::string& why);
  [[nodiscard]] Status note_backup(TreeSize size);
  [[nodiscard]] Status explain_missing(Sequence expected) const;
  void pause(std::chrono::milliseconds at_least, Error why);
  void begin_again();

  Database& state_;
  Outbox& outbox_;
  KnownLog& log_;
  const Receipts& receipts_;
  KeyId key_;
  CourierOptions options_;
  std::function<void(const Settled&)> settled_;

  std::map<std::uint64_t, UnderWay> under_way_;  // by correlation
  std::size_t under_way_bytes_ = 0;
  Sequence next_;          // the lowest number to send next
  TreeSize backed_up_to_;  // as the outbox was told last
  bool draining_ = false;
  bool idle_ = false;
  MonotonicTime now_;
  MonotonicTime paused_until_;
  std::chrono::milliseconds next_pause_;
  std::set<std::uint64_t> asked_again_;  // numbers said to be used, whose message was repeated
  std::optional<Sequence> missing_;      // the number the hub waits for
  std::optional<Error> waiting_because_;
};

}  // namespace rapporteur::client
