#include "broker/admission/cosigning.h"

#include <gtest/gtest.h>

#include "proto/base/fault_codes.h"
#include "tests/fakes/fake_log.h"
#include "tests/fakes/fake_witness.h"

namespace rapporteur::admission {
namespace {

using testing::FakeWitness;

class CosigningTest : public ::testing::Test {
 protected:
  CosigningTest() {
    for (int i = 0; i < 5; ++i) log_.append({{}, "record", {}, {}, {}});
    auto policy =
        verify::Policy::parse(testing::policy_of(log_.verifier_key(), {&one_, &two_, &three_}, 2));
    policy_ = std::make_shared<const verify::Policy>(std::move(*policy));
  }

  [[nodiscard]] core::Event hand_in(const std::string& note, const std::string& held = {}) const {
    return verify_cosignatures({{}, note, held, policy_});
  }
  [[nodiscard]] core::CosignaturesVerified good(const std::string& note,
                                                const std::string& held = {}) const {
    return std::get<core::CosignaturesVerified>(hand_in(note, held));
  }
  [[nodiscard]] std::string fault(const std::string& note) const {
    return std::get<core::Answered>(hand_in(note)).code;
  }

  testing::FakeLog log_;
  FakeWitness one_{"one"};
  FakeWitness two_{"two"};
  FakeWitness three_{"three"};
  FakeWitness stranger_{"stranger"};
  std::shared_ptr<const verify::Policy> policy_;
};

TEST_F(CosigningTest, SaysWhetherThereIsAQuorum) {
  std::string note = log_.checkpoint(4);
  one_.cosign(note, 1'000);
  EXPECT_FALSE(good(note).quorum);
  two_.cosign(note, 1'000);
  EXPECT_TRUE(good(note).quorum);
  EXPECT_EQ(good(note).size, TreeSize{4});
  EXPECT_EQ(good(note).note, note);
}

TEST_F(CosigningTest, DropsWhoIsNotOfThePolicy) {
  std::string note = log_.checkpoint(4);
  one_.cosign(note, 1'000);
  const std::string kept = note;
  stranger_.cosign(note, 1'000);
  note += "\u2014 one AAAAAAAAAAAA\n";  // a name of the policy over another key
  EXPECT_EQ(good(note).note, kept);
  std::string by_strangers = log_.checkpoint(4);
  stranger_.cosign(by_strangers, 1'000);
  EXPECT_EQ(fault(by_strangers), faults::kSignature);
}

TEST_F(CosigningTest, MergesWhatWitnessesSaidToOneCheckpoint) {
  std::string held = log_.checkpoint(4);
  one_.cosign(held, 2'000);
  std::string note = log_.checkpoint(4);
  one_.cosign(note, 1'000);
  two_.cosign(note, 1'000);
  const auto merged = good(note, held);
  EXPECT_TRUE(merged.quorum);
  const auto head = policy_->open(merged.note);
  ASSERT_TRUE(head);
  ASSERT_EQ(head->witnesses.size(), 2U);
  // Of one witness the newest.
  EXPECT_EQ(head->witnesses[0].time.time_since_epoch().count(), 2'000);
  // Another checkpoint's cosignatures are no help.
  std::string other = log_.checkpoint(5);
  two_.cosign(other, 1'000);
  EXPECT_FALSE(good(other, held).quorum);
}

TEST_F(CosigningTest, RefusesWhatDoesNotHold) {
  EXPECT_EQ(fault("no note"), faults::kMalformed);
  EXPECT_EQ(fault(log_.checkpoint(4)), faults::kSignature);  // nobody cosigned
  std::string forged = log_.checkpoint(4);
  one_.cosign(forged, 1'000);
  forged[forged.find("\n4\n") + 1] = '3';
  EXPECT_EQ(fault(forged), faults::kSignature);
  testing::FakeLog other;  // the same origin, another key
  other.append({{}, "record", {}, {}, {}});
  std::string foreign = other.checkpoint(1);
  one_.cosign(foreign, 1'000);
  two_.cosign(foreign, 1'000);
  EXPECT_EQ(fault(foreign), faults::kSignature);
}

}  // namespace
}  // namespace rapporteur::admission
