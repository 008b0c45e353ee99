// Subscriptions: made, resumed, taken over, rewound, removed; credit and acknowledgements.
#include <algorithm>
#include <array>

#include <google/protobuf/util/message_differencer.h>

#include "broker/core/core.h"
#include "broker/core/entries.h"
#include "proto/base/fault_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

// A reading position that moved so far without a delivery is written down all the same, so that a
// restart does not look through these entries again.
constexpr std::uint64_t kProgressEntries = 4'096;
// Proposals of the core's own under way; what is left waits for the next tick.
constexpr std::size_t kOwnMost = 256;
constexpr std::int64_t kCreditDeliveriesMost = 1'000'000;
constexpr std::int64_t kCreditBytesMost = 1LL << 30U;

bool valid_filter(const v1::SubscriptionFilter& filter) {
  return std::ranges::all_of(
      std::array<std::string_view, 4>{filter.dataflow(), filter.indicator(), filter.sender(),
                                      filter.area()},
      [](std::string_view pattern) { return pattern.empty() || valid_pattern(pattern); });
}

v1::Position position_of(const Subscription& subscription) {
  const Place& place = subscription.acknowledged();
  v1::Position position;
  position.set_subscription(subscription.name().subscription);
  position.set_acknowledged(place.number.value);
  position.set_next_index(place.next.value);
  position.set_delivered_sha256(place.delivered.string());
  return position;
}

}  // namespace

Subscription* Core::find(const SubscriptionName& name) {
  const auto found = subscriptions_.find(name);
  return found == subscriptions_.end() ? nullptr : &found->second;
}

std::optional<Core::Complaint> Core::objection(const v1::Subscribe& request,
                                               const Subscription* existing) const {
  if (!valid_subscription_name(request.subscription()) || !valid_filter(request.filter()) ||
      !v1::Subscribe::Start_IsValid(request.start())) {
    return Complaint{faults::kMalformed, "name, filter or start of the subscription", 0ms};
  }
  if (storage_error_) {
    return Complaint{faults::kStorage, "the hub cannot write at present", 30s};
  }
  if (request.remove() && existing == nullptr) {
    return Complaint{faults::kNotFound, "no such subscription", 0ms};
  }
  using google::protobuf::util::MessageDifferencer;
  if (existing != nullptr && request.has_filter() &&
      !MessageDifferencer::Equals(request.filter(), existing->filter())) {
    return Complaint{faults::kUnexpected,
                     "the subscription has another filter: remove it, or take another name", 0ms};
  }
  return std::nullopt;
}

void Core::subscribe(Connection& connection, const FrameView& frame) {
  v1::Subscribe request;
  if (!request.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
    return refuse(connection, frame.correlation,
                  {faults::kMalformed, "Subscribe cannot be read", 0ms});
  }
  auto asker = ask(connection, frame.correlation, frame.payload.size());
  if (!asker) return;
  const SubscriptionName name{asker->participant, request.subscription()};
  Subscription* existing = find(name);
  if (auto complaint = objection(request, existing)) return fault(*asker, *complaint);
  if (own_.size() >= kOwnMost) {
    return fault(*asker, {faults::kOverloaded, "too much is being written", 200ms});
  }
  // What was acknowledged of it is written down as long as it is there.
  if (request.remove()) journal_cursors();
  if (!changing_.insert(name).second) {
    return fault(*asker, {faults::kOverloaded, "the subscription is being changed", 100ms});
  }
  if (existing != nullptr && request.remove()) {
    detach(*existing);
    auto draft = subscribed_draft(*existing, true);
    return propose(std::move(draft), Removed{std::move(*asker), name});
  }
  if (existing != nullptr && !request.rewind()) {
    changing_.erase(name);
    attach(*existing, *asker);
    return answer_position(*asker, position_of(*existing));
  }
  const auto same_participant = [&](const auto& entry) {
    return entry.first.participant == name.participant;
  };
  if (existing == nullptr &&
      std::ranges::count_if(subscriptions_, same_participant) >=
          static_cast<std::ptrdiff_t>(limits::kSubscriptionsPerParticipant)) {
    changing_.erase(name);
    return fault(*asker, {faults::kNotAllowed, "too many subscriptions of this participant", 0ms});
  }
  find_start(*asker, request, existing);
}

void Core::find_start(const Asker& asker, const v1::Subscribe& request,
                      const Subscription* existing) {
  FindStart job;
  job.participant = asker.participant;
  job.filter = existing != nullptr ? existing->filter() : request.filter();
  job.size = feed_.size();
  job.directory = directory_;
  switch (request.start()) {
    case v1::Subscribe::BEGINNING:
      return begin(asker, request, LogIndex{0});
    case v1::Subscribe::DELIVERY_NUMBER: {
      const DeliveryNumber number{request.start_value()};
      const auto origin = existing != nullptr ? existing->find(number)
                          : number.value == 0
                              ? std::nullopt
                              : std::optional(Subscription::Origin{LogIndex{0}, number.value - 1});
      if (!origin) {
        changing_.erase({asker.participant, request.subscription()});
        return fault(asker, {faults::kNotFound,
                             "no such delivery since the last rewind: start from a time, or from "
                             "the beginning",
                             0ms});
      }
      job.from = origin->from;
      job.skip = origin->skip;
      break;
    }
    case v1::Subscribe::TIME_MS:
      job.time_ms = request.start_value();
      break;
    default:
      return begin(asker, request, LogIndex{feed_.size().value});
  }
  job.token = ++tokens_;
  starting_.emplace(job.token, Starting{asker, request});
  actions_->push_back(std::move(job));
}

void Core::on(StartFound&& event) {
  auto node = starting_.extract(event.token);
  if (node.empty()) return;
  const Starting& starting = node.mapped();
  if (!event.index) {
    changing_.erase({starting.asker.participant, starting.request.subscription()});
    return fault(starting.asker, {faults::kStorage, "the log cannot be read", 1s});
  }
  begin(starting.asker, starting.request, *event.index);
}

void Core::begin(const Asker& asker, const v1::Subscribe& request, LogIndex from) {
  const SubscriptionName name{asker.participant, request.subscription()};
  auto rights = rights_of(*directory_, name.participant);
  if (Subscription* existing = find(name)) {
    detach(*existing);
    existing->adopt_rights(std::move(rights));
    existing->rewind(from);
    return propose(subscribed_draft(*existing, false), Rewound{asker, name});
  }
  auto made = std::make_unique<Subscription>(name, request.filter(), from, std::move(rights));
  auto draft = subscribed_draft(*made, false);
  propose(std::move(draft), Created{asker, std::move(made)});
}

void Core::attach(Subscription& subscription, const Asker& asker) {
  if (!subscription.attached.empty() &&
      (subscription.attached != asker.connection || subscription.attached_epoch != asker.epoch)) {
    const RoutingId before = subscription.attached;
    const std::string name = subscription.name().subscription;
    detach(subscription);
    if (Connection* line = connections_.find(before)) {
      tell(*line, 0,
           {faults::kUnexpected, "a newer line took the subscription " + name + " over", 0ms});
    }
  }
  detach(subscription);
  subscription.resume();
  if (connections_.find(asker) == nullptr) return;
  subscription.attached = asker.connection;
  subscription.attached_epoch = asker.epoch;
  ++attached_;
}

void Core::detach(Subscription& subscription) {
  subscription.credit = {};
  subscription.asked_at.reset();
  subscription.starving = false;
  if (subscription.attached.empty()) return;
  subscription.attached.clear();
  --attached_;
}

void Core::detach_all(const RoutingId& id) {
  for (auto& [name, subscription] : subscriptions_) {
    if (subscription.attached == id) detach(subscription);
  }
}

void Core::answer_position(const Asker& asker, const v1::Position& position) {
  answer(asker, make_frame(asker.correlation, v1::Frame::kPosition, position));
}

void Core::finish_own(std::uint64_t token) {
  auto node = own_.extract(token);
  if (node.empty()) return;
  Own& own = node.mapped();
  if (auto* created = std::get_if<Created>(&own)) {
    SubscriptionName name = created->subscription->name();
    changing_.erase(name);
    const auto at =
        subscriptions_.insert_or_assign(std::move(name), std::move(*created->subscription)).first;
    at->second.adopt_rights(rights_of(*directory_, at->first.participant));
    attach(at->second, created->asker);
    answer_position(created->asker, position_of(at->second));
  } else if (auto* rewound = std::get_if<Rewound>(&own)) {
    changing_.erase(rewound->name);
    Subscription& subscription = subscriptions_.at(rewound->name);
    attach(subscription, rewound->asker);
    answer_position(rewound->asker, position_of(subscription));
  } else if (auto* removed = std::get_if<Removed>(&own)) {
    changing_.erase(removed->name);
    auto gone = subscriptions_.extract(removed->name);
    for (auto& waiting : gone.mapped().waiting) {
      fault(waiting.asker, {faults::kNotFound, "the subscription was removed", 0ms});
    }
    answer_position(removed->asker, position_of(gone.mapped()));
  } else if (auto* written = std::get_if<CursorWritten>(&own)) {
    if (Subscription* subscription = find(written->name)) {
      cursor_written(*subscription, token, written->position);
    }
  } else if (const auto* noted = std::get_if<BackupNoted>(&own)) {
    backup_noted(*noted);
  } else if (auto* cosigned = std::get_if<CosignedWritten>(&own)) {
    cosigned_written(*cosigned);
  } else if (std::holds_alternative<Begun>(own)) {
    started_ = true;
  } else if (const auto* expiring = std::get_if<Expiring>(&own)) {
    if (expiring->sweep == sweeps_) find_expired();
  }
}

// ---- acknowledgements ----

void Core::acknowledge(Connection& connection, const FrameView& frame) {
  if (auto asker = ask(connection, frame.correlation, frame.payload.size())) {
    actions_->push_back(VerifyAcknowledgement{std::move(*asker), std::string(frame.payload)});
  }
}

void Core::on(AcknowledgementVerified&& event) {
  Subscription* subscription = find({event.asker.participant, event.subscription});
  if (subscription == nullptr) {
    return fault(event.asker, {faults::kNotFound, "no such subscription", 0ms});
  }
  if (storage_error_) {
    return fault(event.asker, {faults::kStorage, "the hub cannot write at present", 30s});
  }
  switch (subscription->acknowledge(event.number, event.delivered,
                                    std::move(event.signed_acknowledgement))) {
    case Subscription::Acknowledge::kBeyond:
      return fault(event.asker, {faults::kUnexpected, "acknowledges what was not delivered", 0ms});
    case Subscription::Acknowledge::kOtherHash:
      return fault(event.asker, {faults::kUnexpected,
                                 "the running hash is not that of what was delivered", 0ms});
    case Subscription::Acknowledge::kOld:
    case Subscription::Acknowledge::kTaken:
      break;
  }
  ++counters_.acknowledgements;
  subscription->waiting.push_back({std::move(event.asker), 0});
  write_cursor(*subscription);
  pump(*subscription);
}

void Core::write_cursor(Subscription& subscription) {
  if (subscription.proposed != 0 || own_.size() >= kOwnMost) return;
  // Behind the entry that removes it, its state would bring it back.
  if (changing_.contains(subscription.name()) && !sabotaged("removed-comes-back")) return;
  propose(cursor_draft(subscription),
          CursorWritten{subscription.name(), position_of(subscription)});
  subscription.proposed = tokens_;
  subscription.durable_next = subscription.acknowledged().next;
  for (auto& waiting : subscription.waiting) {
    if (waiting.token == 0) waiting.token = tokens_;
  }
}

// Answers with what is durable now: acknowledgements taken since then may still be lost.
void Core::cursor_written(Subscription& subscription, std::uint64_t token,
                          const v1::Position& durable) {
  if (subscription.proposed == token) subscription.proposed = 0;
  std::vector<Subscription::Waiting> later;
  for (auto& waiting : std::exchange(subscription.waiting, {})) {
    if (waiting.token == token) {
      answer_position(waiting.asker,
                      sabotaged("position-not-durable") ? position_of(subscription) : durable);
    } else {
      later.push_back(std::move(waiting));
    }
  }
  subscription.waiting = std::move(later);
  if (!subscription.waiting.empty()) write_cursor(subscription);
}

void Core::write_progress() {
  if (storage_error_) return;
  const std::uint64_t least = stopping_ == Stopping::kNo ? kProgressEntries : 1;
  for (auto& [name, subscription] : subscriptions_) {
    const LogIndex next = subscription.acknowledged().next;
    if (!subscription.waiting.empty() || next.value >= subscription.durable_next.value + least) {
      write_cursor(subscription);
    }
  }
}

void Core::adopt_rights() {
  for (auto& [name, subscription] : subscriptions_) {
    if (directory_->active(name.participant)) {
      subscription.adopt_rights(rights_of(*directory_, name.participant));
    }
  }
}

void Core::credit(Connection& connection, const FrameView& frame) {
  v1::Credit granted;
  if (!granted.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
    return refuse(connection, frame.correlation,
                  {faults::kMalformed, "Credit cannot be read", 0ms});
  }
  Subscription* subscription = find({connection.identity.participant, granted.subscription()});
  if (subscription == nullptr) {
    return refuse(connection, frame.correlation, {faults::kNotFound, "no such subscription", 0ms});
  }
  if (subscription->attached != connection.id || subscription->attached_epoch != connection.epoch) {
    // Granted before the line could know that another took the subscription over.
    return tell(connection, frame.correlation,
                {faults::kNotFound, "the subscription is not attached to this line", 0ms});
  }
  subscription->asked_at = now_.steady;
  CreditLeft& left = subscription->credit;
  left.deliveries = std::min(left.deliveries + granted.deliveries(), kCreditDeliveriesMost);
  const auto bytes =
      static_cast<std::int64_t>(std::min<std::uint64_t>(granted.bytes(), kCreditBytesMost));
  left.bytes = std::min(left.bytes + bytes, kCreditBytesMost);
  pump(*subscription);
}

}  // namespace rapporteur::core
