// One hub, real sockets, a real log: erasure by an operator and by retention, as parties see it.
#include <gmock/gmock.h>

#include "proto/base/fault_codes.h"
#include "tests/fakes/hub_stage.h"

namespace rapporteur {
namespace {

using fakes::figure;
using fakes::HubStage;
using fakes::RawPeer;

constexpr int kTries = 50;

class HubErasureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.start();
    stage.enrol(stage.at, "AT");
    stage.enrol(stage.no);
  }
  v1::Outcome submit(const std::string& period) {
    auto sender = stage.greeted(stage.at);
    return sender->submit(
        stage.at.submission({figure("VIC_REG", "AT", period, 12)}).SerializeAsString());
  }
  void erase(std::uint64_t index) {
    v1::AdministrativeAction action;
    action.mutable_erase()->set_index(index);
    action.set_reason("a slip");
    stage.administer(action);
  }
  // The next delivery of everything from the beginning.
  std::vector<v1::Delivery> all_deliveries(RawPeer& peer, std::size_t count) {
    v1::Frame frame;
    frame.mutable_subscribe()->set_subscription("all");
    frame.mutable_subscribe()->set_start(v1::Subscribe::BEGINNING);
    EXPECT_TRUE(peer.ask(frame).has_position());
    v1::Frame credit;
    credit.mutable_credit()->set_subscription("all");
    credit.mutable_credit()->set_deliveries(100);
    credit.mutable_credit()->set_bytes(1U << 20U);
    peer.send(credit);
    std::vector<v1::Delivery> out;
    while (out.size() < count) {
      const auto came = peer.receive();
      if (!came || !came->has_deliver()) break;
      for (const std::string& bytes : came->deliver().deliveries()) {
        EXPECT_TRUE(out.emplace_back().ParseFromString(bytes));
      }
    }
    EXPECT_EQ(out.size(), count);
    return out;
  }
  // The first entry of retention, when there is one.
  v1::Expired expired(std::uint64_t from) {
    auto oper = stage.greeted(stage.op);
    for (int i = 0; i < kTries; ++i) {
      v1::Frame question;
      question.mutable_query()->mutable_entries()->set_from(from);
      question.mutable_query()->mutable_entries()->set_count(100);
      question.mutable_query()->mutable_entries()->set_wait(true);
      const auto entries = oper->ask(question).answer().entries();
      for (const v1::Entry& entry : entries.entries()) {
        v1::Record record;
        EXPECT_TRUE(record.ParseFromString(entry.record()));
        if (record.has_expired()) return record.expired();
        from = entry.index() + 1;
      }
    }
    ADD_FAILURE() << "nothing expired";
    return {};
  }
  journal::BodyState state(std::uint64_t index) const {
    return stage.journal->reader().entry(LogIndex{index})->state;
  }

  HubStage stage;
};

TEST_F(HubErasureTest, WhoComesLaterGetsTheRecordAlone) {
  const auto first = submit("2005");
  const auto second = submit("2006");
  erase(first.index());
  EXPECT_EQ(state(first.index()), journal::BodyState::kErased) << "before the answer";
  for (const bool again : {false, true}) {
    if (again) {
      stage.stop();  // from disk, not from memory
      stage.start();
    }
    auto receiver = stage.greeted(stage.no);
    const auto deliveries = all_deliveries(*receiver, 2);
    EXPECT_EQ(deliveries[0].index(), first.index());
    EXPECT_EQ(deliveries[0].record(), first.record());
    EXPECT_EQ(deliveries[0].salt() + deliveries[0].body(), "");
    EXPECT_EQ(deliveries[1].index(), second.index());
    EXPECT_FALSE(deliveries[1].body().empty());
    v1::Frame remove;
    remove.mutable_subscribe()->set_subscription("all");
    remove.mutable_subscribe()->set_remove(true);
    EXPECT_TRUE(receiver->ask(remove).has_position());
    v1::Frame table;
    table.mutable_query()->mutable_table();
    const auto shown = receiver->ask(table).answer().table();
    ASSERT_EQ(shown.submissions_size(), 2);
    EXPECT_TRUE(shown.submissions(0).erased());
    EXPECT_FALSE(shown.submissions(1).erased());
  }
}

TEST_F(HubErasureTest, RetentionErasesByAnEntryWhatIsOver) {
  const auto old = submit("2005");
  stage.clock.pass(std::chrono::hours(48));
  const auto young = submit("2006");
  v1::AdministrativeAction action;
  action.mutable_set_retention()->set_dataflow(fakes::kDataflow);
  action.mutable_set_retention()->set_live_days(1);
  stage.administer(action);
  const v1::Expired found = expired(young.index());
  EXPECT_EQ(found.dataflow(), fakes::kDataflow);
  EXPECT_EQ(found.days(), 1U);
  EXPECT_FALSE(found.superseded());
  EXPECT_THAT(found.indices(), ::testing::ElementsAre(old.index()));
  EXPECT_EQ(state(old.index()), journal::BodyState::kErased);
  EXPECT_EQ(state(young.index()), journal::BodyState::kHere);
}

TEST_F(HubErasureTest, RetentionLeavesWhatAHoldKeeps) {
  const auto held = submit("2005");
  const auto free = submit("2006");
  stage.clock.pass(std::chrono::hours(48));
  v1::AdministrativeAction hold;
  hold.mutable_place_hold()->set_name("case-12");
  hold.mutable_place_hold()->set_first_index(held.index());
  hold.mutable_place_hold()->set_last_index(held.index());
  stage.administer(hold);
  v1::AdministrativeAction action;
  action.mutable_set_retention()->set_dataflow(fakes::kDataflow);
  action.mutable_set_retention()->set_live_days(1);
  stage.administer(action);
  EXPECT_THAT(expired(free.index()).indices(), ::testing::ElementsAre(free.index()));
  EXPECT_EQ(state(held.index()), journal::BodyState::kHere);
}

}  // namespace
}  // namespace rapporteur
