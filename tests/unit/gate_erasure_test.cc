// Erasure at the gate: what may be erased, what is accepted beside it afterwards, what a hold
// keeps.
#include <gmock/gmock.h>

#include "broker/admission/erasure.h"
#include "tests/unit/gate_chain_fixture.h"

namespace rapporteur::admission {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kDayMs = 24ULL * 60 * 60 * 1'000;

class GateErasureTest : public GateChainFixture {
 protected:
  std::string administer(const v1::AdministrativeAction& action) {
    return stage_.send(stage_.op.administration(action), stage_.op);
  }
  std::string erase(LogIndex index, const std::string& reason = "asked for by the agency") {
    v1::AdministrativeAction action;
    action.mutable_erase()->set_index(index.value);
    action.set_reason(reason);
    return administer(action);
  }
  std::string hold(const v1::LegalHold& hold) {
    v1::AdministrativeAction action;
    *action.mutable_place_hold() = hold;
    return administer(action);
  }
  std::string retain(std::uint32_t live_days, std::uint32_t superseded_days) {
    v1::AdministrativeAction action;
    action.mutable_set_retention()->set_dataflow(fakes::kDataflow);
    action.mutable_set_retention()->set_live_days(live_days);
    action.mutable_set_retention()->set_superseded_days(superseded_days);
    return administer(action);
  }
  journal::BodyState state(LogIndex index) { return stage_.journal.entry(index)->state; }
  // Whatever the record of the entry says that takes it.
  void take_body(LogIndex index, const v1::Record& record) {
    journal::Draft draft;
    draft.record = record.SerializeAsString();
    draft.erases = {index};
    ASSERT_TRUE(stage_.journal.append({&draft, 1}));
  }
  // The journal of the stage writes 1,000 ms and one more for each entry.
  core::FindExpired question(bool superseded, std::uint32_t days, std::uint64_t now_ms) {
    return {1,
            {fakes::kDataflow, superseded, days},
            LogIndex{0},
            UnixMillis(std::chrono::milliseconds(now_ms)),
            stage_.journal.size(),
            stage_.directory.get()};
  }
  std::vector<LogIndex> expired(bool superseded, std::uint32_t days, std::uint64_t now_ms) {
    const auto found = find_expired(question(superseded, days, now_ms), stage_.journal);
    EXPECT_TRUE(found) << found.error().line();
    return found ? found->indices : std::vector<LogIndex>();
  }
};

TEST_F(GateErasureTest, AnErasureIsAnEntryAndTakesTheBodyAlone) {
  const Sent sent = submit({year("2005")});
  const std::string record = stage_.journal.entry(sent.index)->record;
  EXPECT_EQ(erase(sent.index), "accepted");
  EXPECT_TRUE(stage_.last_record().has_administered());
  EXPECT_EQ(state(sent.index), journal::BodyState::kErased);
  EXPECT_EQ(stage_.journal.entry(sent.index)->record, record);
  EXPECT_THAT(table("2005").holders(), IsEmpty());
  EXPECT_THAT(table("2005").erased(), ElementsAre(sent.index));
}

TEST_F(GateErasureTest, OnlyBodiesThatAreThereAreErasedAndWithAReason) {
  const Sent sent = submit({year("2005")});
  EXPECT_EQ(erase(LogIndex{0}), "refused NO_BODY");
  EXPECT_EQ(erase(LogIndex{1'000}), "refused NO_BODY");
  EXPECT_EQ(erase(sent.index, ""), "refused BAD_TEXT");
  EXPECT_EQ(erase(sent.index), "accepted");
  EXPECT_EQ(erase(sent.index), "refused NO_BODY");
  EXPECT_EQ(erase(LogIndex{stage_.journal.size().value - 2}), "refused NO_BODY");
  v1::AdministrativeAction action;
  action.mutable_erase()->set_index(sent.index.value);
  action.set_reason("I want to");
  EXPECT_EQ(stage_.send(at_.administration(action), at_), "refused NOT_OPERATOR");
}

TEST_F(GateErasureTest, NothingNewIsAcceptedBesideAnErasedSubmission) {
  const Sent first = submit({year("2005"), year("2006")});
  ASSERT_EQ(erase(first.index), "accepted");
  EXPECT_EQ(submit({year("2005", 43)}).said, "refused ERASED");
  Observation beside = year("2006");
  beside[Dimension::kSex] = "F";
  EXPECT_EQ(submit({beside}).said, "refused ERASED");
  EXPECT_EQ(submit({year("2007")}).said, "accepted") << "another table";
}

TEST_F(GateErasureTest, ARevisionOrWithdrawalMakesRoomAgain) {
  const Sent first = submit({year("2005"), year("2006")});
  ASSERT_EQ(erase(first.index), "accepted");
  const Sent second = revise(first.id, {year("2005", 43)});
  EXPECT_EQ(second.said, "accepted");
  EXPECT_EQ(stage_.last_record().accepted().replaced_index(), first.index.value);
  EXPECT_FALSE(stage_.last_record().accepted().has_deleted()) << "nobody knows what it held";
  EXPECT_EQ(submit({year("2006")}).said, "accepted");
  ASSERT_EQ(erase(second.index), "accepted");
  EXPECT_EQ(withdraw(second.id).said, "accepted");
  EXPECT_EQ(submit({year("2005", 44)}).said, "accepted");
}

TEST_F(GateErasureTest, RightToAnAreaIsNeededToReplaceWhatWasErased) {
  stage_.administer(fakes::submit_grant("at", "*", "*", "BE"));
  const Sent first = submit({year("2005")});
  ASSERT_EQ(erase(first.index), "accepted");
  v1::AdministrativeAction removal;
  *removal.mutable_remove_grant() = fakes::submit_grant("at", "*", "*", "AT").add_grant();
  stage_.administer(removal);
  EXPECT_EQ(revise(first.id, {fakes::figure("VIC_REG", "BE", "2005", 42)}).said, "refused RIGHTS");
  EXPECT_EQ(withdraw(first.id).said, "refused RIGHTS");
}

TEST_F(GateErasureTest, WhatWasSupersededCanBeErasedAndLeavesTheTablesAlone) {
  const Sent first = submit({year("2005")});
  const Sent second = revise(first.id, {year("2005", 43)});
  ASSERT_EQ(erase(first.index), "accepted");
  EXPECT_THAT(table("2005").erased(), IsEmpty());
  EXPECT_THAT(table("2005").holders(), ElementsAre(second.index));
}

// In a restored log: by an entry after its backup, in whose place another stands.
TEST_F(GateErasureTest, WhatALostEntryErasedIsErasedAgain) {
  const Sent first = submit({year("2005"), year("2006")});
  v1::Record other;
  other.mutable_stopped();
  take_body(first.index, other);
  EXPECT_EQ(submit({year("2005", 43)}).said, "refused ERASED") << "the tables do not say so";
  EXPECT_EQ(erase(first.index), "accepted");
  EXPECT_EQ(stage_.journal.entry(first.index)->erased_by, last());
  EXPECT_EQ(erase(first.index), "refused NO_BODY");
  EXPECT_EQ(submit({year("2005", 43)}).said, "refused ERASED");
  EXPECT_EQ(withdraw(first.id).said, "accepted");
  EXPECT_EQ(submit({year("2005", 43)}).said, "accepted");
}

TEST_F(GateErasureTest, WhatTheHubErasedInThisLogIsNotErasedAgain) {
  const Sent first = submit({year("2005")});
  v1::Record record;
  record.mutable_expired()->add_indices(first.index.value);
  take_body(first.index, record);
  EXPECT_EQ(erase(first.index), "refused NO_BODY");
}

// Promise: what a legal hold keeps is erased by nobody.
TEST_F(GateErasureTest, AHoldKeepsWhatItCovers) {
  const Sent first = submit({year("2005")});
  const Sent second = submit({year("2006")});
  v1::LegalHold asked;
  asked.set_name("case-12");
  asked.set_first_index(first.index.value);
  asked.set_last_index(first.index.value);
  EXPECT_EQ(hold(asked), "accepted");
  EXPECT_EQ(hold(asked), "refused ALREADY_HELD");
  EXPECT_EQ(erase(first.index), "refused HELD");
  EXPECT_EQ(state(first.index), journal::BodyState::kHere);
  EXPECT_THAT(expired(false, 1, 10 * kDayMs), ElementsAre(second.index));
  EXPECT_EQ(erase(second.index), "accepted");
  v1::AdministrativeAction lift;
  lift.mutable_lift_hold()->set_name("case-12");
  EXPECT_EQ(administer(lift), "accepted");
  EXPECT_EQ(administer(lift), "refused UNKNOWN_HOLD");
  EXPECT_EQ(erase(first.index), "accepted");
}

// The question waits for the reader's thread, and the hold is not among the answer's writes.
TEST_F(GateErasureTest, AHoldPlacedAfterTheQuestionMakesItsAnswerStale) {
  const Sent sent = submit({year("2005")});
  const core::FindExpired asked = question(false, 1, 10 * kDayMs);
  v1::LegalHold placed;
  placed.set_name("case-12");
  ASSERT_EQ(hold(placed), "accepted");
  const auto found = find_expired(asked, stage_.journal);
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_THAT(found->indices, ElementsAre(sent.index)) << "by the directory of the question";
  EXPECT_EQ(found->reads.as_of, asked.as_of) << "so the hold came after what was read";
  EXPECT_LT(found->reads.as_of.value, stage_.journal.size().value);
}

TEST_F(GateErasureTest, AHoldCoversSendersAndDataflows) {
  const Sent first = submit({year("2005")});
  v1::LegalHold asked;
  asked.set_name("others");
  asked.set_sender("be|fr");
  EXPECT_EQ(hold(asked), "accepted");
  asked.set_name("other-flow");
  asked.set_sender("a*");
  asked.set_dataflow("OTHER:*");
  EXPECT_EQ(hold(asked), "accepted");
  EXPECT_EQ(erase(first.index), "accepted");
  const Sent second = submit({year("2006")});
  asked.set_name("this-flow");
  asked.set_dataflow("RAPPORTEUR:*");
  EXPECT_EQ(hold(asked), "accepted");
  EXPECT_EQ(erase(second.index), "refused HELD");
}

TEST_F(GateErasureTest, HoldsAndRetentionThatMeanNothingAreRefused) {
  v1::LegalHold asked;
  asked.set_name("No Name");
  EXPECT_EQ(hold(asked), "refused BAD_HOLD");
  asked.set_name("name");
  asked.set_first_index(3);
  asked.set_last_index(2);
  EXPECT_EQ(hold(asked), "refused BAD_HOLD");
  asked.set_first_index(1'000'000);
  asked.clear_last_index();
  EXPECT_EQ(hold(asked), "refused BAD_HOLD");
  asked.clear_first_index();
  asked.set_sender("two words");
  EXPECT_EQ(hold(asked), "refused BAD_PATTERN");
  EXPECT_EQ(retain(0, 0), "refused NO_CHANGE");
  EXPECT_EQ(retain(40'000, 0), "refused BAD_RETENTION");
  EXPECT_EQ(retain(365, 30), "accepted");
  EXPECT_EQ(retain(365, 30), "refused NO_CHANGE");
  EXPECT_EQ(stage_.directory.get()->state().retentions_size(), 1);
  EXPECT_EQ(retain(0, 0), "accepted");
  EXPECT_EQ(stage_.directory.get()->state().retentions_size(), 0);
}

TEST_F(GateErasureTest, TheTimeOfALiveBodyIsOverAfterItsDays) {
  const Sent sent = submit({year("2005")});
  const std::uint64_t accepted_ms = 1'000 + sent.index.value;
  EXPECT_THAT(expired(false, 7, accepted_ms + 7 * kDayMs - 1), IsEmpty());
  EXPECT_THAT(expired(false, 7, accepted_ms + 7 * kDayMs), ElementsAre(sent.index));
  EXPECT_THAT(expired(true, 7, accepted_ms + 70 * kDayMs), IsEmpty()) << "it is live";
  ASSERT_EQ(erase(sent.index), "accepted");
  EXPECT_THAT(expired(false, 7, accepted_ms + 70 * kDayMs), IsEmpty());
}

TEST_F(GateErasureTest, TheTimeOfASupersededBodyCountsFromWhatReplacedIt) {
  const Sent first = submit({year("2005")});
  const Sent second = revise(first.id, {year("2005", 43)});
  const std::uint64_t replaced_ms = 1'000 + second.index.value;
  EXPECT_THAT(expired(true, 7, replaced_ms + 7 * kDayMs - 1), IsEmpty());
  EXPECT_THAT(expired(true, 7, replaced_ms + 7 * kDayMs), ElementsAre(first.index));
  EXPECT_THAT(expired(false, 7, replaced_ms + 7 * kDayMs), ElementsAre(second.index));
}

}  // namespace
}  // namespace rapporteur::admission
