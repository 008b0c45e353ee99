#include "broker/core/subscription.h"

#include <algorithm>

#include <google/protobuf/util/message_differencer.h>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"

namespace rapporteur::core {
namespace {

constexpr std::size_t kMilestones = 64;
constexpr std::uint64_t kFirstSpacing = 1'024;

bool same_right(const v1::ReceiveRight& a, const v1::ReceiveRight& b) {
  return a.dataflow() == b.dataflow() && a.indicator() == b.indicator() &&
         a.sender() == b.sender() && a.from_index() == b.from_index();
}

// The lowest index that rights of `now` admit and that none equal to them in `before` did.
std::optional<LogIndex> lowest_added(const std::vector<v1::ReceiveRight>& before,
                                     const std::vector<v1::ReceiveRight>& now) {
  std::optional<LogIndex> lowest;
  for (const auto& right : now) {
    const bool old = std::ranges::any_of(
        before, [&](const v1::ReceiveRight& other) { return same_right(right, other); });
    if (old) continue;
    const LogIndex from{right.from_index()};
    if (!lowest || from < *lowest) lowest = from;
  }
  return lowest;
}

}  // namespace

std::string state_name(const SubscriptionName& name) {
  return std::string(kCursorPrefix) + name.participant + "/" + name.subscription;
}

Subscription::Subscription(SubscriptionName name, v1::SubscriptionFilter filter, LogIndex from,
                           std::vector<v1::ReceiveRight> rights)
    : name_(std::move(name)), filter_(std::move(filter)), rights_(std::move(rights)) {
  sent_.next = from;
  acknowledged_ = sent_;
  durable_next = from;
  milestone_spacing_ = kFirstSpacing;
  mark();
}

void Subscription::resume() {
  // The backfills of the changes that are dropped here stand in acknowledged_ already.
  sent_ = acknowledged_;
  finish_backfills();
  acknowledged_ = sent_;
  steps_.clear();
  changes_ = 0;
  unacknowledged_bytes_ = 0;
}

void Subscription::rewind(LogIndex from) {
  resume();
  sent_.next = from;
  sent_.backfills.clear();
  acknowledged_ = sent_;
  milestones_.clear();
  milestone_spacing_ = kFirstSpacing;
  mark();
}

void Subscription::adopt_rights(std::vector<v1::ReceiveRight> rights) {
  const auto from = lowest_added(rights_, rights);
  std::vector<v1::ReceiveRight> before = std::exchange(rights_, std::move(rights));
  if (!from || *from >= sent_.next) return;
  const bool followed = steps_.empty();
  sent_.backfills.push_back({*from, sent_.next, before});
  if (followed) {
    acknowledged_ = sent_;
    return;
  }
  acknowledged_.backfills.push_back(
      {*from, std::max(*from, acknowledged_.next), std::move(before)});
  Step change;
  change.place = std::make_shared<const Place>(sent_);
  steps_.push_back(std::move(change));
  ++changes_;
}

std::optional<Scan> Subscription::scan(TreeSize size) const {
  if (!sent_.backfills.empty()) {
    const Backfill& backfill = sent_.backfills.front();
    return Scan{backfill.next, backfill.end, true};
  }
  if (sent_.next.value >= size.value) return std::nullopt;
  return Scan{sent_.next, LogIndex{size.value}, false};
}

std::uint64_t Subscription::lag(TreeSize size) const {
  std::uint64_t entries = size.value - sent_.next.value;
  for (const auto& backfill : sent_.backfills) entries += backfill.end.value - backfill.next.value;
  return entries;
}

void Subscription::looked_at(const Scan& scan, LogIndex to) {
  if (scan.backfill) {
    Backfill& backfill = sent_.backfills.front();
    backfill.next = std::max(backfill.next, std::min(to, backfill.end));
    finish_backfills();
  } else {
    sent_.next = std::max(sent_.next, to);
  }
  if (steps_.empty()) acknowledged_ = sent_;
}

void Subscription::finish_backfills() {
  while (!sent_.backfills.empty() && sent_.backfills.front().next >= sent_.backfills.front().end) {
    sent_.backfills.erase(sent_.backfills.begin());
  }
}

bool Subscription::belongs_elsewhere(const Scan& scan, const Item& item) const {
  if (!scan.backfill) return false;
  if (rights_admit(sent_.backfills.front().had, item)) return true;
  if (sent_.backfills.size() == 1 || sabotaged("backfills-mixed")) return false;
  const Backfill& next = sent_.backfills[1];
  return item.index >= next.next && item.index < next.end && !rights_admit(next.had, item);
}

void Subscription::deliver(const Scan& scan, const Item& item) {
  ++sent_.number.value;
  sent_.delivered = crypto::next_delivered(sent_.delivered, item.header_sha256);
  Step step;
  step.index = item.index;
  step.delivered = sent_.delivered;
  step.bytes = static_cast<std::uint32_t>(item.field.size());
  step.backfills = static_cast<std::uint16_t>(sent_.backfills.size());
  step.backfill = scan.backfill;
  unacknowledged_bytes_ += step.bytes;
  steps_.push_back(std::move(step));
  if (scan.backfill) {
    sent_.backfills.front().next = LogIndex{item.index.value + 1};
  } else {
    sent_.next = LogIndex{item.index.value + 1};
  }
}

void Subscription::pass(const Step& step) {
  if (step.place) return pass_change(*step.place);
  unacknowledged_bytes_ -= step.bytes;
  ++acknowledged_.number.value;
  acknowledged_.delivered = step.delivered;
  auto& backfills = acknowledged_.backfills;
  while (backfills.size() > step.backfills + changes_) backfills.erase(backfills.begin());
  const LogIndex next{step.index.value + 1};
  if (step.backfill) {
    backfills.front().next = next;
    return;
  }
  acknowledged_.next = next;
  // What changes of rights still to be passed admit below the reading position grows with it.
  for (std::size_t i = backfills.size() - changes_; i < backfills.size(); ++i) {
    backfills[i].end = std::max(backfills[i].end, next);
  }
}

// The later changes, which are still to be passed, keep what they admit below the reading position.
void Subscription::pass_change(const Place& after) {
  --changes_;
  const auto later = acknowledged_.backfills.end() - static_cast<std::ptrdiff_t>(changes_);
  std::vector<Backfill> kept(std::make_move_iterator(later),
                             std::make_move_iterator(acknowledged_.backfills.end()));
  acknowledged_ = after;
  for (Backfill& backfill : kept) {
    const bool dropped = sabotaged("later-rights-dropped");
    backfill.end = dropped ? backfill.next : std::max(backfill.end, after.next);
    acknowledged_.backfills.push_back(std::move(backfill));
  }
}

void Subscription::pass_changes() {
  while (!steps_.empty() && steps_.front().place) {
    pass(steps_.front());
    steps_.pop_front();
  }
}

Subscription::Acknowledge Subscription::acknowledge(
    DeliveryNumber number, const Digest& delivered,
    v1::SignedAcknowledgement signed_acknowledgement) {
  if (number > sent_.number) return Acknowledge::kBeyond;
  if (number < acknowledged_.number) return Acknowledge::kOld;
  if (number == acknowledged_.number) {
    return delivered == acknowledged_.delivered ? Acknowledge::kOld : Acknowledge::kOtherHash;
  }
  std::uint64_t left = number.value - acknowledged_.number.value;
  const auto wanted =
      std::ranges::find_if(steps_, [&](const Step& step) { return !step.place && --left == 0; });
  RAPPORTEUR_CHECK(wanted != steps_.end());
  if (wanted->delivered != delivered) return Acknowledge::kOtherHash;
  const bool had_backfills = !acknowledged_.backfills.empty();
  while (acknowledged_.number < number) {
    pass(steps_.front());
    steps_.pop_front();
  }
  pass_changes();
  if (steps_.empty()) acknowledged_ = sent_;
  newest_ = std::move(signed_acknowledgement);
  if (had_backfills) milestones_.clear();
  mark();
  return Acknowledge::kTaken;
}

std::optional<v1::SignedAcknowledgement> Subscription::take_unjournalled() {
  if (journalled_ >= acknowledged_.number.value || newest_.statement().empty()) {
    return std::nullopt;
  }
  journalled_ = acknowledged_.number.value;
  return newest_;
}

void Subscription::mark() {
  if (!acknowledged_.backfills.empty()) return;
  const DeliveryNumber next{acknowledged_.number.value + 1};
  if (!milestones_.empty() && next.value < milestones_.back().number.value + milestone_spacing_) {
    return;
  }
  milestones_.push_back({next, acknowledged_.next});
  if (milestones_.size() < kMilestones) return;
  for (std::size_t i = 1; 2 * i < milestones_.size(); ++i) milestones_[i] = milestones_[2 * i];
  milestones_.resize(milestones_.size() / 2);
  milestone_spacing_ *= 2;
}

std::optional<Subscription::Origin> Subscription::find(DeliveryNumber number) const {
  if (number > acknowledged_.number) return std::nullopt;
  const auto after =
      std::ranges::upper_bound(milestones_, number, std::ranges::less{}, &Milestone::number);
  if (after == milestones_.begin()) return std::nullopt;
  const Milestone& mark = *std::prev(after);
  return Origin{mark.next, number.value - mark.number.value};
}

}  // namespace rapporteur::core
