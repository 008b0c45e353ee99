// Receives one durable subscription, exactly once: verified, stored with its place in one
// transaction, then acknowledged with the agency's signature. A line begins where the hub was
// acknowledged last; what comes after it is taken anew, and an entry that is stored already, under
// whatever number, is dropped.
//
// A batch that does not hold in one delivery is stored up to that delivery. Credit is given again
// when half of it is used.
//
// Threads: one at a time; one process at a time for a subscription (see Agency::lock_file).
// Durability: only what is on disk is acknowledged.
// Errors: kNotVerified (signature, commitment, numbering or running hash does not hold), kRefused
// (the hub stands further than this folder; another line took the subscription over), kStorage, and
// those of the connection. Source: PROTOCOL.md, "Deliver" and "Acknowledge".
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "adapters/client/received.h"
#include "adapters/client/session.h"
#include "adapters/client/signed_directory.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::client {

struct SubscriberOptions {
  std::uint32_t credit_deliveries = 1'024;
  std::uint64_t credit_bytes = 8UL << 20U;
  // Ask the hub, whenever nothing came for this long, whether there is more: see caught_up().
  std::optional<std::chrono::milliseconds> ask_when_quiet;
};

// What a delivery of that many serialized bytes costs of the credit in bytes: as a field of
// Deliver, with tag and length.
[[nodiscard]] std::uint64_t credit_cost(std::size_t bytes);

class Subscriber final : public Conversation {
 public:
  // All referenced objects outlive it. `stored` is called after each stored batch with the number
  // of deliveries in it that are new.
  Subscriber(std::string participant, std::string subscription, Received& received,
             const crypto::SigningKey& key, const SubscriberOptions& options,
             std::function<Status(std::size_t)> stored);

  [[nodiscard]] Status begin(Connection& line) override;
  [[nodiscard]] Status step(Connection& line, MonotonicTime now) override;
  [[nodiscard]] Result<bool> take(Connection& line, const v1::Frame& frame) override;

  // The hub had nothing more when it was last asked, and has confirmed what is stored.
  [[nodiscard]] bool caught_up() const { return caught_up_; }

 private:
  [[nodiscard]] Status adopt(const v1::Position& position);
  [[nodiscard]] Status resume(const v1::Position& position);
  [[nodiscard]] Status grant(Connection& line, std::uint32_t deliveries, std::uint64_t bytes);
  [[nodiscard]] Status receive(Connection& line, const v1::Deliver& batch);
  [[nodiscard]] Result<NewDelivery> check(Connection& line, DeliveryNumber number,
                                          const std::string& bytes);
  [[nodiscard]] Status keep(Connection& line, std::vector<NewDelivery> deliveries);
  [[nodiscard]] Status acknowledge(Connection& line);
  [[nodiscard]] Status ask_for_more(Connection& line);

  std::string participant_;
  std::string subscription_;
  Received& received_;
  const crypto::SigningKey& key_;
  SubscriberOptions options_;
  std::function<Status(std::size_t)> stored_batch_;

  std::optional<SignedDirectory> directory_;
  DeliveryNumber stored_;  // the last number taken on this line
  Digest delivered_;       // running hash there
  DeliveryNumber acknowledged_;
  std::uint32_t used_deliveries_ = 0;
  std::uint64_t used_bytes_ = 0;
  std::set<std::uint64_t> asked_;  // correlations of acknowledgements and credit
  MonotonicTime now_;
  MonotonicTime quiet_since_;
  bool caught_up_ = false;
};

// Asks the hub to begin again at `start` and goes on from there.
[[nodiscard]] Status rewind_subscription(Connection& line, Received& received,
                                         const std::string& name, v1::Subscribe::Start start,
                                         std::uint64_t start_value);
// Takes the subscription away at the hub, then here.
[[nodiscard]] Status remove_subscription(Connection& line, Received& received,
                                         const std::string& name);
}  // namespace rapporteur::client
