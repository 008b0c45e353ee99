#include "broker/directory/directory.h"

#include <gmock/gmock.h>

#include "broker/directory/refusal.h"
#include "proto/base/limits.h"
#include "tests/fakes/party.h"

namespace rapporteur::directory {
namespace {

using fakes::Party;
using fakes::receive_grant;
using fakes::state_change;
using fakes::submit_grant;

constexpr const char* kFlow = "RAPPORTEUR:THB(1.0)";

class DirectoryTest : public testing::Test {
 protected:
  // Applies as `actor` at the next index, which must be taken.
  void must(const v1::AdministrativeAction& action, const std::string& actor = "hub-op") {
    const auto next = directory_->apply(action, actor, LogIndex{directory_->version()});
    ASSERT_TRUE(next.has_value()) << next.error().line();
    directory_ = *next;
  }
  // The code it is refused with; the directory must not change.
  std::string refusal(const v1::AdministrativeAction& action, const std::string& actor = "hub-op") {
    const std::string before = directory_->serialized();
    const auto next = directory_->apply(action, actor, LogIndex{directory_->version()});
    EXPECT_EQ(directory_->serialized(), before);
    return next ? "taken" : std::string(refusal::code_of(next.error()));
  }

  static v1::AdministrativeAction key_change(const std::string& id) {
    v1::AdministrativeAction action;
    action.mutable_change_key()->set_participant(id);
    return action;
  }
  static v1::AdministrativeAction policy(std::uint32_t k, std::uint32_t depth, bool zeros,
                                         std::uint32_t width, v1::Policy::FreeText text) {
    v1::AdministrativeAction action;
    v1::Policy& asked = *action.mutable_change_policy()->mutable_policy();
    asked.set_dataflow(kFlow);
    asked.set_k(k);
    asked.set_depth_from(depth);
    asked.set_zeros_sensitive(zeros);
    asked.set_interval_width(width);
    asked.set_free_text(text);
    return action;
  }

  Party operator_{"hub-op"};
  Party at_{"at"};
  std::shared_ptr<const Directory> directory_ = fakes::founded_by(operator_);
};

TEST_F(DirectoryTest, BeginsWithOneOperatorAndNothingGranted) {
  EXPECT_EQ(directory_->version(), 1U);
  EXPECT_TRUE(directory_->may_administer("hub-op"));
  EXPECT_FALSE(directory_->may_submit("hub-op", kFlow, "VIC_REG", "AT"));
  EXPECT_FALSE(directory_->may_receive_from("hub-op", kFlow, "VIC_REG", "at").has_value());
}

TEST_F(DirectoryTest, EnrolledParticipantIsFoundByItsKeys) {
  must(at_.enrolment());
  ASSERT_NE(directory_->by_curve_key(at_.curve), nullptr);
  EXPECT_EQ(directory_->by_curve_key(at_.curve)->id(), "at");
  const auto key = directory_->by_signing_key(at_.signing.key_id());
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->participant->id(), "at");
  EXPECT_EQ(key->key, at_.signing.public_key());
  EXPECT_EQ(directory_->participant("at")->signing_keys(0).added_index(), 1U);
  EXPECT_EQ(directory_->version(), 2U);
}

TEST_F(DirectoryTest, SameBytesAfterReadingBack) {
  must(Party("pt").enrolment());
  must(at_.enrolment());
  must(submit_grant("pt", "*", "CJ_*|VIC_*", "PT"));
  must(submit_grant("at", "*", "*", "AT"));
  const auto again = Directory::from_state(directory_->serialized());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->serialized(), directory_->serialized());
  EXPECT_EQ(directory_->state().participants(0).id(), "at");
  EXPECT_EQ(directory_->state().grants(0).participant(), "at");
  EXPECT_TRUE((*again)->may_submit("pt", kFlow, "CJ_INV", "PT"));
}

TEST_F(DirectoryTest, StoredStateThatContradictsItselfIsNotUsed) {
  must(at_.enrolment());
  v1::DirectoryState state = directory_->state();
  *state.add_participants() = state.participants(0);
  EXPECT_EQ(Directory::from_state(state.SerializeAsString()).error().kind, ErrorKind::kStorage);
  EXPECT_EQ(Directory::from_state("\xFF\xFF").error().kind, ErrorKind::kStorage);
}

TEST_F(DirectoryTest, OnlyAnActiveOperatorChangesIt) {
  must(at_.enrolment());
  EXPECT_EQ(refusal(Party("no").enrolment(), "at"), refusal::kNotOperator);
  EXPECT_EQ(refusal(Party("no").enrolment(), "nobody"), refusal::kNotOperator);
  must(Party("op-2").enrolment(v1::OPERATOR));
  must(state_change("op-2", v1::SUSPENDED));
  EXPECT_EQ(refusal(Party("no").enrolment(), "op-2"), refusal::kNotOperator);
}

TEST_F(DirectoryTest, EnrolmentIsChecked) {
  must(at_.enrolment());
  EXPECT_EQ(refusal(at_.enrolment()), refusal::kAlreadyEnrolled);

  auto action = Party("No").enrolment();
  EXPECT_EQ(refusal(action), refusal::kBadId);
  action = Party("no").enrolment(v1::PARTICIPANT_KIND_UNSPECIFIED);
  EXPECT_EQ(refusal(action), refusal::kBadAction);
  action = Party("no").enrolment(static_cast<v1::ParticipantKind>(99));
  EXPECT_EQ(refusal(action), refusal::kBadAction);
  action = Party("no").enrolment();
  action.mutable_enrol()->set_state(v1::REVOKED);
  EXPECT_EQ(refusal(action), refusal::kBadAction);
  action = Party("no").enrolment();
  action.mutable_enrol()->mutable_signing_keys(0)->set_added_index(7);
  EXPECT_EQ(refusal(action), refusal::kBadAction);
  action = Party("no").enrolment();
  action.mutable_enrol()->clear_name();
  EXPECT_EQ(refusal(action), refusal::kBadText);
  action.mutable_enrol()->set_name("two\nlines");
  EXPECT_EQ(refusal(action), refusal::kBadText);
  action.mutable_enrol()->set_name(std::string(limits::kNameBytes + 1, 'x'));
  EXPECT_EQ(refusal(action), refusal::kBadText);
  action = Party("no").enrolment();
  // NOLINTNEXTLINE(misc-misleading-bidirectional): that is the point
  action.mutable_enrol()->add_contacts("\xE2\x80\xAE gnirts");
  EXPECT_EQ(refusal(action), refusal::kBadText);
  action = Party("no").enrolment();
  action.set_reason(std::string(limits::kReasonBytes + 1, 'x'));
  EXPECT_EQ(refusal(action), refusal::kBadText);
  EXPECT_EQ(refusal(v1::AdministrativeAction()), refusal::kBadAction);
}

TEST_F(DirectoryTest, KeysThatCannotServeAreRefused) {
  auto action = at_.enrolment();
  action.mutable_enrol()->mutable_curve_keys(0)->set_key(std::string(32, '\0'));
  EXPECT_EQ(refusal(action), refusal::kBadKey) << "small order";
  action.mutable_enrol()->mutable_curve_keys(0)->set_key(std::string(31, 'a'));
  EXPECT_EQ(refusal(action), refusal::kBadKey) << "31 bytes";
  std::string second_name = at_.curve.string();
  second_name[31] = static_cast<char>(second_name[31] | '\x80');
  action.mutable_enrol()->mutable_curve_keys(0)->set_key(second_name);
  EXPECT_EQ(refusal(action), refusal::kBadKey) << "a second encoding of the same point";
  action.mutable_enrol()->mutable_curve_keys(0)->set_key("\xEE" + std::string(30, '\xFF') + "\x7F");
  EXPECT_EQ(refusal(action), refusal::kBadKey) << "p + 1";
  action = at_.enrolment();
  action.mutable_enrol()->mutable_signing_keys(0)->set_key("\x01" + std::string(31, '\0'));
  EXPECT_EQ(refusal(action), refusal::kBadKey) << "the neutral element";
}

TEST_F(DirectoryTest, KeyIsTakenOnceEvenAfterItsEnd) {
  must(at_.enrolment());
  auto thief = Party("no").enrolment();
  thief.mutable_enrol()->mutable_curve_keys(0)->set_key(at_.curve.string());
  EXPECT_EQ(refusal(thief), refusal::kKeyInUse);
  thief = Party("no").enrolment();
  thief.mutable_enrol()->mutable_signing_keys(0)->set_key(at_.signing.public_key().string());
  EXPECT_EQ(refusal(thief), refusal::kKeyInUse);

  auto end = key_change("at");
  end.mutable_change_key()->set_end_signing_key(at_.signing.public_key().string());
  must(end);
  EXPECT_EQ(refusal(thief), refusal::kKeyInUse);
  auto back = key_change("at");
  back.mutable_change_key()->set_add_signing_key(at_.signing.public_key().string());
  EXPECT_EQ(refusal(back), refusal::kKeyInUse);

  auto twice = Party("no").enrolment();
  *twice.mutable_enrol()->add_curve_keys() = twice.enrol().curve_keys(0);
  EXPECT_EQ(refusal(twice), refusal::kKeyInUse);
  twice = Party("no").enrolment();
  *twice.mutable_enrol()->add_signing_keys() = twice.enrol().signing_keys(0);
  EXPECT_EQ(refusal(twice), refusal::kKeyInUse);
}

TEST_F(DirectoryTest, OldAndNewKeyOverlapUntilTheOldOneEnds) {
  must(at_.enrolment());
  const Party next("at-next");
  auto add = key_change("at");
  add.mutable_change_key()->set_add_signing_key(next.signing.public_key().string());
  add.mutable_change_key()->set_add_curve_key(next.curve.string());
  must(add);
  EXPECT_TRUE(directory_->by_signing_key(at_.signing.key_id()).has_value());
  EXPECT_TRUE(directory_->by_signing_key(next.signing.key_id()).has_value());
  EXPECT_EQ(directory_->by_curve_key(next.curve)->id(), "at");

  auto end = key_change("at");
  end.mutable_change_key()->set_end_signing_key(at_.signing.public_key().string());
  end.mutable_change_key()->set_end_curve_key(at_.curve.string());
  must(end);
  EXPECT_FALSE(directory_->by_signing_key(at_.signing.key_id()).has_value());
  EXPECT_EQ(directory_->by_curve_key(at_.curve), nullptr);
  EXPECT_TRUE(directory_->by_signing_key(next.signing.key_id()).has_value());
  EXPECT_EQ(directory_->participant("at")->signing_keys(0).ended_index(), 3U);
  EXPECT_EQ(refusal(end), refusal::kUnknownKey);
  EXPECT_EQ(refusal(key_change("at")), refusal::kNoChange);
  EXPECT_EQ(refusal(key_change("xx")), refusal::kUnknownParticipant);
}

TEST_F(DirectoryTest, ValidKeysAreLimitedAndAFullRingRotatesInOneAction) {
  must(at_.enrolment());
  auto add = key_change("at");
  for (std::size_t i = 1; i < limits::kKeysPerParticipant; ++i) {
    add.mutable_change_key()->set_add_signing_key(
        Party("k-" + std::to_string(i)).signing.public_key().string());
    must(add);
  }
  add.mutable_change_key()->set_add_signing_key(Party("k-last").signing.public_key().string());
  EXPECT_EQ(refusal(add), refusal::kLimit);
  add.mutable_change_key()->set_end_signing_key(at_.signing.public_key().string());
  must(add);
}

TEST_F(DirectoryTest, SuspensionIsUndoneAndRevocationIsNot) {
  must(at_.enrolment());
  must(submit_grant("at", "*", "*", "AT"));
  must(receive_grant("at", "*", "*", "*"));
  must(state_change("at", v1::SUSPENDED));
  EXPECT_FALSE(directory_->active("at"));
  EXPECT_EQ(directory_->by_curve_key(at_.curve), nullptr);
  EXPECT_FALSE(directory_->by_signing_key(at_.signing.key_id()).has_value());
  EXPECT_FALSE(directory_->may_submit("at", kFlow, "VIC_REG", "AT"));
  EXPECT_FALSE(directory_->may_receive_from("at", kFlow, "VIC_REG", "no").has_value());
  EXPECT_EQ(refusal(state_change("at", v1::SUSPENDED)), refusal::kNoChange);
  must(state_change("at", v1::ACTIVE));
  EXPECT_TRUE(directory_->may_submit("at", kFlow, "VIC_REG", "AT"));
  must(state_change("at", v1::REVOKED));
  EXPECT_FALSE(directory_->may_submit("at", kFlow, "VIC_REG", "AT"));
  EXPECT_EQ(refusal(state_change("at", v1::ACTIVE)), refusal::kRevokedForGood);
  EXPECT_EQ(refusal(submit_grant("at", "*", "*", "DE")), refusal::kRevokedForGood);
  EXPECT_EQ(refusal(key_change("at")), refusal::kRevokedForGood);
  EXPECT_EQ(refusal(at_.enrolment()), refusal::kAlreadyEnrolled);
}

TEST_F(DirectoryTest, SomebodyCanAlwaysAdminister) {
  EXPECT_EQ(refusal(state_change("hub-op", v1::SUSPENDED)), refusal::kLastOperator);
  EXPECT_EQ(refusal(state_change("hub-op", v1::REVOKED)), refusal::kLastOperator);
  auto end = key_change("hub-op");
  end.mutable_change_key()->set_end_signing_key(operator_.signing.public_key().string());
  EXPECT_EQ(refusal(end), refusal::kLastOperator);
  must(Party("op-2").enrolment(v1::OPERATOR));
  must(state_change("hub-op", v1::SUSPENDED), "op-2");
  EXPECT_EQ(refusal(state_change("op-2", v1::SUSPENDED), "op-2"), refusal::kLastOperator);
}

TEST_F(DirectoryTest, GrantsHoldForWhatTheirPatternsCover) {
  must(at_.enrolment());
  must(Party("ep").enrolment(v1::EUROPOL));
  must(submit_grant("at", "RAPPORTEUR:*", "CJ_*|VIC_*", "AT"));
  EXPECT_TRUE(directory_->may_submit("at", kFlow, "VIC_REG", "AT"));
  EXPECT_FALSE(directory_->may_submit("at", kFlow, "VIC_REG", "DE"));
  EXPECT_FALSE(directory_->may_submit("at", kFlow, "POL_X", "AT"));
  EXPECT_FALSE(directory_->may_submit("at", "UNODC:GLOTIP(1.0)", "VIC_REG", "AT"));
  EXPECT_FALSE(directory_->may_submit("ep", kFlow, "VIC_REG", "AT"));
  EXPECT_EQ(refusal(submit_grant("at", "RAPPORTEUR:*", "CJ_*|VIC_*", "AT")),
            refusal::kAlreadyGranted);

  auto remove = submit_grant("at", "RAPPORTEUR:*", "CJ_*|VIC_*", "AT");
  v1::AdministrativeAction removal;
  *removal.mutable_remove_grant() = remove.add_grant();
  must(removal);
  EXPECT_FALSE(directory_->may_submit("at", kFlow, "VIC_REG", "AT"));
  EXPECT_EQ(refusal(removal), refusal::kUnknownGrant);
}

TEST_F(DirectoryTest, GrantsAreChecked) {
  must(at_.enrolment());
  EXPECT_EQ(refusal(submit_grant("xx", "*", "*", "*")), refusal::kUnknownParticipant);
  for (const std::string& pattern :
       {std::string(), std::string("A|"), std::string("|A"), std::string("A||B"),
        std::string("A B"), std::string("A\n"), std::string(limits::kPatternBytes + 1, 'A')}) {
    EXPECT_EQ(refusal(submit_grant("at", "*", "*", pattern)), refusal::kBadPattern) << pattern;
    EXPECT_EQ(refusal(receive_grant("at", "*", pattern, "*")), refusal::kBadPattern) << pattern;
  }
  v1::AdministrativeAction none;
  none.mutable_add_grant()->set_participant("at");
  EXPECT_EQ(refusal(none), refusal::kBadAction);
}

TEST_F(DirectoryTest, ReceivingBeginsNowOrAtAnIndexOfTheLog) {
  must(at_.enrolment());
  auto later = receive_grant("at", "*", "VIC_*", "no");
  later.mutable_add_grant()->mutable_receive()->set_from_index(directory_->version() + 1);
  EXPECT_EQ(refusal(later), refusal::kBadAction);
  auto now = receive_grant("at", "*", "*", "*");
  now.mutable_add_grant()->mutable_receive()->set_from_now(true);
  const std::uint64_t index = directory_->version();
  must(now);
  EXPECT_EQ(directory_->may_receive_from("at", kFlow, "CJ_INV", "no"), LogIndex{index});
  // The widest of several rights counts.
  must(receive_grant("at", "*", "VIC_*", "no"));
  EXPECT_EQ(directory_->may_receive_from("at", kFlow, "VIC_REG", "no"), LogIndex{0});
  EXPECT_EQ(directory_->may_receive_from("at", kFlow, "VIC_REG", "pt"), LogIndex{index});

  v1::AdministrativeAction removal;
  *removal.mutable_remove_grant() = receive_grant("at", "*", "*", "*").add_grant();
  must(removal);
  EXPECT_EQ(directory_->may_receive_from("at", kFlow, "CJ_INV", "no"), std::nullopt);
}

TEST_F(DirectoryTest, OneOperatorOnlyTightensThePolicy) {
  const rules::Policy before = directory_->policy(kFlow);
  EXPECT_EQ(before.k, 10U);
  must(policy(20, 0, true, 5, v1::Policy::FREE_TEXT_NONE));
  const rules::Policy after = directory_->policy(kFlow);
  EXPECT_EQ(after.k, 20U);
  EXPECT_EQ(after.depth_from, 0U);
  EXPECT_TRUE(after.zeros_sensitive);
  EXPECT_EQ(after.interval_width, 5U);
  EXPECT_EQ(after.free_text, codelists::FreeText::kNone);
  EXPECT_EQ(directory_->policy("UNODC:GLOTIP(1.0)").k, 10U);

  EXPECT_EQ(refusal(policy(19, 0, true, 5, v1::Policy::FREE_TEXT_NONE)),
            refusal::kNeedsTwoOperators);
  EXPECT_EQ(refusal(policy(20, 1, true, 5, v1::Policy::FREE_TEXT_NONE)),
            refusal::kNeedsTwoOperators);
  EXPECT_EQ(refusal(policy(20, 0, false, 5, v1::Policy::FREE_TEXT_NONE)),
            refusal::kNeedsTwoOperators);
  EXPECT_EQ(refusal(policy(20, 0, true, 4, v1::Policy::FREE_TEXT_NONE)),
            refusal::kNeedsTwoOperators);
  EXPECT_EQ(refusal(policy(20, 0, true, 5, v1::Policy::FREE_TEXT_SCANNED)),
            refusal::kNeedsTwoOperators);
  EXPECT_EQ(refusal(policy(20, 0, true, 5, v1::Policy::FREE_TEXT_NONE)), refusal::kNoChange);
  EXPECT_EQ(refusal(policy(0, 0, true, 5, v1::Policy::FREE_TEXT_NONE)), refusal::kBadPolicy);
  EXPECT_EQ(refusal(policy(20, 7, true, 5, v1::Policy::FREE_TEXT_NONE)), refusal::kBadPolicy);
  EXPECT_EQ(refusal(policy(30, 0, true, 5, v1::Policy::FREE_TEXT_UNSPECIFIED)),
            refusal::kBadPolicy);
  auto unknown = policy(30, 0, true, 5, v1::Policy::FREE_TEXT_NONE);
  unknown.mutable_change_policy()->mutable_policy()->set_dataflow("XX:NONE(1.0)");
  EXPECT_EQ(refusal(unknown), refusal::kUnknownDataflow);
}

TEST(ReleasedTo, FollowsTheHeader) {
  v1::Participant receiver;
  receiver.set_id("ep");
  receiver.set_kind(v1::EUROPOL);
  v1::Releasability releasability;
  EXPECT_FALSE(released_to(releasability, receiver)) << "not said is nobody";
  releasability.set_audience(v1::AUDIENCE_PUBLIC);
  EXPECT_TRUE(released_to(releasability, receiver));
  releasability.set_audience(v1::AUDIENCE_PARTICIPANTS);
  EXPECT_TRUE(released_to(releasability, receiver));
  releasability.set_audience(v1::AUDIENCE_LISTED);
  EXPECT_FALSE(released_to(releasability, receiver));
  releasability.add_participants("at");
  EXPECT_FALSE(released_to(releasability, receiver));
  releasability.add_kinds("EUROPOL");
  EXPECT_TRUE(released_to(releasability, receiver));
  releasability.clear_kinds();
  releasability.add_participants("ep");
  EXPECT_TRUE(released_to(releasability, receiver));
}

}  // namespace
}  // namespace rapporteur::directory
