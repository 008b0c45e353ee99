// What the agency has received: every entry once, which figures are live, and how far each
// subscription and its destination are.
//
// A submission is known by its sender and message id: the hub gives the number of a delivery that
// was not acknowledged to another entry when rights have changed, and a hub that was restored gives
// indices anew. One that comes again is dropped, unless a rewind asked for it: then it takes a new
// arrival, so that the destination gets it again.
//
// Threads: one at a time; several processes may share the database.
// Durability: on disk when a function returns. Errors: kStorage; kNotFound, kRefused where said.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/client/database.h"
#include "adapters/client/delivery.h"
#include "proto/base/ids.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::client {

// Order in which deliveries were stored, over all subscriptions, from 1.
struct Arrival {
  std::int64_t value = 0;
  auto operator<=>(const Arrival&) const = default;
};

// A number whose delivery, and all before it, is stored, and the running hash there.
struct StoredPlace {
  DeliveryNumber number;
  Digest delivered_sha256;
};

struct LocalSubscription {
  std::string name;
  v1::SubscriptionFilter filter;
  v1::Subscribe::Start start = v1::Subscribe::BEGINNING;
  std::uint64_t start_value = 0;
  DeliveryNumber stored;        // the last one of the batch that was stored last
  Digest delivered_sha256;      // running hash up to `stored`
  DeliveryNumber acknowledged;  // the last one whose acknowledgement the hub confirmed
  Arrival written;              // the last one the destination has
};

struct StoredDelivery {
  Arrival arrival;
  DeliveryNumber number;
  VerifiedDelivery content;
};

struct NewDelivery {
  DeliveryNumber number;
  Digest delivered_sha256;
  VerifiedDelivery content;
  std::string bytes;  // a serialized v1::Delivery
};

class Received {
 public:
  // `state` outlives it.
  explicit Received(Database& state) : state_(state) {}

  [[nodiscard]] Result<std::vector<LocalSubscription>> subscriptions() const;
  // kNotFound.
  [[nodiscard]] Result<LocalSubscription> find(const std::string& name) const;
  // kRefused when there is one of that name.
  [[nodiscard]] Status add(const LocalSubscription& subscription);
  // Forgets the subscription and what was received by it.
  [[nodiscard]] Status remove(const std::string& name);
  // Goes on from the place where the hub stands after a rewind; what it delivers is taken again.
  [[nodiscard]] Status rewind(const std::string& name, DeliveryNumber number,
                              const Digest& delivered_sha256);

  // The hub goes on in a new log, restored at that time. What was received stays; each subscription
  // takes the hub's position there when it next begins. Within the caller's transaction.
  [[nodiscard]] Status follow_new_log(std::uint64_t restored_ms);
  // That time, for a subscription that has not yet begun there.
  [[nodiscard]] Result<std::optional<std::uint64_t>> moved(const std::string& name) const;
  // It has begun there, at this place.
  [[nodiscard]] Status adopt(const std::string& name, const StoredPlace& place);

  // All of them and the subscription's place, in one transaction. How many were not known.
  [[nodiscard]] Result<std::size_t> store(const std::string& name,
                                          std::span<const NewDelivery> deliveries);
  // Where each stored batch ended, ascending, from the last one that the hub confirmed on: what it
  // may have been told, and so may go back to. Never empty for a subscription that exists.
  [[nodiscard]] Result<std::vector<StoredPlace>> places(const std::string& name) const;
  // The hub never goes back behind `number`.
  [[nodiscard]] Status set_acknowledged(const std::string& name, DeliveryNumber number);
  [[nodiscard]] Status set_written(const std::string& name, Arrival arrival);

  // What arrived after `after`, ascending, up to `most`.
  [[nodiscard]] Result<std::vector<StoredDelivery>> arrivals(const std::string& name, Arrival after,
                                                             std::size_t most) const;
  // What is neither replaced nor withdrawn, in the order of arrival.
  [[nodiscard]] Status visit_live(const std::string& name,
                                  const std::function<Status(const StoredDelivery&)>& use) const;

 private:
  // False when it is known.
  [[nodiscard]] Result<bool> store_one(const std::string& name, const NewDelivery& delivery);
  [[nodiscard]] Status leave_place(const LocalSubscription& before);
  [[nodiscard]] Status set_place(const std::string& name, const StoredPlace& place);
  [[nodiscard]] Status replace(const std::string& name, const v1::Header& header);
  Database& state_;
};

}  // namespace rapporteur::client
