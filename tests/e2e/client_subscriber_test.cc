// Receiving over real sockets: exactly once, verified, acknowledged, resumed, rewound.
#include <algorithm>
#include <array>
#include <atomic>
#include <span>

#include <gmock/gmock.h>

#include "adapters/client/hub_file.h"
#include "adapters/client/subscriber.h"
#include "proto/crypto/domain.h"
#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/fake_hub.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using testing::EnrolledAgency;
using testing::FakeHub;
using ::testing::HasSubstr;

class ClientSubscriber : public ::testing::Test {
 protected:
  ClientSubscriber() {
    hub_.start();
    sender_.emplace(hub_, "at");
    receiver_.emplace(hub_, "be");
    opened_.emplace(receiver_->open());
    address_ = opened_->hub().value();
    log_.emplace(opened_->state(), client::log_key(address_));
    received_.emplace(opened_->state());
    client::LocalSubscription subscription;
    subscription.name = "all";
    EXPECT_TRUE(received_->add(subscription));
  }

  v1::Envelope publish(const std::string& body) {
    v1::Envelope envelope = sender_->envelope(next_++, body);
    hub_.publish(envelope);
    return envelope;
  }
  void publish_revision(const v1::Envelope& revised, v1::Kind kind, const std::string& body) {
    v1::Envelope envelope = sender_->envelope(next_, body);
    v1::Header header;
    v1::Header before;
    ASSERT_TRUE(header.ParseFromString(envelope.header()));
    ASSERT_TRUE(before.ParseFromString(revised.header()));
    header.set_kind(kind);
    header.set_revises(before.message_id());
    envelope.set_header(header.SerializeAsString());
    ASSERT_TRUE(client::sign_draft(envelope, Sequence{next_++}, clock_.now(), sender_->key()));
    hub_.publish(envelope);
  }

  Status receive(std::chrono::milliseconds patience = 2s) {
    client::SubscriberOptions options;
    options.credit_deliveries = credit_;
    options.ask_when_quiet = 20ms;
    client::Subscriber subscriber("be", "all", *received_, receiver_->key(), options,
                                  [this](std::size_t count) {
                                    added_ += count;
                                    return Status();
                                  });
    client::Session session(address_, receiver_->curve(), testing::quick_line(), *log_, clock_);
    const std::array<client::Conversation*, 1> talks{&subscriber};
    const auto give_up = clock_.monotonic() + give_up_after_;
    return session.run(talks, {patience, [&]() {
                                 return subscriber.caught_up() || added_ == stop_at_ ||
                                        clock_.monotonic() > give_up;
                               }});
  }

  std::vector<std::string> bodies() {
    std::vector<std::string> all;
    const auto arrived = received_->arrivals("all", {}, 10'000).value();
    for (const auto& delivery : arrived) {
      all.push_back(delivery.content.body);
    }
    return all;
  }
  std::vector<std::string> live() {
    std::vector<std::string> all;
    EXPECT_TRUE(received_->visit_live("all", [&](const client::StoredDelivery& delivery) {
      all.push_back(delivery.content.body);
      return Status();
    }));
    return all;
  }

  FakeHub hub_;
  std::optional<EnrolledAgency> sender_;
  std::optional<EnrolledAgency> receiver_;
  std::optional<client::Agency> opened_;
  client::HubAddress address_;
  SystemClock clock_;
  std::optional<client::KnownLog> log_;
  std::optional<client::Received> received_;
  std::uint64_t next_ = 1;
  std::uint32_t credit_ = 16;
  std::chrono::milliseconds give_up_after_ = 20s;
  std::size_t added_ = 0;           // deliveries that were told to be new
  std::size_t stop_at_ = SIZE_MAX;  // so many of them
};

TEST_F(ClientSubscriber, EverythingComesOnceInOrderAndIsAcknowledged) {
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back("body " + std::to_string(i));
    publish(expected.back());
  }
  const auto done = receive();
  ASSERT_TRUE(done) << done.error().line();
  EXPECT_EQ(bodies(), expected);
  EXPECT_EQ(hub_.acknowledged("be", "all"), 100U);
  EXPECT_EQ(received_->find("all")->acknowledged.value, 100U);
}

TEST_F(ClientSubscriber, ItGoesOnWhereItStopped) {
  publish("a");
  ASSERT_TRUE(receive());
  publish("b");
  ASSERT_TRUE(receive());
  EXPECT_THAT(bodies(), ::testing::ElementsAre("a", "b"));
}

TEST_F(ClientSubscriber, WhatWasStoredButNotAcknowledgedIsNotStoredTwice) {
  publish("a");
  publish("b");
  // Acknowledgements get lost.
  hub_.on_answer([](v1::Frame& frame) {
    return !(frame.has_position() && frame.position().acknowledged() > 0);
  });
  hub_.deliver_at_once(1);
  give_up_after_ = 500ms;
  ASSERT_TRUE(receive());
  EXPECT_EQ(received_->find("all")->acknowledged.value, 0U);
  hub_.on_answer({});
  hub_.stop();
  hub_.start();
  const auto done = receive();
  ASSERT_TRUE(done) << done.error().line();
  EXPECT_THAT(bodies(), ::testing::ElementsAre("a", "b"));
  EXPECT_EQ(hub_.acknowledged("be", "all"), 2U);
}

// Rights changed while deliveries were not acknowledged: their numbers go to other entries.
class ClientSubscriberRenumbered : public ClientSubscriber {
 protected:
  // "a", "c" and "d" are deliveries 1 to 3, of which the first is acknowledged; then "b" comes
  // before "c".
  void SetUp() override {
    publish("a");
    publish("b");
    hub_.stop();
    hub_.withhold(hub_.log().entries().size() - 1);
    hub_.take_acknowledgements_up_to(1);
    hub_.deliver_at_once(1);
    hub_.start();
    publish("c");
    publish("d");
    stop_at_ = 3;
    ASSERT_TRUE(receive());
    ASSERT_THAT(bodies(), ::testing::ElementsAre("a", "c", "d"));
    before_ = arrived();
    hub_.stop();
    ASSERT_LE(hub_.acknowledged("be", "all"), 1U);
    hub_.withhold({});
    hub_.take_acknowledgements_up_to(UINT64_MAX);
    hub_.start();
    added_ = 0;
    stop_at_ = SIZE_MAX;
  }
  std::vector<client::Arrival> arrived() {
    std::vector<client::Arrival> all;
    const auto arrivals = received_->arrivals("all", {}, 10'000).value();
    for (const auto& delivery : arrivals) all.push_back(delivery.arrival);
    return all;
  }
  std::vector<client::Arrival> before_;
};

TEST_F(ClientSubscriberRenumbered, WhatIsNewIsStored) {
  const auto done = receive();
  ASSERT_TRUE(done) << done.error().line();
  EXPECT_THAT(bodies(), ::testing::UnorderedElementsAre("a", "b", "c", "d"));
  // The hub takes no other running hash than its own.
  EXPECT_EQ(hub_.acknowledged("be", "all"), 4U);
  EXPECT_EQ(received_->find("all")->acknowledged.value, 4U);
  EXPECT_EQ(received_->places("all")->size(), 1U)
      << "where the hub does not go back to is forgotten";
}

TEST_F(ClientSubscriberRenumbered, WhatIsKnownIsNotDoubled) {
  ASSERT_TRUE(receive());
  EXPECT_EQ(added_, 1U);
  const auto after = arrived();
  ASSERT_EQ(after.size(), 4U);
  EXPECT_TRUE(std::ranges::equal(before_, std::span(after).first(3))) << "no new arrival";
}

TEST_F(ClientSubscriberRenumbered, APlaceThatWasNeverAcknowledgedIsNotOneOfTheHub) {
  hub_.on_answer([](v1::Frame& frame) {
    if (frame.has_position()) frame.mutable_position()->mutable_delivered_sha256()->back() ^= 1;
    return true;
  });
  const auto done = receive();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(done.error().line(), HasSubstr("another account"));
  EXPECT_EQ(added_, 0U);
}

TEST_F(ClientSubscriber, AHubThatGoesBackBehindWhatItConfirmedIsRefused) {
  publish("a");
  ASSERT_TRUE(receive());
  hub_.on_answer([](v1::Frame& frame) {
    if (frame.has_position()) {
      frame.mutable_position()->set_acknowledged(0);
      frame.mutable_position()->set_delivered_sha256(Digest{}.string());
    }
    return true;
  });
  const auto done = receive();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(done.error().line(), HasSubstr("subscription rewind"));
}

TEST_F(ClientSubscriber, AFolderOfAnOlderProgramGoesOn) {
  publish("a");
  ASSERT_TRUE(receive());
  ASSERT_TRUE(opened_->state().run("DROP TABLE places"));
  auto reopened = receiver_->open();
  publish("b");
  ASSERT_TRUE(receive());
  EXPECT_THAT(bodies(), ::testing::ElementsAre("a", "b"));
}

TEST_F(ClientSubscriber, NothingIsAcknowledgedThatIsNotStored) {
  publish("a");
  publish("b");
  hub_.deliver_at_once(1);
  auto beside = receiver_->open();
  const client::Received on_disk(beside.state());
  std::atomic<int> acknowledged = 0;
  hub_.on_answer([&](v1::Frame& frame) {
    if (frame.has_position() && frame.position().acknowledged() > 0) {
      EXPECT_GE(on_disk.find("all")->stored.value, frame.position().acknowledged());
      ++acknowledged;
    }
    return true;
  });
  static_cast<void>(receive());
  hub_.stop();
  EXPECT_GT(acknowledged, 0);
}

TEST_F(ClientSubscriber, RevisionAndWithdrawalChangeWhatIsLive) {
  const v1::Envelope a = publish("a");
  const v1::Envelope b = publish("b");
  publish_revision(a, v1::KIND_REVISION, "a2");
  publish_revision(b, v1::KIND_WITHDRAWAL, "");
  ASSERT_TRUE(receive());
  EXPECT_THAT(live(), ::testing::ElementsAre("a2"));
  EXPECT_THAT(bodies(), ::testing::ElementsAre("a", "b", "a2", ""));
}

TEST_F(ClientSubscriber, ADeliveryThatWasChangedIsNeitherStoredNorAcknowledged) {
  publish("a");
  publish("b");
  hub_.deliver_at_once(1);
  const auto forge = [&](const std::function<void(v1::Delivery&)>& change) {
    hub_.on_answer([&hub = hub_, change](v1::Frame& frame) {
      if (!frame.has_deliver() || frame.deliver().first_number() != 2) return true;
      static_cast<void>(hub);
      v1::Delivery delivery;
      EXPECT_TRUE(delivery.ParseFromString(frame.deliver().deliveries(0)));
      change(delivery);
      frame.mutable_deliver()->set_deliveries(0, delivery.SerializeAsString());
      return true;
    });
    const auto done = receive();
    ASSERT_FALSE(done);
    EXPECT_EQ(exit_code(done.error().kind), 1) << done.error().line();
    EXPECT_THAT(bodies(), ::testing::ElementsAre("a"));
    EXPECT_LE(hub_.acknowledged("be", "all"), 1U);
  };
  forge([](v1::Delivery& delivery) { delivery.set_body("c"); });
  forge([](v1::Delivery& delivery) { delivery.mutable_salt()->back() ^= 1; });
  forge([](v1::Delivery& delivery) {
    v1::Record record;
    EXPECT_TRUE(record.ParseFromString(delivery.record()));
    record.mutable_signature()->back() ^= 1;
    delivery.set_record(record.SerializeAsString());
  });
  forge([&](v1::Delivery& delivery) {
    // Signed by somebody else of the same hub in the sender's name.
    v1::Record record;
    v1::Header header;
    EXPECT_TRUE(record.ParseFromString(delivery.record()));
    EXPECT_TRUE(header.ParseFromString(record.header()));
    header.set_key_id(receiver_->key().key_id().string());
    record.set_header(header.SerializeAsString());
    record.set_signature(
        receiver_->key().sign(crypto::domain::kHeader, bytes_of(record.header())).string());
    delivery.set_record(record.SerializeAsString());
  });
  hub_.on_answer({});
  ASSERT_TRUE(receive());
  EXPECT_THAT(bodies(), ::testing::ElementsAre("a", "b"));
}

TEST_F(ClientSubscriber, AMissingDeliveryIsNoticed) {
  for (int i = 0; i < 4; ++i) publish("x" + std::to_string(i));
  hub_.deliver_at_once(1);
  hub_.on_answer([](v1::Frame& frame) {
    return !(frame.has_deliver() && frame.deliver().first_number() == 2);
  });
  const auto done = receive();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(done.error().line(), HasSubstr("delivery 3 came where 2 was due"));
  EXPECT_EQ(bodies().size(), 1U);
}

TEST_F(ClientSubscriber, AnErasedBodyStillVerifies) {
  publish("a");
  hub_.on_answer([](v1::Frame& frame) {
    if (frame.has_deliver()) {
      v1::Delivery delivery;
      EXPECT_TRUE(delivery.ParseFromString(frame.deliver().deliveries(0)));
      delivery.clear_salt();
      delivery.clear_body();
      frame.mutable_deliver()->set_deliveries(0, delivery.SerializeAsString());
    }
    return true;
  });
  ASSERT_TRUE(receive());
  EXPECT_TRUE(received_->arrivals("all", {}, 10)->front().content.erased);
}

TEST_F(ClientSubscriber, AHubThatRestartsLosesAndDoublesNothing) {
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    expected.push_back("body " + std::to_string(i));
    publish(expected.back());
  }
  std::atomic<int> batches = 0;
  testing::HubRestarter operator_(hub_);
  hub_.on_answer([&](v1::Frame& frame) {
    if (frame.has_deliver() && ++batches % 10 == 0) operator_.restart();
    return true;
  });
  const auto done = receive(15s);
  operator_.finish();
  ASSERT_TRUE(done) << done.error().line();
  EXPECT_EQ(bodies(), expected);
}

TEST_F(ClientSubscriber, ARewindBringsEverythingAgainAsNewArrivals) {
  publish("a");
  publish("b");
  ASSERT_TRUE(receive());
  const auto before = received_->arrivals("all", {}, 10).value();
  auto line = client::Connection::open(address_, receiver_->curve(), testing::quick_line()).value();
  ASSERT_TRUE(line->hello());
  ASSERT_TRUE(client::rewind_subscription(*line, *received_, "all", v1::Subscribe::BEGINNING, 0));
  ASSERT_TRUE(receive());
  const auto after = received_->arrivals("all", {}, 10).value();
  ASSERT_EQ(after.size(), 2U);
  EXPECT_GT(after.front().arrival, before.back().arrival);
  EXPECT_THAT(live(), ::testing::ElementsAre("a", "b"));
}

TEST_F(ClientSubscriber, AFolderThatLostItsPlaceIsToldToRewind) {
  publish("a");
  ASSERT_TRUE(receive());
  ASSERT_TRUE(received_->remove("all"));
  client::LocalSubscription subscription;
  subscription.name = "all";
  ASSERT_TRUE(received_->add(subscription));
  const auto done = receive();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().line(), HasSubstr("subscription rewind"));
}

}  // namespace
}  // namespace rapporteur
