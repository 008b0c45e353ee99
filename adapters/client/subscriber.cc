#include "adapters/client/subscriber.h"

#include <algorithm>

#include <google/protobuf/io/coded_stream.h>

#include "proto/base/fault_codes.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"

namespace rapporteur::client {
namespace {

constexpr std::string_view kAskTheOperator =
    "ask the hub's operator: an honest hub does not send this";

tl::unexpected<Error> not_verified(const std::string& subscription, std::string what,
                                   std::string_view remedy = kAskTheOperator) {
  return fail(ErrorKind::kNotVerified, std::move(what), "subscription " + subscription,
              std::string(remedy));
}

}  // namespace

std::uint64_t credit_cost(std::size_t bytes) {
  using google::protobuf::io::CodedOutputStream;
  return 1 + CodedOutputStream::VarintSize64(bytes) + bytes;
}

Subscriber::Subscriber(std::string participant, std::string subscription, Received& received,
                       const crypto::SigningKey& key, const SubscriberOptions& options,
                       std::function<Status(std::size_t)> stored)
    : participant_(std::move(participant)),
      subscription_(std::move(subscription)),
      received_(received),
      key_(key),
      options_(options),
      stored_batch_(std::move(stored)) {}

Status Subscriber::begin(Connection& line) {
  asked_.clear();
  used_deliveries_ = 0;
  used_bytes_ = 0;
  auto directory = SignedDirectory::ask(line);
  if (!directory) return tl::unexpected(directory.error());
  directory_ = std::move(*directory);
  auto local = received_.find(subscription_);
  if (!local) return tl::unexpected(local.error());
  v1::Frame question;
  v1::Subscribe& subscribe = *question.mutable_subscribe();
  subscribe.set_subscription(subscription_);
  *subscribe.mutable_filter() = local->filter;
  subscribe.set_start(local->start);
  subscribe.set_start_value(local->start_value);
  const auto moved = received_.moved(subscription_);
  if (!moved) return tl::unexpected(moved.error());
  if (*moved && local->start == v1::Subscribe::START_UNSPECIFIED) {
    // Where the new log does not know it, it began after the backup: all that is new is wanted.
    subscribe.set_start(v1::Subscribe::TIME_MS);
    subscribe.set_start_value(**moved);
  }
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  return (*moved ? adopt(answer->position()) : Status())
      .and_then([&]() { return resume(answer->position()); })
      .and_then([&]() { return grant(line, options_.credit_deliveries, options_.credit_bytes); });
}

// In a new log of the hub its position is behind ours: what comes again is known and dropped.
Status Subscriber::adopt(const v1::Position& position) {
  const auto places = received_.places(subscription_);
  if (!places) return tl::unexpected(places.error());
  const auto delivered = Digest::from(position.delivered_sha256());
  const DeliveryNumber number{position.acknowledged()};
  if (!delivered) return fail(ErrorKind::kMalformed, "the hub's answer has no running hash");
  // resume() says what is wrong with a position beyond ours.
  if (places->empty() || number > places->back().number) return {};
  return received_.adopt(subscription_, {number, *delivered});
}

Status Subscriber::resume(const v1::Position& position) {
  const auto places = received_.places(subscription_);
  if (!places) return tl::unexpected(places.error());
  const DeliveryNumber number{position.acknowledged()};
  if (places->empty() || number > places->back().number) {
    return fail(ErrorKind::kRefused,
                "the hub has had delivery " + std::to_string(number.value) +
                    " acknowledged, but this folder has no more than " +
                    std::to_string(places->empty() ? 0 : places->back().number.value),
                "subscription " + subscription_,
                "'subscription rewind' receives everything again; or take another name");
  }
  if (number < places->front().number) {
    return not_verified(subscription_,
                        "the hub has gone back to delivery " + std::to_string(number.value) +
                            ", behind what it had confirmed",
                        "'subscription rewind' receives everything again; ask the hub's operator "
                        "whether the hub was restored from a backup");
  }
  const auto place = std::ranges::find_if(*places, [&](const StoredPlace& stored) {
    return stored.number == number && stored.delivered_sha256.view() == position.delivered_sha256();
  });
  if (place == places->end()) {
    return not_verified(subscription_,
                        "the hub has another account of what it delivered up to number " +
                            std::to_string(number.value));
  }
  stored_ = acknowledged_ = place->number;
  delivered_ = place->delivered_sha256;
  caught_up_ = false;
  quiet_since_ = MonotonicTime{};
  return {};
}

Status Subscriber::grant(Connection& line, std::uint32_t deliveries, std::uint64_t bytes) {
  v1::Frame frame;
  v1::Credit& credit = *frame.mutable_credit();
  credit.set_subscription(subscription_);
  credit.set_deliveries(deliveries);
  credit.set_bytes(bytes);
  auto sent = line.send(frame);
  if (!sent) return tl::unexpected(sent.error());
  return {};
}

Status Subscriber::step(Connection& line, MonotonicTime now) {
  now_ = now;
  if (quiet_since_ == MonotonicTime{}) quiet_since_ = now;
  if (options_.ask_when_quiet && acknowledged_ >= stored_ &&
      now >= quiet_since_ + *options_.ask_when_quiet) {
    if (auto asked = ask_for_more(line); !asked) return asked;
  }
  if (used_deliveries_ * 2 < options_.credit_deliveries &&
      used_bytes_ * 2 < options_.credit_bytes) {
    return {};
  }
  auto granted = grant(line, used_deliveries_, used_bytes_);
  if (!granted) return granted;
  used_deliveries_ = 0;
  used_bytes_ = 0;
  return {};
}

Status Subscriber::ask_for_more(Connection& line) {
  quiet_since_ = now_;
  v1::Frame question;
  question.mutable_query()->mutable_subscriptions();
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  for (const v1::SubscriptionState& state : answer->answer().subscriptions().subscriptions()) {
    if (state.participant() == participant_ && state.subscription() == subscription_) {
      caught_up_ = state.lag_entries() == 0 && state.sent() == stored_.value;
    }
  }
  return {};
}

Result<bool> Subscriber::take(Connection& line, const v1::Frame& frame) {
  if (frame.has_deliver()) {
    if (frame.deliver().subscription() != subscription_) return false;
    quiet_since_ = now_;
    caught_up_ = false;
    return receive(line, frame.deliver()).map([]() { return true; });
  }
  if (asked_.erase(frame.correlation()) == 0) return false;
  if (frame.has_fault()) return tl::unexpected(error_of(frame.fault(), line.hub()));
  if (!frame.has_position()) {
    return fail(ErrorKind::kMalformed, "the hub answered an acknowledgement with something else");
  }
  const DeliveryNumber durable{frame.position().acknowledged()};
  acknowledged_ = std::max(acknowledged_, durable);
  return received_.set_acknowledged(subscription_, durable).map([]() { return true; });
}

Status Subscriber::receive(Connection& line, const v1::Deliver& batch) {
  std::vector<NewDelivery> taken;
  Status checked;
  DeliveryNumber number{batch.first_number()};
  for (const std::string& bytes : batch.deliveries()) {
    ++used_deliveries_;
    used_bytes_ += credit_cost(bytes.size());
    auto delivery = check(line, number, bytes);
    if (!delivery) {
      checked = tl::unexpected(delivery.error());
      break;
    }
    taken.push_back(std::move(*delivery));
    ++number.value;
  }
  const Status kept = keep(line, std::move(taken));
  return checked ? kept : checked;
}

Result<NewDelivery> Subscriber::check(Connection& line, DeliveryNumber number,
                                      const std::string& bytes) {
  const DeliveryNumber due{stored_.value + 1};
  if (number != due) {
    return not_verified(subscription_, "delivery " + std::to_string(number.value) + " came where " +
                                           std::to_string(due.value) + " was due");
  }
  v1::Delivery delivery;
  if (!delivery.ParseFromString(bytes)) {
    return fail(ErrorKind::kMalformed,
                "delivery " + std::to_string(number.value) + " cannot be read",
                "subscription " + subscription_);
  }
  auto verified = verify_delivery(delivery, line.hub().hub, *directory_);
  if (!verified && verified.error().kind == ErrorKind::kNotFound) {
    // Somebody may have been enrolled, or have got a new key, since the line began.
    auto directory = SignedDirectory::ask(line);
    if (!directory) return tl::unexpected(directory.error());
    directory_ = std::move(*directory);
    verified = verify_delivery(delivery, line.hub().hub, *directory_);
  }
  if (!verified) {
    Error error = verified.error();
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kNotVerified;
    return tl::unexpected(error);
  }
  delivered_ = crypto::next_delivered(delivered_, bytes_of(verified->record.header()));
  stored_ = number;
  return NewDelivery{number, delivered_, std::move(*verified), bytes};
}

Status Subscriber::keep(Connection& line, std::vector<NewDelivery> deliveries) {
  if (deliveries.empty()) return {};
  if (sabotaged("ack-before-store")) {
    if (auto sent = acknowledge(line); !sent) return sent;
    // Until the hub has it for sure.
    if (auto answer = line.receive(std::chrono::seconds(2)); !answer) {
      return tl::unexpected(answer.error());
    }
  }
  const auto added = received_.store(subscription_, deliveries);
  if (!added) return tl::unexpected(added.error());
  if (!sabotaged("ack-before-store")) {
    if (auto sent = acknowledge(line); !sent) return sent;
  }
  return stored_batch_(*added);
}

Status Subscriber::acknowledge(Connection& line) {
  v1::AcknowledgementStatement statement;
  statement.set_hub(line.hub().hub);
  statement.set_participant(participant_);
  statement.set_subscription(subscription_);
  statement.set_delivery_number(stored_.value);
  statement.set_delivered_sha256(delivered_.string());
  v1::Frame frame;
  v1::SignedAcknowledgement& acknowledgement = *frame.mutable_acknowledge();
  acknowledgement.set_statement(statement.SerializeAsString());
  acknowledgement.set_key_id(key_.key_id().string());
  acknowledgement.set_signature(
      key_.sign(crypto::domain::kAcknowledgement, bytes_of(acknowledgement.statement())).string());
  auto correlation = line.send(frame);
  if (!correlation) return tl::unexpected(correlation.error());
  asked_.insert(*correlation);
  return {};
}

Status rewind_subscription(Connection& line, Received& received, const std::string& name,
                           v1::Subscribe::Start start, std::uint64_t start_value) {
  auto local = received.find(name);
  if (!local) return tl::unexpected(local.error());
  v1::Frame question;
  v1::Subscribe& subscribe = *question.mutable_subscribe();
  subscribe.set_subscription(name);
  *subscribe.mutable_filter() = local->filter;
  subscribe.set_rewind(true);
  subscribe.set_start(start);
  subscribe.set_start_value(start_value);
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Position& position = answer->position();
  const auto delivered = Digest::from(position.delivered_sha256());
  if (!delivered) return fail(ErrorKind::kMalformed, "the hub's answer has no running hash");
  return received.rewind(name, DeliveryNumber{position.acknowledged()}, *delivered);
}

Status remove_subscription(Connection& line, Received& received, const std::string& name) {
  v1::Frame question;
  question.mutable_subscribe()->set_subscription(name);
  question.mutable_subscribe()->set_remove(true);
  auto answer = line.ask(question);
  // The hub may never have heard of it.
  if (!answer && !answer.error().what.starts_with(faults::kNotFound)) {
    return tl::unexpected(answer.error());
  }
  return received.remove(name);
}

}  // namespace rapporteur::client
