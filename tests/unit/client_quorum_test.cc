#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/client/quorum.h"
#include "adapters/client/receipts.h"
#include "proto/base/limits.h"
#include "tests/fakes/fake_log.h"
#include "tests/fakes/fake_witness.h"
#include "tests/support/paths.h"

namespace rapporteur::client {
namespace {

using testing::FakeWitness;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::policy_of;

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::int64_t kMinute = 60;

UnixMillis at(std::int64_t seconds) {
  return UnixMillis(std::chrono::seconds(seconds));
}

class ClientQuorum : public ::testing::Test {
 protected:
  ClientQuorum() { log_.append({{}, "record", {}, {}, {}}); }

  [[nodiscard]] Result<Quorum> read(const std::string& policy) const {
    testing::write_file(folder_ / "policy", policy);
    return Quorum::read(folder_ / "policy", log_.verifier_key());
  }
  [[nodiscard]] Quorum two_of_three() const {
    return read(policy_of(log_.verifier_key(), {&one_, &two_, &three_}, 2)).value();
  }

  testing::TempDir folder_;
  testing::FakeLog log_;
  FakeWitness one_{"one"};
  FakeWitness two_{"two"};
  FakeWitness three_{"three"};
};

TEST_F(ClientQuorum, TheHubsWordIsNoQuorum) {
  const Quorum quorum = two_of_three();
  std::string note = log_.checkpoint(1);
  EXPECT_FALSE(quorum.open(note));
  one_.cosign(note, kNow);
  EXPECT_FALSE(quorum.open(note));
  EXPECT_THAT(quorum.complaint(note, at(kNow)), HasSubstr("none by this agency's policy"));
  two_.cosign(note, kNow);
  EXPECT_EQ(quorum.open(note)->checkpoint.size, TreeSize{1});
  EXPECT_THAT(quorum.complaint({}, at(kNow)), HasSubstr("no checkpoint"));
}

TEST_F(ClientQuorum, WarnsWhenAQuorumHasNotBeenHeardOfForFiveMinutes) {
  const Quorum quorum = two_of_three();
  std::string note = log_.checkpoint(1);
  one_.cosign(note, kNow);
  two_.cosign(note, kNow - 6 * kMinute);
  EXPECT_THAT(quorum.complaint(note, at(kNow)), HasSubstr("5 minutes"));
  three_.cosign(note, kNow - 4 * kMinute);
  EXPECT_THAT(quorum.complaint(note, at(kNow)), IsEmpty());
  EXPECT_THAT(quorum.complaint(note, at(kNow + kMinute)), IsEmpty());
  EXPECT_THAT(quorum.complaint(note, at(kNow + 2 * kMinute)), HasSubstr("5 minutes"));
}

TEST_F(ClientQuorum, APolicyOfAnotherLogIsRefused) {
  const testing::FakeLog other;
  const auto refused = read(policy_of(other.verifier_key(), {&one_}, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kConfiguration);
  EXPECT_THAT(refused.error().remedy, HasSubstr(log_.verifier_key().text()));
  EXPECT_EQ(read("quorum\n").error().kind, ErrorKind::kConfiguration);
}

// A policy may name several logs; a checkpoint of another one says nothing of this hub.
TEST_F(ClientQuorum, AnotherLogOfThePolicyIsNotThisOne) {
  testing::FakeLog other;
  other.append({{}, "record", {}, {}, {}});
  const notes::VerifierKey named{"other.invalid/log", notes::KeyType::kEd25519,
                                 other.key().public_key()};
  const Quorum quorum =
      read("log " + named.text() + "\n" + policy_of(log_.verifier_key(), {&one_}, 1)).value();
  const auto root = notes::Checkpoint::parse(notes::Note::parse(other.checkpoint(1))->text)->root;
  std::string note = notes::sign_checkpoint({named.name, TreeSize{1}, root}, other.key());
  EXPECT_FALSE(quorum.takes(note));
  one_.cosign(note, kNow);
  EXPECT_FALSE(quorum.open(note));
  EXPECT_TRUE(quorum.takes(note)) << "a receipt of the log before needs no other";
}

// What the log before said of a message is evidence of it.
TEST_F(ClientQuorum, TheReceiptOfAnotherLogIsKeptWhenOneUnderAQuorumTakesItsPlace) {
  const Receipts receipts(folder_.path());
  const MessageId id;
  v1::Outcome outcome;
  outcome.set_accepted(true);
  outcome.set_nonce(std::string(limits::kNonceBytes, 'n'));
  outcome.set_record("record");
  outcome.set_checkpoint(log_.checkpoint(1));
  ASSERT_TRUE(receipts.store(id, outcome));
  const std::string before = testing::read_file(receipts.file_of(id));
  auto receipt = receipts.read(id).value();
  const auto root = notes::Checkpoint::parse(notes::Note::parse(receipt.checkpoint)->text)->root;
  receipt.checkpoint = notes::sign_checkpoint({"other.invalid/log", TreeSize{1}, root}, log_.key());
  ASSERT_TRUE(receipts.replace(id, receipt));
  EXPECT_EQ(testing::read_file(receipts.file_of(id)), receipt.file());
  EXPECT_EQ(testing::read_file(folder_ / (uuid_text(id) + ".1.tlog-proof")), before);
}

}  // namespace
}  // namespace rapporteur::client
