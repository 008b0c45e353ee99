// The outbox on disk: states, numbers, the second person, discarding.
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "adapters/client/outbox.h"
#include "adapters/client/state_schema.h"
#include "proto/crypto/domain.h"
#include "tests/support/paths.h"

namespace rapporteur {
namespace {

using client::Approval;
using client::ItemState;
using client::Outbox;
using ::testing::HasSubstr;

client::NewItem item_with(const std::string& body) {
  client::NewItem item;
  item.dataflow = "RAPPORTEUR:THB(1.0)";
  item.indicator = "CJ_INV";
  item.ref_areas = {"AT"};
  item.body = body;
  item.rows = 1;
  item.source = "figures.csv";
  return item;
}

std::uint64_t sequence_of(const std::string& envelope_bytes) {
  v1::Envelope envelope;
  v1::Header header;
  EXPECT_TRUE(envelope.ParseFromString(envelope_bytes));
  EXPECT_TRUE(header.ParseFromString(envelope.header()));
  return header.sequence();
}

class ClientOutbox : public ::testing::Test {
 protected:
  explicit ClientOutbox(bool approval_required = false)
      : approval_required_(approval_required), state_(open()) {}

  client::Database open() const {
    const auto file = folder_ / "state.db";
    return std::filesystem::exists(file)
               ? client::Database::open(file, client::kStateSchema).value()
               : client::Database::create(file, client::kStateSchema).value();
  }
  Outbox outbox(client::Database& state) const {
    return {state, {"hub", "at", approval_required_, {"head-of-unit", "alice"}}, key_, clock_};
  }
  Outbox outbox() { return outbox(state_); }
  MessageId add(const std::string& body, const std::string& user = "alice") {
    const std::vector<client::NewItem> items{item_with(body)};
    return outbox().add(items, user).value().front();
  }
  std::vector<client::Sendable> to_send() { return outbox().to_send({}, 100, 1U << 30U).value(); }
  v1::Outcome accepted(std::uint64_t index) const {
    v1::Outcome outcome;
    outcome.set_accepted(true);
    outcome.set_index(index);
    return outcome;
  }

  testing::TempDir folder_;
  bool approval_required_;
  crypto::SigningKey key_ = crypto::SigningKey::generate();
  SystemClock clock_;
  client::Database state_;
};

class ClientOutboxWithApproval : public ClientOutbox {
 protected:
  ClientOutboxWithApproval() : ClientOutbox(true) {}
};

TEST_F(ClientOutbox, ItemsAreNumberedInTheOrderOfAdding) {
  add("a");
  add("b");
  add("c");
  const auto items = to_send();
  ASSERT_EQ(items.size(), 3U);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(items[i].sequence.value, i + 1);
    EXPECT_EQ(sequence_of(items[i].envelope), i + 1);
  }
}

TEST_F(ClientOutbox, WhatWasAddedIsThereForAnotherProcess) {
  const MessageId id = add("a");
  client::Database other = open();
  const auto item = outbox(other).find(id);
  ASSERT_TRUE(item) << item.error().line();
  EXPECT_EQ(item->state, ItemState::kReady);
  EXPECT_EQ(item->source, "figures.csv");
  EXPECT_EQ(item->created_by, "alice");
}

TEST_F(ClientOutbox, BytesStayTheSameOverRetries) {
  add("a");
  const auto first = to_send();
  ASSERT_TRUE(outbox().mark_sent(first));
  const auto again = to_send();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].envelope, first[0].envelope);
  EXPECT_EQ(again[0].message_id, first[0].message_id);
}

TEST_F(ClientOutbox, WhatNoBackupCoversIsOfferedAgainAsItWas) {
  const std::vector<MessageId> ids{add("a"), add("b"), add("c"), add("d")};
  const auto first = to_send();
  ASSERT_TRUE(outbox().mark_sent(first));
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(outbox().settle(first[i].id, accepted(10 + i)));
  }
  v1::Outcome refusal;
  refusal.set_index(13);
  ASSERT_TRUE(outbox().settle(first[3].id, refusal));
  // Entries below 11 are safe: what the first one said needs not be kept.
  ASSERT_TRUE(outbox().backed_up_to(TreeSize{11}));
  EXPECT_TRUE(to_send().empty());
  const auto offered = outbox().offer_again(TreeSize{11}, Sequence{2});
  ASSERT_TRUE(offered) << offered.error().line();
  EXPECT_EQ(offered->sent, 2U);
  EXPECT_EQ(offered->lost, 0U);
  const auto again = to_send();
  ASSERT_EQ(again.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again[i].message_id, ids[i + 1]);
    EXPECT_EQ(again[i].envelope, first[i + 1].envelope);
  }
  // What was refused stays refused; its number is closed.
  EXPECT_TRUE(again[2].skip);
  EXPECT_EQ(again[2].sequence, first[3].sequence);
  EXPECT_EQ(outbox().find(ids[3])->state, ItemState::kRefused);
  EXPECT_EQ(outbox().find(ids[0])->state, ItemState::kReceipted);
}

// A later backup than the one that was restored held the second one: nothing is left to send.
TEST_F(ClientOutbox, WhatOnlyALaterBackupHadIsLostVisiblyAndHoldsNothingUp) {
  const std::vector<MessageId> ids{add("a"), add("b"), add("c")};
  const auto first = to_send();
  ASSERT_TRUE(outbox().mark_sent(first));
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(outbox().settle(first[i].id, accepted(10 + i)));
  }
  ASSERT_TRUE(outbox().backed_up_to(TreeSize{12}));
  const auto offered = outbox().offer_again(TreeSize{11}, Sequence{2});
  ASSERT_TRUE(offered) << offered.error().line();
  EXPECT_EQ(offered->sent, 1U);
  EXPECT_EQ(offered->lost, 1U);
  EXPECT_EQ(outbox().find(ids[0])->state, ItemState::kReceipted);
  EXPECT_EQ(outbox().find(ids[1])->state, ItemState::kDoubtful);
  EXPECT_THAT(outbox().find(ids[1])->note, HasSubstr("push its figures anew"));
  // Its number is closed, so that the key goes on.
  const auto again = to_send();
  ASSERT_EQ(again.size(), 2U);
  EXPECT_TRUE(again[0].skip);
  EXPECT_EQ(again[0].sequence, Sequence{2});
  EXPECT_EQ(again[1].message_id, ids[2]);
  EXPECT_EQ(again[1].envelope, first[2].envelope);
  // There is nothing to sign anew; discarding closes no number twice.
  const auto released = outbox().release(ids[1], {.user = "bob", .approver = {}, .reason = {}});
  ASSERT_FALSE(released);
  EXPECT_EQ(released.error().kind, ErrorKind::kRefused);
  ASSERT_TRUE(outbox().discard(ids[1], "bob"));
  EXPECT_EQ(to_send().size(), 2U);
}

// The same of a key that is not used any more: no number of today's key is touched.
TEST_F(ClientOutbox, WhatALaterBackupHadUnderAnEarlierKeyIsLostVisibly) {
  const MessageId id = add("a");
  const auto first = to_send();
  ASSERT_TRUE(outbox().mark_sent(first));
  ASSERT_TRUE(outbox().settle(first[0].id, accepted(10)));
  ASSERT_TRUE(outbox().backed_up_to(TreeSize{11}));
  key_ = crypto::SigningKey::generate();
  const auto offered = outbox().offer_again(TreeSize{5}, Sequence{1});
  ASSERT_TRUE(offered) << offered.error().line();
  EXPECT_EQ(offered->lost, 1U);
  EXPECT_EQ(outbox().find(id)->state, ItemState::kDoubtful);
  ASSERT_TRUE(outbox().discard(id, "alice"));
  EXPECT_TRUE(to_send().empty());
}

TEST_F(ClientOutbox, ASettledItemIsNotSentAgainButKept) {
  const MessageId id = add("a");
  ASSERT_TRUE(outbox().mark_sent(to_send()));
  ASSERT_TRUE(outbox().settle(outbox().find(id)->id, accepted(7)));
  EXPECT_TRUE(to_send().empty());
  const auto item = outbox().find(id);
  ASSERT_TRUE(item);
  EXPECT_EQ(item->state, ItemState::kReceipted);
  EXPECT_EQ(item->log_index->value, 7U);
}

TEST_F(ClientOutbox, DiscardingClosesTheNumberWithASkip) {
  add("a");
  const MessageId id = add("b");
  add("c");
  ASSERT_TRUE(outbox().discard(id, "alice"));
  const auto items = to_send();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[1].sequence.value, 2U);
  EXPECT_TRUE(items[1].skip);
  EXPECT_NE(items[1].message_id, id);
  EXPECT_EQ(outbox().find(id)->state, ItemState::kDiscarded);
}

TEST_F(ClientOutbox, WhatMayBeAtTheHubIsNotDiscarded) {
  const MessageId id = add("a");
  ASSERT_TRUE(outbox().mark_sent(to_send()));
  const auto discarded = outbox().discard(id, "alice");
  ASSERT_FALSE(discarded);
  EXPECT_THAT(discarded.error().line(), HasSubstr("withdraw"));
}

TEST_F(ClientOutbox, NumbersUsedAtTheHubAreNotGivenAway) {
  ASSERT_TRUE(outbox().learn_next(Sequence{40}));
  add("a");
  EXPECT_EQ(to_send().front().sequence.value, 40U);
  ASSERT_TRUE(outbox().learn_next(Sequence{3}));
  add("b");
  EXPECT_EQ(to_send().back().sequence.value, 41U);
}

TEST_F(ClientOutbox, AnItemWhoseNumberIsLostGetsANewOneAndKeepsItsId) {
  const MessageId id = add("a");
  add("b");
  ASSERT_TRUE(outbox().doubt(outbox().find(id)->id, "why", true));
  EXPECT_EQ(to_send().size(), 1U);
  ASSERT_TRUE(outbox().release(id, {.user = "alice", .approver = {}, .reason = {}}));
  const auto items = to_send();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].message_id, id);
  EXPECT_EQ(items[1].sequence.value, 3U);
  EXPECT_EQ(sequence_of(items[1].envelope), 3U);
}

TEST_F(ClientOutbox, ManySmallBatchesRespectTheBytes) {
  for (int i = 0; i < 5; ++i) add(std::string(1'000, 'x'));
  EXPECT_EQ(outbox().to_send({}, 100, 2'500)->size(), 3U);
  EXPECT_EQ(outbox().to_send({}, 100, 1)->size(), 1U);
  EXPECT_EQ(outbox().to_send({}, 2, 1U << 20U)->size(), 2U);
}

TEST_F(ClientOutboxWithApproval, HeldItemsWaitWithoutANumber) {
  const MessageId first = add("a");
  const MessageId second = add("b");
  EXPECT_TRUE(to_send().empty());
  EXPECT_EQ(outbox().find(first)->state, ItemState::kHeld);
  ASSERT_TRUE(outbox().release(second, {.user = "bob", .approver = {}, .reason = {}}));
  const auto items = to_send();
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].message_id, second);
  EXPECT_EQ(items[0].sequence.value, 1U);
  EXPECT_EQ(outbox().find(second)->released_by, "bob");
}

TEST_F(ClientOutboxWithApproval, OnePersonAloneCannotRelease) {
  const MessageId id = add("a");
  for (const Approval& approval :
       {Approval{"alice", "", ""}, Approval{"alice", "mallory", "because"},
        Approval{"alice", "head-of-unit", ""}, Approval{"alice", "alice", "because"},
        Approval{"alice", "head-of-unit", "checked on paper"},
        Approval{"bob", "mallory", "because"}, Approval{"bob", "head-of-unit", ""}}) {
    const auto released = outbox().release(id, approval);
    ASSERT_FALSE(released);
    EXPECT_EQ(released.error().kind, ErrorKind::kRefused);
  }
  EXPECT_TRUE(to_send().empty());
  ASSERT_TRUE(outbox().release(id, {"bob", "head-of-unit", "checked on paper"}));
  EXPECT_EQ(outbox().find(id)->release_reason, "checked on paper");
  EXPECT_THAT(outbox().find(id)->released_by, HasSubstr("head-of-unit"));
}

// Whose second signature the item has, and over which header.
bool officer_signed(const v1::Envelope& envelope, const client::SecondSigner& officer) {
  const v1::SecondSignature& second = envelope.second_signature();
  const auto signature = SignatureBytes::from(second.signature());
  return second.key_id() == officer.key.key_id().view() && signature &&
         crypto::verify(officer.key.public_key(), crypto::domain::kSecond,
                        bytes_of(envelope.header() + second.reason()), *signature);
}

TEST_F(ClientOutboxWithApproval, TheDataOfficerSignsWhenItIsReleased) {
  const client::SecondSigner officer{crypto::SigningKey::generate(), "counted twice"};
  const client::NewItem item = item_with("a");
  const MessageId id = outbox().add({&item, 1}, "alice", {}, &officer).value().front();
  const auto without = outbox().release(id, {.user = "bob", .approver = {}, .reason = {}});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(without.error().line(), HasSubstr("--officer-key"));
  EXPECT_TRUE(to_send().empty());
  const Approval bob{.user = "bob", .approver = {}, .reason = {}};
  ASSERT_TRUE(outbox().release(id, bob, &officer));
  EXPECT_TRUE(officer_signed(outbox().envelope(*outbox().find(id)).value(), officer));
}

TEST_F(ClientOutbox, ANewNumberTakesTheDataOfficersSignatureAnew) {
  const client::SecondSigner officer{crypto::SigningKey::generate(), "counted twice"};
  const client::NewItem item = item_with("a");
  const MessageId id = outbox().add({&item, 1}, "alice", {}, &officer).value().front();
  const auto envelope = [&] { return outbox().envelope(*outbox().find(id)).value(); };
  const auto release = [&](const client::SecondSigner* by) {
    return outbox().release(id, {.user = "alice", .approver = {}, .reason = {}}, by);
  };
  EXPECT_TRUE(officer_signed(envelope(), officer));
  // With its number it is the same message.
  ASSERT_TRUE(outbox().doubt(outbox().find(id)->id, "why", false));
  ASSERT_TRUE(release(nullptr));
  EXPECT_TRUE(officer_signed(envelope(), officer));
  ASSERT_TRUE(outbox().doubt(outbox().find(id)->id, "why", true));
  EXPECT_FALSE(release(nullptr));
  EXPECT_EQ(outbox().find(id)->state, ItemState::kDoubtful);
  ASSERT_TRUE(release(&officer));
  EXPECT_EQ(outbox().find(id)->sequence->value, 2U);
  EXPECT_TRUE(officer_signed(envelope(), officer));
}

TEST_F(ClientOutbox, AnItemKnowsTheLineOfEachRow) {
  client::NewItem item = item_with("a");
  item.lines = {2, 5, 1'000'003};
  const MessageId id = outbox().add({&item, 1}, "alice").value().front();
  EXPECT_EQ(outbox().find(id)->lines, item.lines);
  EXPECT_TRUE(outbox().find(add("b"))->lines.empty());
}

TEST_F(ClientOutbox, StateThatIsNotThereIsNotMadeAnew) {
  const auto file = folder_ / "other.db";
  auto missing = client::Database::open(file, client::kStateSchema);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kStorage);
  EXPECT_FALSE(std::filesystem::exists(file));
  ASSERT_TRUE(client::Database::create(file, client::kStateSchema));
  EXPECT_FALSE(client::Database::create(file, client::kStateSchema));
  EXPECT_TRUE(client::Database::open(file, client::kStateSchema));
  std::filesystem::resize_file(file, 0);
  auto empty = client::Database::open(file, client::kStateSchema);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind, ErrorKind::kStorage);
}

TEST_F(ClientOutboxWithApproval, AHeldItemIsDiscardedWithoutASkip) {
  const MessageId id = add("a");
  ASSERT_TRUE(outbox().discard(id, "alice"));
  EXPECT_TRUE(to_send().empty());
}

TEST_F(ClientOutboxWithApproval, ReleasingTwiceIsRefused) {
  const MessageId id = add("a");
  ASSERT_TRUE(outbox().release(id, {.user = "bob", .approver = {}, .reason = {}}));
  EXPECT_FALSE(outbox().release(id, {.user = "bob", .approver = {}, .reason = {}}));
}

// Whatever is added, discarded, doubted and released: the numbers given away are 1..n, each waiting
// or settled exactly once.
TEST_F(ClientOutbox, NumbersHaveNoGapAndNoDouble) {
  // One database for all courses, and no wait for the disk: that is what the other tests are for.
  ASSERT_TRUE(state_.run("PRAGMA synchronous = OFF"));
  const bool held = rc::check("numbers are 1..n", [&] {
    RC_ASSERT(state_.run("DELETE FROM outbox; DELETE FROM signing_keys;").has_value());
    const auto steps =
        *rc::gen::resize(30, rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4)));
    std::vector<MessageId> ids;
    for (const int step : steps) {
      if (step <= 1 || ids.empty()) {
        ids.push_back(add("x"));
        continue;
      }
      const MessageId id =
          ids[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(ids.size())))];
      if (step == 2) {
        static_cast<void>(outbox().discard(id, "alice"));
      } else if (outbox().find(id)->state == ItemState::kReady) {
        RC_ASSERT(outbox().doubt(outbox().find(id)->id, "why", false).has_value());
        RC_ASSERT(
            outbox().release(id, {.user = "alice", .approver = {}, .reason = {}}).has_value());
      }
    }
    const auto items = outbox().to_send({}, 10'000, 1U << 30U).value();
    RC_ASSERT(items.size() == ids.size());
    for (std::size_t i = 0; i < items.size(); ++i) RC_ASSERT(items[i].sequence.value == i + 1);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace rapporteur
