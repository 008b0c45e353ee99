#include "ops/bench/raw_subscriber.h"

#include <spdlog/fmt/fmt.h>

#include "adapters/client/subscriber.h"
#include "proto/crypto/domain.h"

namespace rapporteur::bench {

RawSubscriber::RawSubscriber(std::unique_ptr<client::Connection> line,
                             const SenderIdentity& identity, RawSubscriberOptions options)
    : line_(std::move(line)), identity_(&identity), options_(std::move(options)) {}

Result<RawSubscriber> RawSubscriber::open(const client::HubAddress& hub,
                                          const SenderIdentity& identity,
                                          RawSubscriberOptions options) {
  auto line = client::Connection::open(hub, identity.curve_keys);
  if (!line) return tl::unexpected(line.error());
  if (auto welcome = (*line)->hello(); !welcome) return tl::unexpected(welcome.error());
  RawSubscriber subscriber(std::move(*line), identity, std::move(options));
  v1::Frame frame;
  v1::Subscribe& subscribe = *frame.mutable_subscribe();
  subscribe.set_subscription(subscriber.options_.subscription);
  if (subscriber.options_.from_beginning) subscribe.set_start(v1::Subscribe::BEGINNING);
  if (auto position = subscriber.line_->ask(frame); !position) {
    return tl::unexpected(position.error());
  }
  if (const auto granted =
          subscriber.grant(subscriber.options_.credit, subscriber.options_.credit_bytes);
      !granted) {
    return tl::unexpected(granted.error());
  }
  return subscriber;
}

Status RawSubscriber::grant(std::uint32_t deliveries, std::uint64_t bytes) {
  v1::Frame frame;
  v1::Credit& credit = *frame.mutable_credit();
  credit.set_subscription(options_.subscription);
  credit.set_deliveries(deliveries);
  credit.set_bytes(bytes);
  if (auto sent = line_->send(frame); !sent) return tl::unexpected(sent.error());
  return {};
}

Status RawSubscriber::acknowledge() {
  v1::AcknowledgementStatement statement;
  statement.set_hub(line_->hub().hub);
  statement.set_participant(identity_->participant);
  statement.set_subscription(options_.subscription);
  statement.set_delivery_number(last_number_);
  statement.set_delivered_sha256(delivered_.string());
  v1::Frame frame;
  v1::SignedAcknowledgement& acknowledgement = *frame.mutable_acknowledge();
  acknowledgement.set_statement(statement.SerializeAsString());
  acknowledgement.set_key_id(identity_->signing_key.key_id().string());
  acknowledgement.set_signature(
      identity_->signing_key
          .sign(crypto::domain::kAcknowledgement, bytes_of(acknowledgement.statement()))
          .string());
  if (auto sent = line_->send(frame); !sent) return tl::unexpected(sent.error());
  return {};
}

Status RawSubscriber::check_signature(const v1::Header& header, const v1::Record& record) const {
  const auto key = options_.verify_with.find(header.sender());
  const auto signature = SignatureBytes::from(record.signature());
  if (key == options_.verify_with.end() || !signature ||
      !crypto::verify(key->second, crypto::domain::kHeader, bytes_of(record.header()),
                      *signature)) {
    return fail(ErrorKind::kNotVerified, "a delivered signature does not hold", header.sender());
  }
  return {};
}

Status RawSubscriber::take_batch(const v1::Deliver& deliver, const OnDelivery& on_delivery) {
  if (deliver.first_number() != last_number_ + 1) {
    return fail(ErrorKind::kMalformed,
                fmt::format("delivery {} came after {}", deliver.first_number(), last_number_));
  }
  v1::Delivery delivery;
  v1::Record record;
  v1::Header header;
  for (const auto& bytes : deliver.deliveries()) {
    if (!delivery.ParseFromString(bytes) || !record.ParseFromString(delivery.record()) ||
        !header.ParseFromString(record.header())) {
      return fail(ErrorKind::kMalformed, "a delivery cannot be read");
    }
    delivered_ = crypto::next_delivered(delivered_, bytes_of(record.header()));
    if (!options_.verify_with.empty()) {
      if (auto good = check_signature(header, record); !good) return good;
    }
    ++last_number_;
    ++received_;
    ++owed_deliveries_;
    owed_bytes_ += client::credit_cost(bytes.size());
    on_delivery(header);
  }
  if (owed_deliveries_ * 2 < options_.credit && owed_bytes_ * 2 < options_.credit_bytes) return {};
  if (auto granted = grant(owed_deliveries_, owed_bytes_); !granted) return granted;
  owed_deliveries_ = 0;
  owed_bytes_ = 0;
  return acknowledge();
}

Status RawSubscriber::take(const OnDelivery& on_delivery) {
  while (true) {
    auto frame = line_->receive(std::chrono::milliseconds(0));
    if (!frame) return tl::unexpected(frame.error());
    if (!frame->has_value()) return {};
    if ((*frame)->has_fault())
      return tl::unexpected(client::error_of((*frame)->fault(), line_->hub()));
    if (!(*frame)->has_deliver()) continue;
    if (auto taken = take_batch((*frame)->deliver(), on_delivery); !taken) return taken;
  }
}

}  // namespace rapporteur::bench
