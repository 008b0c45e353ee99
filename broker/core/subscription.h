// One durable subscription: what was delivered, what of it was acknowledged, and what comes next.
//
// Delivery numbers are 1, 2, 3 ...: a rewind moves the reading position back, and numbers and
// running hash go on. The number of a delivery that was not acknowledged is given anew after a
// reconnect; to another entry, when rights have changed. The order is that of availability: entries
// as they come; when a new right admits older ones, these are delivered at the right's place (a
// backfill).
//
// Threads: one. Lifetime: items are held only while a batch is made of them.
// Source: PROTOCOL.md, "Delivery".
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "broker/core/cursor.pb.h"
#include "broker/core/entitlement.h"
#include "broker/core/events.h"

namespace rapporteur::core {

struct SubscriptionName {
  std::string participant;
  std::string subscription;
  auto operator<=>(const SubscriptionName&) const = default;
};
// "cursor/<participant>/<subscription>"
[[nodiscard]] std::string state_name(const SubscriptionName& name);
inline constexpr std::string_view kCursorPrefix = "cursor/";
struct Backfill {
  LogIndex next;
  LogIndex end;
  std::vector<v1::ReceiveRight> had;
};

struct Place {
  DeliveryNumber number;  // the last delivered
  Digest delivered;       // running hash after it
  LogIndex next;          // the first entry not yet looked at
  std::vector<Backfill> backfills;
};

struct CreditLeft {
  std::int64_t deliveries = 0;
  std::int64_t bytes = 0;  // below 0 once the last delivery was larger than what was left
  [[nodiscard]] bool any() const { return deliveries > 0 && bytes > 0; }
};

// Where to look next.
struct Scan {
  LogIndex from;
  LogIndex end;
  bool backfill = false;
};

class Subscription {
 public:
  // A new one that reads from `from` on, with the rights of now.
  Subscription(SubscriptionName name, v1::SubscriptionFilter filter, LogIndex from,
               std::vector<v1::ReceiveRight> rights);
  // Error: kMalformed for a state that cannot be read.
  [[nodiscard]] static Result<Subscription> restore(std::string_view state);
  [[nodiscard]] std::string state() const;

  [[nodiscard]] const SubscriptionName& name() const { return name_; }
  [[nodiscard]] const v1::SubscriptionFilter& filter() const { return filter_; }
  [[nodiscard]] const Place& sent() const { return sent_; }
  [[nodiscard]] const Place& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<v1::ReceiveRight>& rights() const { return rights_; }
  [[nodiscard]] std::size_t unacknowledged() const { return steps_.size(); }
  [[nodiscard]] std::size_t unacknowledged_bytes() const { return unacknowledged_bytes_; }

  // Goes back to what was acknowledged: what comes after it is delivered again, with the rights of
  // now.
  void resume();
  // Goes back to what was acknowledged, as resume() does, and reads on from `from`; numbers and
  // hash go on.
  void rewind(LogIndex from);
  // Rights became `rights`: what they admit below the reading position becomes a backfill.
  void adopt_rights(std::vector<v1::ReceiveRight> rights);

  // Empty when the end of the log (`size`) is reached.
  [[nodiscard]] std::optional<Scan> scan(TreeSize size) const;
  // Entries that were not yet looked at.
  [[nodiscard]] std::uint64_t lag(TreeSize size) const;
  // Everything of the scan below `to` was looked at.
  void looked_at(const Scan& scan, LogIndex to);
  // The item at the scan is delivered: it gets the next number.
  void deliver(const Scan& scan, const Item& item);
  // Whether the scan is of a backfill that the item does not belong to: it was delivered in its
  // turn already, or a later right admits it and so a later backfill delivers it.
  [[nodiscard]] bool belongs_elsewhere(const Scan& scan, const Item& item) const;

  enum class Acknowledge { kTaken, kOld, kBeyond, kOtherHash };
  [[nodiscard]] Acknowledge acknowledge(DeliveryNumber number, const Digest& delivered,
                                        v1::SignedAcknowledgement signed_acknowledgement);
  // The newest acknowledgement that is not yet in the log, once.
  [[nodiscard]] std::optional<v1::SignedAcknowledgement> take_unjournalled();

  struct Origin {
    LogIndex from;
    std::uint64_t skip = 0;
  };
  // Where an acknowledged delivery is found: past `skip` deliveries from `from` on. Empty for
  // numbers not yet acknowledged, and for those before the last rewind or backfill.
  [[nodiscard]] std::optional<Origin> find(DeliveryNumber number) const;

  // ---- the line it is attached to ----
  RoutingId attached;  // empty: none
  std::uint64_t attached_epoch = 0;
  CreditLeft credit;
  RouteCache routes;
  bool starving = false;  // waits for a chunk
  std::optional<MonotonicTime> retry_at;
  std::optional<MonotonicTime> asked_at;  // when credit came last
  std::uint64_t lag_before = 0;           // when it was last watched
  int falling_behind = 0;                 // how often in a row it grew though the subscriber asked
  // Acknowledgements that wait for their cursor to be durable.
  struct Waiting {
    Asker asker;
    std::uint64_t token = 0;  // 0: not yet proposed
  };
  std::vector<Waiting> waiting;
  std::uint64_t proposed = 0;  // token of the cursor being written; 0: none
  LogIndex durable_next;       // what the newest proposed state says

 private:
  // Something between acknowledged_ and sent_: a delivery, or a change of rights.
  struct Step {
    LogIndex index;
    Digest delivered;
    std::uint32_t bytes = 0;
    std::uint16_t backfills = 0;  // still to be done after it, its own included
    bool backfill = false;
    std::shared_ptr<const Place> place;  // a change of rights: the whole place after it
  };
  struct Milestone {
    DeliveryNumber number;  // of the delivery that comes next
    LogIndex next;
  };
  Subscription() = default;
  void pass(const Step& step);
  void pass_change(const Place& after);
  void pass_changes();
  void finish_backfills();
  void mark();

  SubscriptionName name_;
  v1::SubscriptionFilter filter_;
  std::vector<v1::ReceiveRight> rights_;
  Place acknowledged_;
  Place sent_;
  std::deque<Step> steps_;
  std::size_t unacknowledged_bytes_ = 0;
  std::size_t changes_ = 0;  // steps that are changes of rights
  v1::SignedAcknowledgement newest_;
  std::uint64_t journalled_ = 0;
  std::vector<Milestone> milestones_;
  std::uint64_t milestone_spacing_ = 0;
};

}  // namespace rapporteur::core
