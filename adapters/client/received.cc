#include "adapters/client/received.h"

#include "proto/base/sabotage.h"

namespace rapporteur::client {
namespace {

constexpr std::string_view kSubscriptionColumns =
    "name, filter, start, start_value, delivery_number, delivered_sha256, acknowledged, written";

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::kStorage, "a stored subscription is damaged", "state.db",
              "restore the folder from its backup, or rewind the subscription");
}

Result<LocalSubscription> subscription_of(const Statement& row) {
  LocalSubscription subscription;
  subscription.name = row.bytes(0);
  const auto hash = Digest::from(row.bytes(5));
  if (!subscription.filter.ParseFromString(row.bytes(1)) || !hash) return damaged();
  subscription.start = static_cast<v1::Subscribe::Start>(row.integer(2));
  subscription.start_value = row.number(3);
  subscription.stored = DeliveryNumber{row.number(4)};
  subscription.delivered_sha256 = *hash;
  subscription.acknowledged = DeliveryNumber{row.number(6)};
  subscription.written = Arrival{row.integer(7)};
  return subscription;
}

Result<StoredDelivery> delivery_of(const Statement& row) {
  auto content = read_delivery(row.bytes(1));
  if (!content) return tl::unexpected(content.error());
  return StoredDelivery{Arrival{row.integer(2)}, DeliveryNumber{row.number(0)},
                        std::move(*content)};
}

}  // namespace

Result<std::vector<LocalSubscription>> Received::subscriptions() const {
  Statement select = state_.prepare("SELECT " + std::string(kSubscriptionColumns) +
                                    " FROM subscriptions ORDER BY name");
  std::vector<LocalSubscription> all;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return all;
    auto subscription = subscription_of(select);
    if (!subscription) return tl::unexpected(subscription.error());
    all.push_back(std::move(*subscription));
  }
}

Result<LocalSubscription> Received::find(const std::string& name) const {
  Statement select = state_.prepare("SELECT " + std::string(kSubscriptionColumns) +
                                    " FROM subscriptions WHERE name = ?");
  auto row = select.bind_text(name).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) {
    return fail(ErrorKind::kNotFound, "there is no subscription '" + printable(name, 60) + "'", {},
                "'subscription add' makes one");
  }
  return subscription_of(select);
}

Status Received::add(const LocalSubscription& subscription) {
  auto added = state_
                   .prepare("INSERT INTO subscriptions (" + std::string(kSubscriptionColumns) +
                            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING")
                   .bind_text(subscription.name)
                   .bind_blob(subscription.filter.SerializeAsString())
                   .bind(static_cast<int>(subscription.start))
                   .bind(subscription.start_value)
                   .bind(subscription.stored.value)
                   .bind_blob(subscription.delivered_sha256.view())
                   .bind(subscription.acknowledged.value)
                   .bind(subscription.written.value)
                   .run();
  if (added && state_.changes() == 0) {
    return fail(ErrorKind::kRefused,
                "there is a subscription '" + printable(subscription.name, 60) + "' already");
  }
  return added;
}

Status Received::remove(const std::string& name) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  return state_.prepare("DELETE FROM received WHERE subscription = ?")
      .bind_text(name)
      .run()
      .and_then([&]() {
        return state_.prepare("DELETE FROM places WHERE subscription = ?").bind_text(name).run();
      })
      .and_then([&]() {
        return state_.prepare("DELETE FROM moved WHERE subscription = ?").bind_text(name).run();
      })
      .and_then([&]() {
        return state_.prepare("DELETE FROM subscriptions WHERE name = ?").bind_text(name).run();
      })
      .and_then([&]() { return transaction->commit(); });
}

Status Received::rewind(const std::string& name, DeliveryNumber number,
                        const Digest& delivered_sha256) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  return state_.prepare("UPDATE received SET replay = 1 WHERE subscription = ?")
      .bind_text(name)
      .run()
      .and_then([&]() {
        return set_place(name, {number, delivered_sha256});
      })
      .and_then([&]() { return transaction->commit(); });
}

Status Received::follow_new_log(std::uint64_t restored_ms) {
  return state_
      .prepare(
          "INSERT INTO moved (subscription, restored_ms) SELECT name, ? FROM subscriptions WHERE "
          "true ON CONFLICT (subscription) DO UPDATE SET restored_ms = excluded.restored_ms")
      .bind(restored_ms)
      .run();
}

Result<std::optional<std::uint64_t>> Received::moved(const std::string& name) const {
  Statement select = state_.prepare("SELECT restored_ms FROM moved WHERE subscription = ?");
  auto row = select.bind_text(name).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::optional<std::uint64_t>();
  return std::optional(select.number(0));
}

Status Received::adopt(const std::string& name, const StoredPlace& place) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  return set_place(name, place)
      .and_then([&]() {
        return state_.prepare("DELETE FROM moved WHERE subscription = ?").bind_text(name).run();
      })
      .and_then([&]() { return transaction->commit(); });
}

Status Received::set_place(const std::string& name, const StoredPlace& place) {
  return state_.prepare("DELETE FROM places WHERE subscription = ?")
      .bind_text(name)
      .run()
      .and_then([&]() {
        return state_
            .prepare(
                "UPDATE subscriptions SET delivery_number = ?1, delivered_sha256 = ?2, "
                "acknowledged = ?1 WHERE name = ?3")
            .bind(place.number.value)
            .bind_blob(place.delivered_sha256.view())
            .bind_text(name)
            .run();
      });
}

// What a revision or withdrawal takes the place of is live no more.
Status Received::replace(const std::string& name, const v1::Header& header) {
  if (header.revises().empty()) return {};
  return state_
      .prepare(
          "UPDATE received SET live = 0 WHERE subscription = ? AND sender = ? AND message_id = ?")
      .bind_text(name)
      .bind_text(header.sender())
      .bind_blob(header.revises())
      .run();
}

Result<bool> Received::store_one(const std::string& name, const NewDelivery& delivery) {
  const v1::Header& header = delivery.content.header;
  Statement known = state_.prepare(
      "SELECT arrival, live, replay FROM received WHERE subscription = ? AND sender = ? AND "
      "message_id = ?");
  auto row = known.bind_text(name).bind_text(header.sender()).bind_blob(header.message_id()).step();
  if (!row) return tl::unexpected(row.error());
  bool live = header.kind() != v1::KIND_WITHDRAWAL;
  if (*row) {
    if (known.integer(2) == 0 && !sabotaged("receive-twice")) return false;
    live = known.integer(1) != 0;
    auto dropped =
        state_.prepare("DELETE FROM received WHERE arrival = ?").bind(known.integer(0)).run();
    if (!dropped) return tl::unexpected(dropped.error());
  }
  return state_
      .prepare(
          "INSERT INTO received (subscription, delivery_number, log_index, message_id, sender, "
          "delivery, live) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .bind_text(name)
      .bind(delivery.number.value)
      .bind(delivery.content.index.value)
      .bind_blob(header.message_id())
      .bind_text(header.sender())
      .bind_blob(delivery.bytes)
      .bind(live ? 1 : 0)
      .run()
      .and_then([&]() { return replace(name, header); })
      .map([]() { return true; });
}

Status Received::leave_place(const LocalSubscription& before) {
  return state_
      .prepare(
          "INSERT INTO places (subscription, delivery_number, delivered_sha256) VALUES (?, ?, ?) "
          "ON CONFLICT DO NOTHING")
      .bind_text(before.name)
      .bind(before.stored.value)
      .bind_blob(before.delivered_sha256.view())
      .run();
}

Result<std::size_t> Received::store(const std::string& name,
                                    std::span<const NewDelivery> deliveries) {
  if (deliveries.empty()) return 0;
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  const auto before = find(name);
  if (!before) return tl::unexpected(before.error());
  std::size_t added = 0;
  for (const NewDelivery& delivery : deliveries) {
    if (delivery.number <= before->stored && sabotaged("entries-known-by-number")) continue;
    const auto stored = store_one(name, delivery);
    if (!stored) return tl::unexpected(stored.error());
    if (*stored) ++added;
  }
  const NewDelivery& last = deliveries.back();
  return leave_place(*before)
      .and_then([&]() {
        return state_
            .prepare(
                "UPDATE subscriptions SET delivery_number = ?, delivered_sha256 = ? WHERE name = ?")
            .bind(last.number.value)
            .bind_blob(last.delivered_sha256.view())
            .bind_text(name)
            .run();
      })
      .and_then([&]() { return transaction->commit(); })
      .map([&]() { return added; });
}

Result<std::vector<StoredPlace>> Received::places(const std::string& name) const {
  Statement select = state_.prepare(
      "SELECT delivery_number, delivered_sha256 FROM places WHERE subscription = ?1 UNION "
      "SELECT delivery_number, delivered_sha256 FROM subscriptions WHERE name = ?1 "
      "ORDER BY delivery_number");
  select.bind_text(name);
  std::vector<StoredPlace> all;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return all;
    const auto hash = Digest::from(select.bytes(1));
    if (!hash) return damaged();
    all.push_back({DeliveryNumber{select.number(0)}, *hash});
  }
}

Status Received::set_acknowledged(const std::string& name, DeliveryNumber number) {
  auto transaction = Transaction::begin(state_);
  if (!transaction) return tl::unexpected(transaction.error());
  return state_.prepare("UPDATE subscriptions SET acknowledged = ? WHERE name = ?")
      .bind(number.value)
      .bind_text(name)
      .run()
      .and_then([&]() {
        return state_.prepare("DELETE FROM places WHERE subscription = ? AND delivery_number < ?")
            .bind_text(name)
            .bind(number.value)
            .run();
      })
      .and_then([&]() { return transaction->commit(); });
}

Status Received::set_written(const std::string& name, Arrival arrival) {
  return state_.prepare("UPDATE subscriptions SET written = ? WHERE name = ?")
      .bind(arrival.value)
      .bind_text(name)
      .run();
}

Result<std::vector<StoredDelivery>> Received::arrivals(const std::string& name, Arrival after,
                                                       std::size_t most) const {
  Statement select = state_.prepare(
      "SELECT delivery_number, delivery, arrival FROM received WHERE subscription = ? AND arrival "
      "> ? ORDER BY arrival LIMIT ?");
  select.bind_text(name).bind(after.value).bind(std::uint64_t{most});
  std::vector<StoredDelivery> page;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return page;
    auto delivery = delivery_of(select);
    if (!delivery) return tl::unexpected(delivery.error());
    page.push_back(std::move(*delivery));
  }
}

Status Received::visit_live(const std::string& name,
                            const std::function<Status(const StoredDelivery&)>& use) const {
  Statement select = state_.prepare(
      "SELECT delivery_number, delivery, arrival FROM received WHERE subscription = ? AND live = 1 "
      "ORDER BY arrival");
  select.bind_text(name);
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    auto delivery = delivery_of(select);
    if (!delivery) return tl::unexpected(delivery.error());
    if (auto used = use(*delivery); !used) return used;
  }
}

}  // namespace rapporteur::client
