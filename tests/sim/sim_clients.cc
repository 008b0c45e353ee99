#include "tests/sim/sim_clients.h"

#include "proto/crypto/domain.h"

namespace rapporteur::sim {
namespace {

constexpr int kPatience = 50;

std::string hello(std::uint64_t correlation) {
  v1::Frame frame;
  frame.set_correlation(correlation);
  frame.mutable_hello()->set_lowest_version(1);
  frame.mutable_hello()->set_highest_version(1);
  return frame.SerializeAsString();
}

// The line is gone; what was on it to the hub may still arrive.
void lose(std::shared_ptr<Line>& line, Chance& chance) {
  line->open = false;
  if (chance.percent(50)) line->to_hub.clear();
  line.reset();
}

}  // namespace

void SimSender::make(Chance& chance) {
  v1::Header header;
  header.set_sender(party_.id);
  const Digest id = crypto::sha256(party_.id + std::to_string(++made_));
  header.set_message_id(id.string().substr(0, 16));
  header.set_sequence(made_);
  header.set_dataflow("RAPPORTEUR:THB(1.0)");
  header.set_indicator(chance.percent(50) ? "CJ_INV" : "VIC_REG");
  header.set_kind(v1::KIND_NEW);
  header.mutable_releasability()->set_audience(v1::AUDIENCE_PARTICIPANTS);
  unanswered_.emplace(header.message_id(), header);
}

void SimSender::hear(SimHub& hub) {
  ++silent_;
  while (line_ != nullptr && !line_->to_client.empty()) {
    silent_ = 0;
    const v1::Frame frame = std::move(line_->to_client.front());
    line_->to_client.pop_front();
    if (frame.has_welcome()) greeted_ = true;
    const auto found = sent_.find(frame.correlation());
    if (found != sent_.end()) {
      if (frame.has_outcome()) unanswered_.erase(found->second);
      sent_.erase(found);
    } else if (frame.has_outcome()) {
      hub.complain("an answer to nothing that was asked");
    }
    // What it says of the line, not of too much being under way on it.
    if (frame.has_fault() && (!greeted_ || frame.fault().code() != "OVERLOADED")) {
      line_->open = false;
      line_.reset();
    }
  }
}

void SimSender::act(SimHub& hub, Chance& chance, bool calm) {
  if (!calm && chance.percent(20)) make(chance);
  hear(hub);
  if (line_ == nullptr || !line_->open) {
    line_ = hub.connect(party_);
    greeted_ = false;
    silent_ = 0;
    sent_.clear();
    line_->to_hub.push_back(hello(++correlations_));
    return;
  }
  // An answer that does not come is not waited for for ever.
  if (silent_ > kPatience || (!calm && chance.percent(3))) return lose(line_, chance);
  if (!greeted_ || unanswered_.empty() || (calm && !sent_.empty())) return;
  auto message = unanswered_.begin();
  std::advance(message, static_cast<std::ptrdiff_t>(chance.below(unanswered_.size())));
  v1::Frame frame;
  frame.set_correlation(++correlations_);
  frame.set_submit(message->second.SerializeAsString());
  sent_.emplace(correlations_, message->first);
  line_->to_hub.push_back(frame.SerializeAsString());
}

SimSubscriber::SimSubscriber(const std::string& id, std::string name, const std::string& indicator)
    : party_(id), name_(std::move(name)) {
  filter_.set_indicator(indicator);
}

void SimSubscriber::say(v1::Frame frame) {
  frame.set_correlation(++correlations_);
  line_->to_hub.push_back(frame.SerializeAsString());
}

void SimSubscriber::connect(SimHub& hub) {
  line_ = hub.connect(party_);
  receiving_ = false;
  silent_ = 0;
  line_->to_hub.push_back(hello(++correlations_));
  v1::Frame frame;
  frame.mutable_subscribe()->set_subscription(name_);
  *frame.mutable_subscribe()->mutable_filter() = filter_;
  frame.mutable_subscribe()->set_start(v1::Subscribe::BEGINNING);
  say(std::move(frame));
  subscribing_ = correlations_;
}

void SimSubscriber::take(SimHub& hub, const v1::Position& position, std::uint64_t correlation) {
  const std::uint64_t number = position.acknowledged();
  if (number < confirmed_) return hub.complain(party_.id + ": the cursor goes back");
  if (!places_.contains({number, position.delivered_sha256()})) {
    return hub.complain(party_.id + ": a position that was never acknowledged");
  }
  if (!receiving_) {
    receiving_ = true;
    number_ = acknowledged_ = number;
    delivered_ = *Digest::from(position.delivered_sha256());
    return;
  }
  const auto asked = asked_.find(correlation);
  if (asked != asked_.end() && number < asked->second) {
    hub.complain(party_.id + ": an acknowledgement is answered before it is durable");
  }
  confirmed_ = number;
  places_.erase(places_.begin(), places_.lower_bound({confirmed_, {}}));
}

void SimSubscriber::take(SimHub& hub, const v1::Deliver& batch) {
  if (!receiving_) return hub.complain(party_.id + ": a delivery before the position");
  if (batch.first_number() != number_ + 1) {
    return hub.complain(party_.id + ": delivery " + std::to_string(batch.first_number()) +
                        " where " + std::to_string(number_ + 1) + " was due");
  }
  for (const std::string& bytes : batch.deliveries()) {
    v1::Delivery delivery;
    v1::Record record;
    if (!delivery.ParseFromString(bytes) || !record.ParseFromString(delivery.record())) {
      return hub.complain("a delivery cannot be read");
    }
    ++number_;
    delivered_ = crypto::next_delivered(delivered_, bytes_of(record.header()));
    if (known_.insert(delivery.index()).second) got_.push_back(delivery.index());
  }
}

void SimSubscriber::hear(SimHub& hub) {
  ++silent_;
  while (line_ != nullptr && !line_->to_client.empty()) {
    silent_ = 0;
    const v1::Frame frame = std::move(line_->to_client.front());
    line_->to_client.pop_front();
    if (frame.has_deliver()) take(hub, frame.deliver());
    if (frame.has_position() && (receiving_ || frame.correlation() == subscribing_)) {
      take(hub, frame.position(), frame.correlation());
    }
    if (frame.has_fault()) {
      line_->open = false;
      line_.reset();
    }
  }
}

void SimSubscriber::grant(std::uint32_t deliveries, std::uint64_t bytes) {
  v1::Frame frame;
  frame.mutable_credit()->set_subscription(name_);
  frame.mutable_credit()->set_deliveries(deliveries);
  frame.mutable_credit()->set_bytes(bytes);
  say(std::move(frame));
}

void SimSubscriber::acknowledge() {
  if (number_ <= acknowledged_) return;
  acknowledged_ = number_;
  places_.emplace(number_, delivered_.string());
  v1::AcknowledgementStatement statement;
  statement.set_participant(party_.id);
  statement.set_subscription(name_);
  statement.set_delivery_number(number_);
  statement.set_delivered_sha256(delivered_.string());
  v1::Frame frame;
  frame.mutable_acknowledge()->set_statement(statement.SerializeAsString());
  say(std::move(frame));
  asked_[correlations_] = number_;
}

void SimSubscriber::act(SimHub& hub, Chance& chance, bool calm) {
  if (chance.percent(calm ? 100 : 60)) hear(hub);
  if (line_ == nullptr || !line_->open) return connect(hub);
  if (silent_ > kPatience || (!calm && chance.percent(3))) return lose(line_, chance);
  if (!receiving_) return;
  if (calm || chance.percent(30)) {
    grant(static_cast<std::uint32_t>(1 + chance.below(6)), 1 + chance.below(2'000));
  }
  if (calm || chance.percent(30)) acknowledge();
}

}  // namespace rapporteur::sim
