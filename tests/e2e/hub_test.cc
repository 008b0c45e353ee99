// One hub, real sockets, a real log: the way of a submission from its envelope to receipt and
// delivery.
#include <gmock/gmock.h>

#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"
#include "proto/crypto/domain.h"
#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "tests/fakes/hub_stage.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using fakes::figure;
using fakes::HubStage;
using fakes::RawPeer;

class HubTest : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.start();
    stage.enrol(stage.at, "AT");
    stage.enrol(stage.no);
  }
  std::string next_submission(const std::string& period) {
    return stage.at.submission({figure("VIC_REG", "AT", period, 12)}).SerializeAsString();
  }
  void subscribe(RawPeer& peer, const std::string& name) {
    v1::Frame frame;
    frame.mutable_subscribe()->set_subscription(name);
    const auto answer = peer.ask(frame);
    ASSERT_TRUE(answer.has_position()) << answer.DebugString();
  }
  void grant(RawPeer& peer, const std::string& name, std::uint32_t deliveries) {
    v1::Frame frame;
    frame.mutable_credit()->set_subscription(name);
    frame.mutable_credit()->set_deliveries(deliveries);
    frame.mutable_credit()->set_bytes(1U << 20U);
    peer.send(frame);
  }
  // The proof leads from the record to a root that the log's key signed.
  void expect_proved(const v1::Outcome& outcome) {
    const auto key = notes::VerifierKey::parse(stage.options.started.log_verifier_key());
    ASSERT_TRUE(key);
    const auto checkpoint = notes::open_checkpoint(outcome.checkpoint(), *key);
    ASSERT_TRUE(checkpoint) << checkpoint.error().line();
    EXPECT_EQ(checkpoint->size.value, outcome.tree_size());
    const auto record = crypto::record_hash(bytes_of(outcome.nonce()), bytes_of(outcome.record()));
    const auto leaf = merkle::leaf_hash(bytes_of("\x01" + record.string()));
    const auto proof = merkle::unpack(outcome.proof());
    ASSERT_TRUE(proof);
    EXPECT_TRUE(merkle::verify_inclusion(LogIndex{outcome.index()}, checkpoint->size, leaf, *proof,
                                         checkpoint->root));
  }

  HubStage stage;
};

TEST_F(HubTest, ASubmissionGetsAProvedReceiptAndReachesASubscriber) {
  auto receiver = stage.greeted(stage.no);
  subscribe(*receiver, "all");
  grant(*receiver, "all", 10);
  auto sender = stage.greeted(stage.at);
  const auto outcome = sender->submit(next_submission("2006"));
  EXPECT_TRUE(outcome.accepted()) << outcome.DebugString();
  expect_proved(outcome);
  const auto frame = receiver->receive();
  ASSERT_TRUE(frame && frame->has_deliver());
  ASSERT_EQ(frame->deliver().deliveries_size(), 1);
  v1::Delivery delivery;
  ASSERT_TRUE(delivery.ParseFromString(frame->deliver().deliveries(0)));
  EXPECT_EQ(delivery.index(), outcome.index());
  EXPECT_EQ(delivery.record(), outcome.record());
  EXPECT_EQ(delivery.nonce(), outcome.nonce());
  EXPECT_EQ(delivery.salt().size(), 32U);
  EXPECT_FALSE(delivery.body().empty());
}

TEST_F(HubTest, ARefusalIsSignedProvedAndDeliveredToNobody) {
  auto receiver = stage.greeted(stage.no);
  subscribe(*receiver, "all");
  grant(*receiver, "all", 10);
  auto sender = stage.greeted(stage.at);
  const auto outcome = sender->submit(
      stage.at.submission({figure("VIC_REG", "NO", "2006", 12)}).SerializeAsString());
  EXPECT_FALSE(outcome.accepted());
  EXPECT_GT(outcome.findings_size(), 0);
  expect_proved(outcome);
  std::string message = outcome.message_id() + crypto::sha256(outcome.record()).string();
  for (const auto& finding : outcome.findings()) {
    const std::string bytes = finding.SerializeAsString();
    message += std::string({'\0', '\0', static_cast<char>(bytes.size() >> 8U),
                            static_cast<char>(bytes.size() & 0xFFU)}) +
               bytes;
  }
  const auto key = notes::VerifierKey::parse(stage.options.started.log_verifier_key());
  const auto signature = SignatureBytes::from(outcome.refusal_signature());
  ASSERT_TRUE(key && signature);
  EXPECT_TRUE(crypto::verify(key->key, crypto::domain::kRefusal, bytes_of(message), *signature));
  const auto accepted = sender->submit(next_submission("2006"));
  ASSERT_TRUE(accepted.accepted());
  v1::Delivery delivery;
  ASSERT_TRUE(delivery.ParseFromString(receiver->receive()->deliver().deliveries(0)));
  EXPECT_EQ(delivery.index(), accepted.index()) << "the refusal is not delivered";
}

TEST_F(HubTest, TheSameMessageAgainHasTheSameAnswer) {
  auto sender = stage.greeted(stage.at);
  const std::string envelope = next_submission("2006");
  const auto first = sender->submit(envelope);
  const auto again = sender->submit(envelope);
  EXPECT_EQ(again.index(), first.index());
  EXPECT_EQ(again.record(), first.record());
  EXPECT_TRUE(again.accepted());
  expect_proved(again);
}

TEST_F(HubTest, PipelinedMessagesAreTakenInTheirOrder) {
  auto sender = stage.greeted(stage.at);
  constexpr int kCount = 60;
  for (int i = 0; i < kCount; ++i) {
    sender->send(RawPeer::submit_frame(next_submission(std::to_string(1950 + i))));
  }
  for (int i = 0; i < kCount; ++i) {
    const auto frame = sender->receive();
    ASSERT_TRUE(frame && frame->has_outcome() && frame->outcome().accepted())
        << (frame ? frame->ShortDebugString() : "nothing");
  }
}

TEST_F(HubTest, AnAcknowledgementMovesTheCursorAcrossARestart) {
  auto receiver = stage.greeted(stage.no);
  subscribe(*receiver, "all");
  grant(*receiver, "all", 10);
  auto sender = stage.greeted(stage.at);
  ASSERT_TRUE(sender->submit(next_submission("2006")).accepted());
  ASSERT_TRUE(sender->submit(next_submission("2007")).accepted());
  v1::Delivery first;
  ASSERT_TRUE(first.ParseFromString(receiver->receive()->deliver().deliveries(0)));
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(first.record()));
  v1::AcknowledgementStatement statement;
  statement.set_hub(fakes::kHub);
  statement.set_participant("no");
  statement.set_subscription("all");
  statement.set_delivery_number(1);
  statement.set_delivered_sha256(
      crypto::next_delivered(Digest{}, bytes_of(record.header())).string());
  v1::Frame frame;
  auto& acknowledgement = *frame.mutable_acknowledge();
  acknowledgement.set_statement(statement.SerializeAsString());
  const auto& key = stage.no.party.signing;
  acknowledgement.set_key_id(key.key_id().string());
  acknowledgement.set_signature(
      key.sign(crypto::domain::kAcknowledgement, bytes_of(acknowledgement.statement())).string());
  v1::Frame spoiled = frame;
  spoiled.mutable_acknowledge()->mutable_signature()->front() ^= 1;
  EXPECT_EQ(receiver->fault(spoiled).code(), faults::kSignature);
  EXPECT_EQ(receiver->ask(frame).position().acknowledged(), 1U);
  receiver.reset();
  sender.reset();
  stage.stop();

  stage.start();
  receiver = stage.greeted(stage.no);
  v1::Frame again;
  again.mutable_subscribe()->set_subscription("all");
  EXPECT_EQ(receiver->ask(again).position().acknowledged(), 1U);
  grant(*receiver, "all", 10);
  EXPECT_EQ(receiver->receive()->deliver().first_number(), 2U);
}

TEST_F(HubTest, ASuspensionActsOnALiveLine) {
  auto sender = stage.greeted(stage.at);
  ASSERT_TRUE(sender->submit(next_submission("2006")).accepted());
  stage.administer(fakes::state_change("at", v1::SUSPENDED));
  EXPECT_EQ(sender->fault(RawPeer::submit_frame(next_submission("2007"))).code(),
            faults::kNotActive);
}

TEST_F(HubTest, AnEndedLineKeyActsOnALiveLine) {
  auto sender = stage.greeted(stage.at);
  ASSERT_TRUE(sender->submit(next_submission("2006")).accepted());
  v1::AdministrativeAction change;
  change.mutable_change_key()->set_participant("at");
  change.mutable_change_key()->set_add_curve_key(
      crypto::curve_public_key(fakes::secret_named("at/curve/2")).string());
  change.mutable_change_key()->set_end_curve_key(stage.at.party.curve.string());
  stage.administer(change);
  EXPECT_EQ(sender->fault(RawPeer::submit_frame(next_submission("2007"))).code(),
            faults::kNotActive);
}

TEST_F(HubTest, AGrantThatIsTakenAwayActsOnALiveLine) {
  auto receiver = stage.greeted(stage.no);
  subscribe(*receiver, "all");
  grant(*receiver, "all", 10);
  auto sender = stage.greeted(stage.at);
  ASSERT_TRUE(sender->submit(next_submission("2006")).accepted());
  ASSERT_TRUE(receiver->receive()->has_deliver());
  v1::AdministrativeAction receiving;
  *receiving.mutable_remove_grant() = fakes::receive_grant("no", "*", "*", "*").add_grant();
  stage.administer(receiving);
  ASSERT_TRUE(sender->submit(next_submission("2007")).accepted());
  v1::Frame question;
  question.mutable_query()->mutable_subscriptions();
  // New entries are looked at within milliseconds; a question takes its time too.
  v1::SubscriptionState state;
  for (int i = 0; i < 1'000 && (i == 0 || state.lag_entries() > 0); ++i) {
    const auto all = receiver->ask(question).answer().subscriptions();
    ASSERT_EQ(all.subscriptions_size(), 1);
    state = all.subscriptions(0);
  }
  EXPECT_EQ(state.lag_entries(), 0U) << "the second was looked at";
  EXPECT_EQ(state.sent(), 1U) << "and was not delivered";
  v1::AdministrativeAction submitting;
  *submitting.mutable_remove_grant() = fakes::submit_grant("at", "*", "*", "AT").add_grant();
  stage.administer(submitting);
  const auto refused = sender->submit(next_submission("2008"));
  EXPECT_FALSE(refused.accepted());
  std::vector<std::string> codes;
  for (const auto& finding : refused.findings()) codes.push_back(finding.code());
  EXPECT_THAT(codes, ::testing::Contains("RIGHTS"));
}

TEST_F(HubTest, QueriesShowWhatTheAskerMaySee) {
  auto sender = stage.greeted(stage.at);
  const auto outcome = sender->submit(next_submission("2006"));
  auto receiver = stage.greeted(stage.no);
  v1::Frame tail;
  tail.mutable_query()->mutable_entries()->set_count(1'000);
  const auto seen = receiver->ask(tail).answer().entries();
  // What log this is everybody may know.
  ASSERT_EQ(seen.entries_size(), 2);
  EXPECT_EQ(seen.entries(0).index(), 0U);
  EXPECT_EQ(seen.entries(1).index(), outcome.index());
  auto oper = stage.greeted(stage.op);
  EXPECT_EQ(oper->ask(tail).answer().entries().entries_size(), static_cast<int>(seen.log_size()));
  v1::Frame table;
  table.mutable_query()->mutable_table();
  EXPECT_EQ(receiver->ask(table).answer().table().submissions_size(), 1);
  v1::Frame ledger;
  ledger.mutable_query()->mutable_ledger()->set_dataflow(fakes::kDataflow);
  EXPECT_EQ(sender->ask(ledger).answer().ledger().submissions_size(), 1);
  EXPECT_EQ(receiver->ask(ledger).answer().ledger().submissions_size(), 0);
  v1::Frame proof;
  proof.mutable_query()->mutable_proof()->set_index(1);
  EXPECT_EQ(receiver->fault(proof).code(), faults::kNotAllowed);
  proof.mutable_query()->mutable_proof()->set_index(outcome.index());
  EXPECT_EQ(receiver->ask(proof).answer().proof().record(), outcome.record());
  v1::Frame status;
  status.mutable_query()->mutable_status();
  EXPECT_EQ(oper->ask(status).answer().status().accepted(), 1U) << "not the directory's changes";
  EXPECT_EQ(receiver->ask(status).answer().status().accepted(), 0U);
}

TEST_F(HubTest, ManyProofsComeInOneAnswerAndTheirCheckpointInAnother) {
  auto oper = stage.greeted(stage.op);
  v1::Frame question;
  question.mutable_query()->mutable_checkpoint();
  const auto head = oper->ask(question).answer().checkpoint();
  const auto key = notes::VerifierKey::parse(stage.options.started.log_verifier_key());
  const auto checkpoint = notes::open_checkpoint(head.checkpoint(), *key);
  ASSERT_TRUE(checkpoint) << checkpoint.error().line();
  EXPECT_EQ(checkpoint->size.value, head.tree_size());
  question.mutable_query()->mutable_proofs()->set_tree_size(head.tree_size());
  constexpr int kAsked = limits::kProofsPerAnswer + 10;
  for (int i = 0; i < kAsked; ++i) question.mutable_query()->mutable_proofs()->add_indices(i % 3);
  const auto proofs = oper->ask(question).answer().proofs();
  EXPECT_EQ(proofs.tree_size(), head.tree_size());
  ASSERT_EQ(proofs.proofs_size(), limits::kProofsPerAnswer) << "the others are asked for again";
  for (int i = 0; i < proofs.proofs_size(); ++i) {
    const v1::Proof& one = proofs.proofs(i);
    ASSERT_EQ(one.index(), static_cast<std::uint64_t>(i % 3));
    const auto leaf = merkle::record_leaf_hash(bytes_of(one.nonce()), bytes_of(one.record()));
    EXPECT_TRUE(merkle::verify_inclusion(LogIndex{one.index()}, checkpoint->size, leaf,
                                         merkle::unpack(one.proof()).value(), checkpoint->root));
  }
  question.mutable_query()->mutable_proofs()->add_indices(1'000'000);
  question.mutable_query()->mutable_proofs()->mutable_indices()->SwapElements(0, kAsked);
  EXPECT_EQ(oper->fault(question).code(), faults::kNotFound);
  question.mutable_query()->mutable_proofs()->clear_indices();
  EXPECT_EQ(oper->ask(question).answer().proofs().proofs_size(), 0);
  question.mutable_query()->mutable_proofs()->set_tree_size(1'000'000);
  EXPECT_EQ(oper->fault(question).code(), faults::kNotFound);
  question.mutable_query()->mutable_checkpoint()->set_tree_size(1'000'000);
  EXPECT_EQ(oper->fault(question).code(), faults::kNotFound);
}

TEST_F(HubTest, OneEntryThatMayNotBeSeenAndNoProofIsGiven) {
  auto sender = stage.greeted(stage.at);
  const auto outcome = sender->submit(next_submission("2006"));
  auto receiver = stage.greeted(stage.no);
  v1::Frame question;
  question.mutable_query()->mutable_proofs()->add_indices(outcome.index());
  EXPECT_EQ(receiver->ask(question).answer().proofs().proofs_size(), 1);
  question.mutable_query()->mutable_proofs()->add_indices(1);
  EXPECT_EQ(receiver->fault(question).code(), faults::kNotAllowed);
}

}  // namespace
}  // namespace rapporteur
