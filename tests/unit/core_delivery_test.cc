#include <gmock/gmock.h>

#include "proto/base/fault_codes.h"
#include "proto/crypto/domain.h"
#include "tests/fakes/core_stage.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using fakes::CoreStage;

// What a line received, as a subscriber keeps count.
struct Inbox {
  std::uint64_t number = 0;
  Digest delivered;
  std::vector<std::uint64_t> indices;

  void take(CoreStage& stage, int line) {
    for (const auto& frame : stage.sent(line)) {
      if (!frame.has_deliver()) continue;
      ASSERT_EQ(frame.deliver().first_number(), number + 1);
      for (const std::string& bytes : frame.deliver().deliveries()) {
        v1::Delivery delivery;
        ASSERT_TRUE(delivery.ParseFromString(bytes));
        v1::Record record;
        ASSERT_TRUE(record.ParseFromString(delivery.record()));
        delivered = crypto::next_delivered(delivered, bytes_of(record.header()));
        indices.push_back(delivery.index());
        ++number;
      }
    }
  }
};

class CoreDelivery : public ::testing::Test {
 protected:
  void subscribe(int line, const fakes::Party& party, const std::string& name) {
    stage.receive(line, party, stage.subscribe_frame(name));
    stage.commit();
    const auto frame = stage.only(line);
    ASSERT_TRUE(frame.has_position()) << frame.DebugString();
  }
  // "no" takes everything on line 1.
  void begin(std::uint32_t credit = 10) {
    stage.greet(1, stage.no);
    subscribe(1, stage.no, "all");
    stage.receive(1, stage.no, stage.credit_frame("all", credit));
  }
  // "no" comes back on `line` and asks for what it has not acknowledged.
  void resume(int line) {
    stage.receive(line, stage.no, stage.subscribe_frame("all"));
    ASSERT_TRUE(stage.only(line).has_position());
    stage.receive(line, stage.no, stage.credit_frame("all", 10));
  }
  void publish(const std::string& indicator, int count = 1) {
    std::vector<journal::Draft> drafts;
    for (int i = 0; i < count; ++i) drafts.push_back(stage.submission("at", indicator, "AT"));
    stage.commit(std::move(drafts));
  }

  CoreStage stage;
};

TEST_F(CoreDelivery, GroupsThatComeCloseTogetherAreDeliveredInOneFrame) {
  begin(100);
  publish("CJ_INV");
  EXPECT_EQ(stage.sent(1).size(), 1U) << "the first waits for nothing";
  EXPECT_FALSE(stage.core->due());
  stage.between_groups = 0ms;
  publish("CJ_INV");
  publish("VIC_REG");
  stage.pass(1ms);
  EXPECT_TRUE(stage.sent(1).empty());
  ASSERT_TRUE(stage.core->due());
  stage.pass(1ms);
  EXPECT_EQ(stage.only(1).deliver().deliveries_size(), 2);
  EXPECT_FALSE(stage.core->due());
}

TEST_F(CoreDelivery, EveryEntitledSubscriberGetsWhatItIsEntitledToInOrder) {
  stage.greet(1, stage.no);
  stage.greet(2, stage.europol);
  subscribe(1, stage.no, "all");
  subscribe(2, stage.europol, "mine");
  stage.receive(1, stage.no, stage.credit_frame("all", 100));
  stage.receive(2, stage.europol, stage.credit_frame("mine", 100));
  publish("CJ_INV", 2);
  publish("VIC_REG");
  publish("CJ_INV");
  Inbox no;
  Inbox europol;
  no.take(stage, 1);
  europol.take(stage, 2);
  const std::uint64_t first = stage.log.size() - 4;
  EXPECT_EQ(no.indices, (std::vector{first, first + 1, first + 2, first + 3}));
  EXPECT_EQ(europol.indices, (std::vector{first, first + 1, first + 3}));
}

TEST_F(CoreDelivery, NothingIsSentWithoutCredit) {
  stage.greet(1, stage.no);
  subscribe(1, stage.no, "all");
  publish("CJ_INV", 5);
  EXPECT_TRUE(stage.sent(1).empty());
  stage.receive(1, stage.no, stage.credit_frame("all", 2));
  Inbox inbox;
  inbox.take(stage, 1);
  EXPECT_EQ(inbox.number, 2U);
  stage.receive(1, stage.no, stage.credit_frame("all", 100, 1));
  inbox.take(stage, 1);
  EXPECT_EQ(inbox.number, 5U) << "the bytes left from the first credit still count";
}

TEST_F(CoreDelivery, ByteCreditStopsAfterTheDeliveryThatUsesItUp) {
  stage.greet(1, stage.no);
  subscribe(1, stage.no, "all");
  publish("CJ_INV", 5);
  stage.receive(1, stage.no, stage.credit_frame("all", 100, 1));
  Inbox inbox;
  inbox.take(stage, 1);
  EXPECT_EQ(inbox.number, 1U);
}

TEST_F(CoreDelivery, AnAbsentSubscriberGetsEverythingLater) {
  stage.greet(1, stage.no);
  subscribe(1, stage.no, "all");
  stage.step(core::Unreachable{stage.routing(1)});
  publish("CJ_INV", 3);
  stage.greet(3, stage.no);
  resume(3);
  Inbox inbox;
  inbox.take(stage, 3);
  EXPECT_EQ(inbox.number, 3U);
}

TEST_F(CoreDelivery, WhatWasNotAcknowledgedComesAgainUnderTheSameNumber) {
  begin();
  publish("CJ_INV", 2);
  Inbox first;
  first.take(stage, 1);
  stage.acknowledge(1, stage.no, "all", 2, first.delivered);
  stage.commit();
  EXPECT_EQ(stage.only(1).position().acknowledged(), 2U);
  publish("CJ_INV", 2);
  Inbox again = first;
  again.take(stage, 1);
  EXPECT_EQ(again.number, 4U);

  stage.greet(2, stage.no);
  stage.receive(2, stage.no, stage.subscribe_frame("all"));
  EXPECT_EQ(stage.only(2).position().acknowledged(), 2U);
  EXPECT_EQ(stage.only(1).fault().code(), faults::kUnexpected) << "the older line is told";
  stage.receive(2, stage.no, stage.credit_frame("all", 10));
  Inbox taken_over = first;
  taken_over.take(stage, 2);
  EXPECT_EQ(taken_over.indices, again.indices);
  EXPECT_EQ(taken_over.delivered, again.delivered);
}

TEST_F(CoreDelivery, ATakeOverIsNoFaultOfTheOlderLine) {
  stage.greet(1, stage.no);
  stage.greet(2, stage.no);
  subscribe(1, stage.no, "all");
  stage.receive(2, stage.no, stage.subscribe_frame("all"));
  ASSERT_TRUE(stage.only(2).has_position());
  EXPECT_EQ(stage.only(1).fault().code(), faults::kUnexpected);
  stage.receive(1, stage.no, stage.credit_frame("all", 10));
  EXPECT_EQ(stage.only(1).fault().code(), faults::kNotFound) << "granted before it could know";
  EXPECT_TRUE(stage.core->counters().faults.empty());
  stage.pass(61s);
  EXPECT_TRUE(stage.take<core::Propose>().empty()) << "no entry about faults";
}

TEST_F(CoreDelivery, SeveralDeliveriesTravelInOneFrame) {
  stage.greet(1, stage.no);
  subscribe(1, stage.no, "all");
  publish("CJ_INV", 700);
  stage.receive(1, stage.no, stage.credit_frame("all", 1'000, 1U << 30U));
  std::vector<int> counts;
  for (const auto& frame : stage.sent(1)) counts.push_back(frame.deliver().deliveries_size());
  EXPECT_THAT(counts,
              ::testing::ElementsAre(limits::kDeliverBatchCount, 700 - limits::kDeliverBatchCount));
  stage.commit({stage.submission("at", "CJ_INV", "AT", v1::AUDIENCE_PARTICIPANTS, 150'000),
                stage.submission("at", "CJ_INV", "AT", v1::AUDIENCE_PARTICIPANTS, 150'000)});
  EXPECT_EQ(stage.sent(1).size(), 2U) << "their bytes bound them too";
}

TEST_F(CoreDelivery, AnAcknowledgementMustMatchWhatWasSent) {
  begin();
  publish("CJ_INV", 2);
  Inbox inbox;
  inbox.take(stage, 1);
  stage.acknowledge(1, stage.no, "all", 3, inbox.delivered);
  EXPECT_EQ(stage.only(1).fault().code(), faults::kUnexpected);
  stage.acknowledge(1, stage.no, "all", 1, inbox.delivered);
  EXPECT_EQ(stage.only(1).fault().code(), faults::kUnexpected);
  stage.acknowledge(1, stage.no, "all", 2, inbox.delivered);
  stage.commit();
  EXPECT_EQ(stage.only(1).position().acknowledged(), 2U);
}

TEST_F(CoreDelivery, AcknowledgementsAreDurableAtOnceAndJournalledOnceASecond) {
  begin();
  publish("CJ_INV", 2);
  Inbox inbox;
  inbox.take(stage, 1);
  const auto size = stage.log.size();
  stage.acknowledge(1, stage.no, "all", 2, inbox.delivered);
  EXPECT_TRUE(stage.sent(1).empty()) << "not before it is written";
  stage.commit();
  EXPECT_EQ(stage.log.size(), size);
  const auto kept = core::Subscription::restore(stage.states.at("cursor/no/all"));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->acknowledged().number.value, 2U);
  EXPECT_EQ(kept->acknowledged().delivered, inbox.delivered);
  stage.pass(1s);
  stage.commit();
  ASSERT_EQ(stage.log.size(), size + 1);
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(stage.log.back().record));
  EXPECT_EQ(record.cursors_moved().acknowledgements_size(), 1);
  stage.pass(1s);
  stage.commit();
  EXPECT_EQ(stage.log.size(), size + 1) << "nothing new, no entry";
}

TEST_F(CoreDelivery, ThePositionThatAnswersAnAcknowledgementIsDurable) {
  begin();
  publish("CJ_INV", 2);
  Inbox first;
  first.take(stage, 1);
  publish("CJ_INV", 2);
  Inbox second = first;
  second.take(stage, 1);
  // The second is taken while the first is being written.
  stage.acknowledge(1, stage.no, "all", 2, first.delivered);
  stage.acknowledge(1, stage.no, "all", 4, second.delivered);
  const auto expect_durable = [&](std::uint64_t number, const Inbox& there) {
    stage.commit();
    const v1::Position position = stage.only(1).position();
    EXPECT_EQ(position.acknowledged(), number);
    EXPECT_EQ(position.delivered_sha256(), there.delivered.view());
    const auto kept = core::Subscription::restore(stage.states.at("cursor/no/all"));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->acknowledged().number.value, number);
    EXPECT_EQ(kept->acknowledged().next.value, position.next_index());
  };
  expect_durable(2, first);
  expect_durable(4, second);
}

TEST_F(CoreDelivery, ARemovedSubscriptionIsNotWrittenBackByWhatWasUnderWay) {
  begin();
  publish("CJ_INV", 2);
  Inbox inbox;
  inbox.take(stage, 1);
  auto remove = stage.subscribe_frame("all");
  remove.mutable_subscribe()->set_remove(true);
  stage.receive(1, stage.no, remove);
  stage.acknowledge(1, stage.no, "all", 2, inbox.delivered);
  stage.pass(1s);
  stage.commit();
  EXPECT_EQ(stage.states.at("cursor/no/all"), "") << "a restart would bring it back";
  const auto answers = stage.sent(1);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].fault().code(), faults::kNotFound) << "the acknowledgement came too late";
  EXPECT_TRUE(answers[1].has_position());
  EXPECT_EQ(stage.core->in_flight(), 0U);
}

TEST_F(CoreDelivery, WhatWasAcknowledgedIsInTheLogBeforeTheSubscriptionIsRemoved) {
  begin();
  publish("CJ_INV", 2);
  Inbox inbox;
  inbox.take(stage, 1);
  stage.acknowledge(1, stage.no, "all", 2, inbox.delivered);
  stage.commit();
  const auto size = stage.log.size();
  auto remove = stage.subscribe_frame("all");
  remove.mutable_subscribe()->set_remove(true);
  stage.receive(1, stage.no, remove);
  stage.commit();
  ASSERT_EQ(stage.log.size(), size + 2);
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(stage.log[size].record));
  EXPECT_EQ(record.cursors_moved().acknowledgements_size(), 1);
  ASSERT_TRUE(record.ParseFromString(stage.log[size + 1].record));
  EXPECT_TRUE(record.subscribed().removed());
  EXPECT_EQ(stage.states.at("cursor/no/all"), "");
}

TEST_F(CoreDelivery, AnAcknowledgementDuringARewindIsDurableAfterIt) {
  begin();
  publish("CJ_INV", 2);
  Inbox inbox;
  inbox.take(stage, 1);
  auto rewind = stage.subscribe_frame("all");
  rewind.mutable_subscribe()->set_rewind(true);
  rewind.mutable_subscribe()->set_start(v1::Subscribe::TIME_MS);
  stage.receive(1, stage.no, rewind);
  auto jobs = stage.take<core::FindStart>();
  ASSERT_EQ(jobs.size(), 1U);
  stage.acknowledge(1, stage.no, "all", 2, inbox.delivered);
  stage.step(core::StartFound{jobs[0].token, LogIndex{0}});
  stage.commit();
  stage.pass(1s);
  stage.commit();
  const auto kept = core::Subscription::restore(stage.states.at("cursor/no/all"));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->acknowledged().number.value, 2U);
  EXPECT_EQ(kept->acknowledged().next.value, 0U) << "reads again from the beginning";
  EXPECT_EQ(stage.core->in_flight(), 0U);
}

TEST_F(CoreDelivery, ASuspendedReceiverGetsNothingMoreAndLaterEverything) {
  begin();
  stage.administer(fakes::state_change("no", v1::SUSPENDED));
  publish("CJ_INV", 2);
  EXPECT_TRUE(stage.sent(1).empty());
  stage.receive(1, stage.no, stage.credit_frame("all", 10));
  EXPECT_EQ(stage.only(1).fault().code(), faults::kNotActive);
  stage.administer(fakes::state_change("no", v1::ACTIVE));
  resume(1);
  Inbox inbox;
  inbox.take(stage, 1);
  EXPECT_EQ(inbox.number, 2U);
}

TEST_F(CoreDelivery, AFilterThatIsNoPatternIsRefused) {
  stage.greet(1, stage.no);
  for (const std::string& pattern :
       std::vector<std::string>{"CJ_|", "a b", "\x01", std::string(300, 'A')}) {
    v1::Frame frame = stage.subscribe_frame("all");
    frame.mutable_subscribe()->mutable_filter()->set_indicator(pattern);
    stage.receive(1, stage.no, frame);
    EXPECT_EQ(stage.only(1).fault().code(), faults::kMalformed) << pattern;
  }
  subscribe(1, stage.no, "all");
}

TEST_F(CoreDelivery, ListedReleasabilityIsRespected) {
  begin();
  stage.commit({stage.submission("at", "CJ_INV", "AT", v1::AUDIENCE_LISTED)});
  EXPECT_TRUE(stage.sent(1).empty());
}

}  // namespace
}  // namespace rapporteur
