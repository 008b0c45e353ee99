// The courier over real sockets: order, overload, lost answers, forged answers, an absent hub.
#include <atomic>

#include <gmock/gmock.h>

#include "adapters/client/courier.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/ledger.h"
#include "store/verify/receipt.h"
#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/fake_hub.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using client::ItemState;
using ::testing::ElementsAre;
using testing::EnrolledAgency;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ClientCourier : public ::testing::Test {
 protected:
  ClientCourier() {
    hub_.start();
    agency_.emplace(hub_, "at");
    opened_.emplace(agency_->open());
    address_ = opened_->hub().value();
    log_.emplace(opened_->state(), client::log_key(address_));
    outbox_.emplace(opened_->state(), client::OutboxOwner{address_.hub, "at", false, {}},
                    agency_->key(), clock_);
    receipts_.emplace(opened_->receipts());
  }

  void add(std::size_t count) {
    std::vector<client::NewItem> items;
    for (std::size_t i = 0; i < count; ++i) {
      items.push_back(testing::item_with("body " + std::to_string(i)));
    }
    ASSERT_TRUE(outbox_->add(items, "alice"));
  }

  // Until nothing waits or `patience` has passed.
  Status carry(std::chrono::milliseconds patience = 2s) {
    client::Courier courier(opened_->state(), *outbox_, *log_, *receipts_, agency_->key().key_id(),
                            testing::quick_courier(),
                            [this](const client::Settled& item) { settled_.push_back(item); });
    client::Session session(address_, agency_->curve(), testing::quick_line(), *log_, clock_);
    const std::array<client::Conversation*, 1> talks{&courier};
    const auto give_up = clock_.monotonic() + 20s;
    return session.run(
        talks, {patience, [&]() { return courier.idle() || clock_.monotonic() > give_up; }});
  }

  // Sends it, and gives its id once the hub has it.
  MessageId accepted(v1::Kind kind, std::optional<MessageId> revises = {}) {
    client::NewItem item = testing::item_with("figures of " + std::to_string(settled_.size()));
    item.kind = kind;
    item.revises = revises;
    const auto ids = outbox_->add({&item, 1}, "alice");
    EXPECT_TRUE(ids && carry());
    EXPECT_EQ(outbox_->find(ids->front())->state, ItemState::kReceipted);
    return ids->front();
  }

  void sync() {
    client::Ledger ledger(opened_->state(), client::log_key(address_).key);
    const auto line = client::Connection::open(address_, agency_->curve(), testing::quick_line());
    ASSERT_TRUE(line && (*line)->hello());
    const auto synced = ledger.sync(**line, clock_.now());
    ASSERT_TRUE(synced) << synced.error().line();
  }

  // Message ids of what the last sync and what was accepted since left live.
  std::vector<MessageId> live() {
    const client::Ledger ledger(opened_->state(), client::log_key(address_).key);
    std::vector<MessageId> ids;
    const auto submissions = ledger.submissions();
    EXPECT_TRUE(submissions);
    for (const auto& own : *submissions) ids.push_back(own.message_id);
    return ids;
  }

  std::size_t count(ItemState state) { return outbox_->list(state)->size(); }

  FakeHub hub_;
  std::optional<EnrolledAgency> agency_;
  std::optional<client::Agency> opened_;
  client::HubAddress address_;
  SystemClock clock_;
  std::optional<client::KnownLog> log_;
  std::optional<client::Outbox> outbox_;
  std::optional<client::Receipts> receipts_;
  std::vector<client::Settled> settled_;
};

TEST_F(ClientCourier, EverythingArrivesOnceInOrderWithAReceiptFile) {
  add(50);
  const auto carried = carry();
  ASSERT_TRUE(carried) << carried.error().line();
  const auto accepted = hub_.accepted();
  ASSERT_EQ(accepted.size(), 50U);
  for (std::size_t i = 0; i < accepted.size(); ++i) EXPECT_EQ(accepted[i].sequence(), i + 1);
  EXPECT_EQ(count(ItemState::kReceipted), 50U);
  EXPECT_EQ(settled_.size(), 50U);
  for (const auto& item : settled_) {
    const auto receipt = verify::verify_receipt(
        testing::read_file(receipts_->file_of(item.message_id)), client::log_key(address_));
    ASSERT_TRUE(receipt) << receipt.error().line();
    EXPECT_EQ(receipt->index, item.index);
  }
}

TEST_F(ClientCourier, TheLedgerKnowsWhatWasAcceptedBeforeTheNextSync) {
  const MessageId before = accepted(v1::KIND_NEW);
  EXPECT_THAT(live(), IsEmpty());  // nothing was synced: nothing is known
  sync();
  EXPECT_THAT(live(), ElementsAre(before));
  const MessageId first = accepted(v1::KIND_NEW);
  EXPECT_THAT(live(), ElementsAre(before, first));
  const MessageId second = accepted(v1::KIND_REVISION, first);
  EXPECT_THAT(live(), ElementsAre(before, second));
  const MessageId third = accepted(v1::KIND_REVISION, second);
  EXPECT_THAT(live(), ElementsAre(before, third));
  accepted(v1::KIND_WITHDRAWAL, before);
  EXPECT_THAT(live(), ElementsAre(third));
  accepted(v1::KIND_WITHDRAWAL, third);
  EXPECT_THAT(live(), IsEmpty());
}

TEST_F(ClientCourier, OverloadIsWaitedOutAndOrderKept) {
  add(40);
  std::atomic<int> calls = 0;
  hub_.on_submit([&](const v1::Header&) -> std::optional<v1::Frame> {
    if (++calls % 3 != 0) return std::nullopt;
    v1::Frame frame = FakeHub::fault("OVERLOADED", "later");
    frame.mutable_fault()->set_retry_after_ms(2);
    return frame;
  });
  const auto carried = carry();
  ASSERT_TRUE(carried) << carried.error().line();
  const auto accepted = hub_.accepted();
  ASSERT_EQ(accepted.size(), 40U);
  for (std::size_t i = 0; i < accepted.size(); ++i) EXPECT_EQ(accepted[i].sequence(), i + 1);
  EXPECT_EQ(count(ItemState::kReceipted), 40U);
}

TEST_F(ClientCourier, LostAnswersAreAskedForAgainWithTheSameBytes) {
  add(10);
  std::atomic<int> answers = 0;
  hub_.on_answer([&](v1::Frame& frame) { return !frame.has_outcome() || ++answers % 4 != 0; });
  const auto carried = carry(10s);
  ASSERT_TRUE(carried) << carried.error().line();
  EXPECT_EQ(hub_.accepted().size(), 10U);
  EXPECT_EQ(count(ItemState::kReceipted), 10U);
  EXPECT_GT(hub_.submissions_received(), 10U);
}

TEST_F(ClientCourier, AnAbsentHubLosesNothing) {
  hub_.stop();
  add(5);
  const auto away = carry(300ms);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(*outbox_->waiting(), 5U);
  hub_.start();
  const auto back = carry();
  ASSERT_TRUE(back) << back.error().line();
  EXPECT_EQ(hub_.accepted().size(), 5U);
}

TEST_F(ClientCourier, AHubThatRestartsUnderLoadGetsEachOnce) {
  add(200);
  std::atomic<int> calls = 0;
  testing::HubRestarter operator_(hub_);
  hub_.on_submit([&](const v1::Header&) -> std::optional<v1::Frame> {
    if (++calls % 60 == 0) operator_.restart();
    return std::nullopt;
  });
  const auto carried = carry(15s);
  operator_.finish();
  ASSERT_TRUE(carried) << carried.error().line();
  EXPECT_EQ(hub_.accepted().size(), 200U);
  EXPECT_EQ(count(ItemState::kReceipted), 200U);
}

TEST_F(ClientCourier, ARefusalKeepsItsFindings) {
  add(3);
  hub_.on_judge([](const v1::Header& header) {
    std::vector<v1::Finding> findings;
    if (header.sequence() == 2) {
      findings.emplace_back().set_code("SMALL_CELL");
      findings.emplace_back().set_code("UNKNOWN_CODE");
    }
    return findings;
  });
  ASSERT_TRUE(carry());
  const auto refused = outbox_->list(ItemState::kRefused);
  ASSERT_EQ(refused->size(), 1U);
  v1::Outcome outcome;
  ASSERT_TRUE(outcome.ParseFromString(refused->front().outcome));
  EXPECT_EQ(outcome.findings_size(), 2);
  EXPECT_EQ(count(ItemState::kReceipted), 2U);
}

TEST_F(ClientCourier, AForgedReceiptSettlesNothing) {
  add(1);
  hub_.on_answer([](v1::Frame& frame) {
    if (frame.has_outcome()) frame.mutable_outcome()->mutable_proof()->front() ^= 1;
    return true;
  });
  const auto carried = carry();
  ASSERT_FALSE(carried);
  EXPECT_EQ(carried.error().kind, ErrorKind::kNotVerified);
  EXPECT_EQ(count(ItemState::kSent), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(opened_->receipts()));
  hub_.on_answer({});
  ASSERT_TRUE(carry());
  EXPECT_EQ(hub_.accepted().size(), 1U);
  EXPECT_EQ(count(ItemState::kReceipted), 1U);
}

TEST_F(ClientCourier, ALogShorterThanTheOneSeenIsRefused) {
  add(5);
  ASSERT_TRUE(carry());
  hub_.lose_everything_after(3);
  add(1);
  const auto carried = carry();
  ASSERT_FALSE(carried);
  EXPECT_EQ(carried.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(carried.error().line(), HasSubstr("rolled back"));
  EXPECT_EQ(count(ItemState::kReady), 1U);
}

TEST_F(ClientCourier, AForkedLogIsRefused) {
  add(5);
  ASSERT_TRUE(carry());
  hub_.lose_everything_after(3);
  // Grown again to more than was seen, with other entries.
  for (std::uint64_t i = 3; i < 8; ++i) hub_.publish(agency_->envelope(i, "other"));
  add(1);
  const auto carried = carry();
  ASSERT_FALSE(carried);
  EXPECT_EQ(carried.error().kind, ErrorKind::kNotVerified);
  EXPECT_THAT(carried.error().line(), HasSubstr("does not continue"));
}

TEST_F(ClientCourier, ACheckpointOlderThanTheOneSeenIsRefused) {
  add(3);
  ASSERT_TRUE(carry());
  v1::Outcome old;
  ASSERT_TRUE(old.ParseFromString(outbox_->list()->front().outcome));
  ASSERT_LT(old.tree_size(), hub_.log_size());
  // The first message asked for again, answered with its first receipt.
  ASSERT_TRUE(opened_->state().run("UPDATE outbox SET state = 'sent' WHERE sequence = 1"));
  // The hub outlives this.
  hub_.on_answer([old](v1::Frame& frame) {
    if (frame.has_outcome()) *frame.mutable_outcome() = old;
    return true;
  });
  const auto carried = carry();
  ASSERT_FALSE(carried);
  EXPECT_THAT(carried.error().line(), HasSubstr("rolled back"));
}

TEST_F(ClientCourier, ANumberThatWentToAnotherMessageIsNotSentForEver) {
  hub_.publish(agency_->envelope(1, "from elsewhere"));
  add(2);
  const auto carried = carry();
  ASSERT_TRUE(carried) << carried.error().line();
  const auto doubtful = outbox_->list(ItemState::kDoubtful);
  ASSERT_EQ(doubtful->size(), 1U);
  EXPECT_THAT(doubtful->front().note, HasSubstr("another message"));
  EXPECT_EQ(count(ItemState::kReceipted), 1U);
  ASSERT_TRUE(outbox_->release(doubtful->front().message_id,
                               {.user = "bob", .approver = {}, .reason = {}}));
  ASSERT_TRUE(carry());
  EXPECT_EQ(count(ItemState::kReceipted), 2U);
  EXPECT_EQ(hub_.accepted().size(), 3U);
}

TEST_F(ClientCourier, AMessageTheHubCannotTakeStopsTheLineUntilSomebodyDecides) {
  add(3);
  hub_.on_submit([](const v1::Header& header) -> std::optional<v1::Frame> {
    if (header.kind() == v1::KIND_NEW && header.sequence() == 2) {
      return FakeHub::fault("MALFORMED", "no");
    }
    return std::nullopt;
  });
  const auto carried = carry();
  ASSERT_FALSE(carried);
  EXPECT_THAT(carried.error().line(), HasSubstr("waits for number 2"));
  const auto doubtful = outbox_->list(ItemState::kDoubtful);
  ASSERT_EQ(doubtful->size(), 1U);
  ASSERT_TRUE(outbox_->discard(doubtful->front().message_id, "bob"));
  const auto again = carry();
  ASSERT_TRUE(again) << again.error().line();
  EXPECT_EQ(hub_.accepted().size(), 2U);
  EXPECT_EQ(hub_.next_sequence(agency_->key().key_id()), 4U);
}

}  // namespace
}  // namespace rapporteur
