#include "broker/core/subscription.h"

#include <gtest/gtest.h>

#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::core {
namespace {

v1::ReceiveRight right(const std::string& sender, std::uint64_t from) {
  v1::ReceiveRight out;
  out.set_dataflow("*");
  out.set_indicator("*");
  out.set_sender(sender);
  out.set_from_index(from);
  return out;
}

Item item(std::uint64_t index, const std::string& sender = "at") {
  Item out;
  out.index = LogIndex{index};
  out.field = std::string(100, 'f');
  out.header_sha256 = crypto::sha256("header " + std::to_string(index));
  out.sender = sender;
  return out;
}

// Delivers what the rights admit of a log of `size` entries, whose senders alternate at, no.
std::vector<std::uint64_t> deliver_all(Subscription& subscription, std::uint64_t size) {
  std::vector<std::uint64_t> out;
  while (const auto scan = subscription.scan(TreeSize{size})) {
    for (auto i = scan->from.value; i < scan->end.value; ++i) {
      const Item entry = item(i, i % 2 == 0 ? "at" : "no");
      if (!rights_admit(subscription.rights(), entry) ||
          subscription.belongs_elsewhere(*scan, entry)) {
        continue;
      }
      subscription.deliver(*scan, entry);
      out.push_back(i);
    }
    subscription.looked_at(*scan, scan->end);
  }
  return out;
}

Subscription at_only(std::uint64_t from = 0) {
  return Subscription({"de", "all"}, {}, LogIndex{from}, {right("at", 0)});
}

Subscription reopened(const Subscription& subscription) {
  auto restored = Subscription::restore(subscription.state());
  EXPECT_TRUE(restored);
  return std::move(*restored);
}

// Digest after the deliveries of these entries.
Digest hash_of(const std::vector<std::uint64_t>& entries, std::size_t count) {
  Digest out;
  for (std::size_t i = 0; i < count; ++i) {
    out = crypto::next_delivered(out, item(entries[i]).header_sha256);
  }
  return out;
}

using Numbers = std::vector<std::uint64_t>;

TEST(Subscription, ANewRightAdmitsWhatWasPassedOver) {
  auto subscription = at_only();
  EXPECT_EQ(deliver_all(subscription, 6), (Numbers{0, 2, 4}));
  subscription.adopt_rights({right("at", 0), right("no", 0)});
  EXPECT_EQ(deliver_all(subscription, 8), (Numbers{1, 3, 5, 6, 7}));
}

TEST(Subscription, ARightFromAnIndexAdmitsOnlyFromThereOn) {
  auto subscription = at_only();
  EXPECT_EQ(deliver_all(subscription, 6), (Numbers{0, 2, 4}));
  subscription.adopt_rights({right("at", 0), right("no", 3)});
  EXPECT_EQ(deliver_all(subscription, 6), (Numbers{3, 5}));
}

TEST(Subscription, ARightThatComesDuringABackfillWaitsForItsTurn) {
  Subscription subscription({"de", "all"}, {}, LogIndex{0}, {});
  EXPECT_EQ(deliver_all(subscription, 6), Numbers{});
  subscription.adopt_rights({right("at", 0)});
  const auto scan = subscription.scan(TreeSize{6});
  ASSERT_TRUE(scan && scan->backfill);
  subscription.deliver(*scan, item(0));
  subscription.adopt_rights({right("at", 0), right("no", 0)});
  EXPECT_EQ(deliver_all(subscription, 8), (Numbers{2, 4, 1, 3, 5, 6, 7})) << "in order, and once";
}

TEST(Subscription, ARightThatChangesNothingBehindCausesNoSearch) {
  auto subscription = at_only();
  EXPECT_EQ(deliver_all(subscription, 6), (Numbers{0, 2, 4}));
  subscription.adopt_rights({right("at", 0), right("no", 6)});
  EXPECT_EQ(subscription.lag(TreeSize{6}), 0U);
}

TEST(Subscription, ABackfillSurvivesARestartAtEveryPoint) {
  // Acknowledge the first `acknowledged` of all deliveries, then start again from the state.
  for (std::size_t before = 0; before <= 3; ++before) {
    for (std::size_t after = before; after <= 8; ++after) {
      auto subscription = at_only();
      Numbers all = deliver_all(subscription, 6);
      const auto acknowledge = [&](std::size_t count) {
        const auto said = subscription.acknowledge(DeliveryNumber{count}, hash_of(all, count), {});
        EXPECT_NE(said, Subscription::Acknowledge::kOtherHash);
        EXPECT_NE(said, Subscription::Acknowledge::kBeyond);
      };
      acknowledge(before);
      subscription.adopt_rights({right("at", 0), right("no", 0)});
      const Numbers rest = deliver_all(subscription, 8);
      all.insert(all.end(), rest.begin(), rest.end());
      ASSERT_EQ(all.size(), 8U);
      acknowledge(after);
      Subscription again = reopened(subscription);
      EXPECT_EQ(again.acknowledged().number.value, after);
      Numbers received(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(after));
      const Numbers more = deliver_all(again, 8);
      received.insert(received.end(), more.begin(), more.end());
      std::ranges::sort(received);
      EXPECT_EQ(received, (Numbers{0, 1, 2, 3, 4, 5, 6, 7}))
          << "acknowledged " << before << " before and " << after << " after the new right";
    }
  }
}

TEST(Subscription, ALaterRightSurvivesARestartBetweenTwoChanges) {
  auto subscription = at_only();
  Numbers all = deliver_all(subscription, 6);
  for (const auto& rights : {std::vector{right("at", 0), right("no", 3)},
                             {right("at", 0), right("no", 3), right("no", 0)}}) {
    subscription.adopt_rights(rights);
    const Numbers more = deliver_all(subscription, 6);
    all.insert(all.end(), more.begin(), more.end());
  }
  ASSERT_EQ(all, (Numbers{0, 2, 4, 3, 5, 1}));
  ASSERT_EQ(subscription.acknowledge(DeliveryNumber{4}, hash_of(all, 4), {}),
            Subscription::Acknowledge::kTaken);
  Subscription again = reopened(subscription);
  EXPECT_EQ(deliver_all(again, 6), (Numbers{5, 1}));
}

TEST(Subscription, ResumingBringsUnacknowledgedDeliveriesAgain) {
  auto subscription = at_only();
  const Numbers all = deliver_all(subscription, 10);
  ASSERT_EQ(subscription.acknowledge(DeliveryNumber{2}, hash_of(all, 2), {}),
            Subscription::Acknowledge::kTaken);
  subscription.resume();
  EXPECT_EQ(subscription.unacknowledged(), 0U);
  EXPECT_EQ(subscription.unacknowledged_bytes(), 0U);
  EXPECT_EQ(deliver_all(subscription, 10), (Numbers{4, 6, 8}));
  EXPECT_EQ(subscription.sent().delivered, hash_of(all, 5));
}

TEST(Subscription, NumbersAndHashGoOnAfterARewind) {
  auto subscription = at_only();
  const Numbers all = deliver_all(subscription, 4);
  ASSERT_EQ(subscription.acknowledge(DeliveryNumber{2}, hash_of(all, 2), {}),
            Subscription::Acknowledge::kTaken);
  subscription.rewind(LogIndex{0});
  EXPECT_EQ(deliver_all(subscription, 4), (Numbers{0, 2}));
  EXPECT_EQ(subscription.sent().number.value, 4U);
  EXPECT_EQ(subscription.sent().delivered, hash_of({0, 2, 0, 2}, 4));
}

TEST(Subscription, AcknowledgementsAreJudged) {
  auto subscription = at_only();
  const Numbers all = deliver_all(subscription, 6);
  using Said = Subscription::Acknowledge;
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{4}, hash_of(all, 3), {}), Said::kBeyond);
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{3}, hash_of(all, 2), {}), Said::kOtherHash);
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{3}, hash_of(all, 3), {}), Said::kTaken);
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{3}, hash_of(all, 3), {}), Said::kOld);
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{3}, hash_of(all, 2), {}), Said::kOtherHash);
  EXPECT_EQ(subscription.acknowledge(DeliveryNumber{1}, hash_of(all, 1), {}), Said::kOld);
}

TEST(Subscription, AnAcknowledgementIsJournalledOnceAlsoAcrossARestart) {
  auto subscription = at_only();
  const Numbers all = deliver_all(subscription, 6);
  EXPECT_FALSE(subscription.take_unjournalled());
  v1::SignedAcknowledgement signed_one;
  signed_one.set_statement("three");
  ASSERT_EQ(subscription.acknowledge(DeliveryNumber{3}, hash_of(all, 3), signed_one),
            Subscription::Acknowledge::kTaken);
  Subscription again = reopened(subscription);
  const auto taken = again.take_unjournalled();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->statement(), "three");
  EXPECT_FALSE(again.take_unjournalled());
  EXPECT_FALSE(reopened(again).take_unjournalled());
}

TEST(Subscription, AnOldDeliveryIsFoundByItsNumberWithinABoundedSearch) {
  auto subscription = at_only();
  constexpr std::uint64_t kSize = 400'000;
  for (std::uint64_t size = 1'000; size <= kSize; size += 1'000) {
    static_cast<void>(deliver_all(subscription, size));
    ASSERT_EQ(
        subscription.acknowledge(subscription.sent().number, subscription.sent().delivered, {}),
        Subscription::Acknowledge::kTaken);
  }
  Subscription again = reopened(subscription);
  EXPECT_LT(again.state().size(), 2'000U);
  for (const std::uint64_t number : {1ULL, 2ULL, 1'500ULL, 77'777ULL, 199'999ULL, 200'000ULL}) {
    const auto origin = again.find(DeliveryNumber{number});
    ASSERT_TRUE(origin);
    // Delivery n was entry 2 (n - 1); every second entry is delivered.
    const std::uint64_t first = origin->from.value + origin->from.value % 2;
    EXPECT_EQ(first + 2 * origin->skip, 2 * (number - 1));
    EXPECT_LE(origin->skip, 20'000U);
  }
  EXPECT_FALSE(again.find(DeliveryNumber{200'001}));
  again.rewind(LogIndex{0});
  EXPECT_FALSE(again.find(DeliveryNumber{5})) << "before the rewind";
}

TEST(Subscription, NamesOfSubscriptions) {
  EXPECT_TRUE(valid_subscription_name("daily-feed_2.x"));
  for (const char* name : {"", "Upper", "a/b", "a b", "\xC3\xA4"}) {
    EXPECT_FALSE(valid_subscription_name(name)) << name;
  }
  EXPECT_FALSE(valid_subscription_name(std::string(65, 'a')));
}

TEST(Subscription, AStateThatCannotBeReadIsAnError) {
  EXPECT_FALSE(Subscription::restore("\xFF\xFF"));
  EXPECT_FALSE(Subscription::restore(""));
}

}  // namespace
}  // namespace rapporteur::core
