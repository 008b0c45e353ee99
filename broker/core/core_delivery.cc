// Deliveries: as far as credit, acknowledgements and memory allow, in the order of availability.
#include <algorithm>

#include "broker/core/core.h"
#include "proto/base/sabotage.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

// After the log could not be read.
constexpr auto kRetryAfter = 1s;
// A subscriber that asks for more and falls behind so many times in a row, a second apart, would do
// so without end at this rate of intake.
constexpr int kFallingBehind = 10;
// A subscriber grants credit when it has used up half of it, which may take a while.
constexpr auto kKeepsAsking = 5s;
// Entries that come within this time of a delivery are delivered together: a frame for each group
// and subscriber would cost more than all else at a thousand groups a second.
constexpr auto kDeliverEvery = 2ms;
// However many subscribers share the memory, each may have this much unacknowledged.
constexpr std::size_t kShareLeast = 2 * limits::kDeliverBatchBytes;

}  // namespace

std::size_t Core::unacknowledged_most() const {
  const std::size_t share = limits::kUnsentBytes / std::max<std::size_t>(attached_, 1);
  return std::clamp(share, kShareLeast, limits::kUnsentBytesPerConnection);
}

bool Core::may_send(const Subscription& subscription, const Connection& line) const {
  if (line.blocked || !line.allowed ||
      subscription.unacknowledged() >= limits::kUnacknowledgedPerSubscription ||
      subscription.unacknowledged_bytes() >= unacknowledged_most()) {
    return false;
  }
  return subscription.credit.any() || sabotaged("credit-ignored");
}

void Core::pump_all(bool starving_only) {
  for (auto& [name, subscription] : subscriptions_) {
    if (!subscription.attached.empty() && (subscription.starving || !starving_only)) {
      pump(subscription);
    }
  }
}

void Core::deliver_new() {
  const MonotonicTime due = delivered_at_ + kDeliverEvery;
  if (now_.steady < due) {
    deliveries_due_ = due;
    return;
  }
  deliveries_due_.reset();
  delivered_at_ = now_.steady;
  pump_all(false);
}

void Core::pump(Subscription& subscription) {
  if (subscription.attached.empty() || subscription.retry_at) return;
  Connection* line = connections_.find(subscription.attached);
  if (line == nullptr) return detach(subscription);
  subscription.starving = false;
  DeliverBatch batch;
  while (may_send(subscription, *line)) {
    const auto scan = subscription.scan(feed_.size());
    if (!scan || !pump_run(subscription, *line, *scan, batch)) break;
  }
  flush(subscription, *line, batch);
}

bool Core::pump_run(Subscription& subscription, Connection& line, const Scan& scan,
                    DeliverBatch& batch) {
  const auto run = feed_.run(scan.from);
  if (!run) {
    want_chunk(subscription, scan.from);
    return false;
  }
  const LogIndex end = std::min(run->end, scan.end);
  for (const ItemPtr& item : run->items) {
    if (item->index >= end) break;
    if (!subscription.routes.admits(*directory_, subscription.name().participant,
                                    subscription.filter(), *item) ||
        subscription.belongs_elsewhere(scan, *item)) {
      continue;
    }
    if (batch.count() >= limits::kDeliverBatchCount ||
        (batch.count() > 0 && batch.bytes() + item->field.size() > limits::kDeliverBatchBytes)) {
      flush(subscription, line, batch);
    }
    if (!may_send(subscription, line)) {
      // Everything below this item was looked at; the item itself comes next time.
      subscription.looked_at(scan, item->index);
      return false;
    }
    subscription.deliver(scan, *item);
    batch.add(item);
    --subscription.credit.deliveries;
    subscription.credit.bytes -= static_cast<std::int64_t>(item->field.size());
    ++counters_.delivered;
    counters_.delivered_bytes += item->field.size();
  }
  subscription.looked_at(scan, end);
  // The next piece is read while this one is on its way.
  if (end < scan.end && end.value < feed_.size().value) {
    if (const auto piece = feed_.missing(end)) {
      actions_->push_back(ReadChunk{piece->first, piece->second});
    }
  }
  return true;
}

void Core::flush(Subscription& subscription, Connection& line, DeliverBatch& batch) {
  if (batch.count() == 0) return;
  const DeliveryNumber first{subscription.sent().number.value - batch.count() + 1};
  actions_->push_back(Send{line.id, batch.take_frame(subscription.name().subscription, first)});
}

void Core::want_chunk(Subscription& subscription, LogIndex from) {
  subscription.starving = true;
  if (const auto piece = feed_.missing(from)) {
    actions_->push_back(ReadChunk{piece->first, piece->second});
  }
}

void Core::watch_lag() {
  bool slow = false;
  for (auto& [name, subscription] : subscriptions_) {
    const std::uint64_t lag = subscription.lag(feed_.size());
    // One that waits for the disk cannot use its credit up and ask anew; one whose line is full, or
    // that has much to acknowledge, counts as long as it grants more. What an absent or idle
    // subscriber misses slows nobody down.
    const bool asks =
        !subscription.attached.empty() &&
        ((subscription.starving && subscription.credit.any()) ||
         (subscription.asked_at && now_.steady - *subscription.asked_at <= kKeepsAsking));
    const bool late = asks && lag > subscription.lag_before;
    subscription.falling_behind = late ? subscription.falling_behind + 1 : 0;
    subscription.lag_before = lag;
    slow = slow || subscription.falling_behind >= kFallingBehind;
  }
  connections_.slow_down(slow && !sabotaged("lag-ignored"));
}

void Core::on(ChunkRead&& event) {
  feed_.keep(std::move(event.chunk));
  pump_all(true);
}

void Core::on(ChunkFailed&& event) {
  feed_.failed(event.first);
  for (auto& [name, subscription] : subscriptions_) {
    if (subscription.starving) subscription.retry_at = now_.steady + kRetryAfter;
  }
}

}  // namespace rapporteur::core
