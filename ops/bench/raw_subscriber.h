// A subscriber that keeps nothing: takes deliveries, renews credit, acknowledges, and counts.
//
// It keeps the running hash (an acknowledgement needs it) and, if asked, verifies every sender's
// signature as an agency's own library does.
// Threads: one at a time.
#pragma once

#include <functional>
#include <unordered_map>

#include "adapters/client/connection.h"
#include "ops/bench/submissions.h"

namespace rapporteur::bench {

struct RawSubscriberOptions {
  std::string subscription = "bench";
  bool from_beginning = false;
  std::uint32_t credit = 4096;
  std::uint64_t credit_bytes = 8UL << 20U;
  // Public keys by sender; empty: signatures are not verified.
  std::unordered_map<std::string, PublicKeyBytes> verify_with;
};

class RawSubscriber {
 public:
  // Called for every delivered header, in order.
  using OnDelivery = std::function<void(const v1::Header&)>;

  [[nodiscard]] static Result<RawSubscriber> open(const client::HubAddress& hub,
                                                  const SenderIdentity& identity,
                                                  RawSubscriberOptions options);
  // Takes all frames that are there.
  [[nodiscard]] Status take(const OnDelivery& on_delivery);
  [[nodiscard]] client::Connection& line() { return *line_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  RawSubscriber(std::unique_ptr<client::Connection> line, const SenderIdentity& identity,
                RawSubscriberOptions options);
  [[nodiscard]] Status take_batch(const v1::Deliver& deliver, const OnDelivery& on_delivery);
  [[nodiscard]] Status grant(std::uint32_t deliveries, std::uint64_t bytes);
  [[nodiscard]] Status acknowledge();
  [[nodiscard]] Status check_signature(const v1::Header& header, const v1::Record& record) const;

  std::unique_ptr<client::Connection> line_;
  const SenderIdentity* identity_;
  RawSubscriberOptions options_;
  std::uint64_t received_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint32_t owed_deliveries_ = 0;
  std::uint64_t owed_bytes_ = 0;
  Digest delivered_{};
};

}  // namespace rapporteur::bench
