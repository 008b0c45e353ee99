// Revisions and withdrawals: chains of submissions through the gate.
#include <gmock/gmock.h>

#include "tests/unit/gate_chain_fixture.h"

namespace rapporteur::admission {
namespace {

using fakes::figure;
using fakes::Sender;

class GateChainTest : public GateChainFixture {
 protected:
  // Indices of the submissions that hold cells of that year.
  std::vector<LogIndex> holders(const std::string& period) { return table(period).holders(); }

  static Observation by_sex(const std::string& sex, std::optional<std::int64_t> value) {
    Observation out = year("2006", value.value_or(0));
    out[Dimension::kSex] = sex;
    if (!value) {
      out.value.reset();
      out[Attribute::kObsStatus] = "Q";
    }
    return out;
  }
  const std::vector<Observation> women_{by_sex("F", 16)};
  const std::vector<Observation> hidden_{by_sex("_T", 18), by_sex("F", {}), by_sex("M", {})};
};

TEST_F(GateChainTest, RevisionReplacesTheWhole) {
  const Sent first = submit({year("2005"), year("2006")});
  ASSERT_EQ(first.said, "accepted");
  const LogIndex replaced = last();
  EXPECT_EQ(holders("2005"), std::vector{replaced});

  EXPECT_EQ(revise(first.id, {year("2006", 43), year("2007")}).said, "accepted");
  EXPECT_EQ(holders("2005"), std::vector<LogIndex>{});
  EXPECT_EQ(holders("2006"), std::vector{last()});
  EXPECT_EQ(holders("2007"), std::vector{last()});
  const v1::Accepted accepted = stage_.last_record().accepted();
  EXPECT_EQ(accepted.replaced_index(), replaced.value);
  const auto deleted = BodyCodec::decode_keys(accepted.deleted());
  ASSERT_TRUE(deleted.has_value());
  ASSERT_EQ(deleted->rows(), 1U);
  EXPECT_EQ(deleted->key_text(0), year("2005").key_text());
  // The key left out is free again.
  EXPECT_EQ(submit({year("2005")}).said, "accepted");
}

TEST_F(GateChainTest, WhatWasReplacedOrWithdrawnIsStillKnown) {
  const Sent first = submit(women_);
  ASSERT_EQ(first.said, "accepted");
  EXPECT_EQ(revise(first.id, hidden_).said, "refused DIFFERENCE_WITH");
  ASSERT_EQ(withdraw(first.id).said, "accepted");
  EXPECT_EQ(submit(hidden_).said, "refused DIFFERENCE_WITH");
  // A later version without a count takes nothing back.
  const Sent blank = submit({by_sex("F", {})});
  EXPECT_EQ(blank.said, "accepted");
  EXPECT_EQ(revise(blank.id, hidden_).said, "refused DIFFERENCE_WITH");
}

TEST_F(GateChainTest, OfWhatWasReplacedTheNewestCountIsKnown) {
  const Sent first = submit(women_);
  const Sent second = revise(first.id, {by_sex("F", 31)});
  ASSERT_EQ(second.said, "accepted");
  // Against 31 a total of 18 is another count: nothing follows, and what is hidden is as hidden as
  // its certificate shows.
  EXPECT_EQ(revise(second.id, hidden_).said, "refused NEEDS_CERTIFICATE");
}

TEST_F(GateChainTest, ASmallCorrectionIsForTheDataOfficer) {
  const Sent first = submit({by_sex("_T", 47), by_sex("F", 16), by_sex("M", 31)});
  const std::vector<Observation> corrected{by_sex("_T", 49), by_sex("F", 18), by_sex("M", 31)};
  EXPECT_EQ(revise(first.id, corrected).said, "refused SMALL_CHANGE");
  // Withdrawn and sent anew it is as small.
  ASSERT_EQ(withdraw(first.id).said, "accepted");
  EXPECT_EQ(submit(corrected).said, "refused SMALL_CHANGE");
  EXPECT_EQ(submit({by_sex("_T", 47), by_sex("F", 16), by_sex("M", 31)}).said, "accepted");
}

TEST_F(GateChainTest, OnlyTheHeadIsRevised) {
  const Sent first = submit({year("2006")});
  const Sent second = revise(first.id, {year("2006", 43)});
  ASSERT_EQ(second.said, "accepted");
  const Sent third = revise(second.id, {year("2006", 44)});
  ASSERT_EQ(third.said, "accepted");
  const std::vector<Observation> figures{year("2006", 45)};
  const auto verdict =
      stage_.judge(at_.sealed(at_.replacing(v1::KIND_REVISION, first.id, figures), figures), at_);
  const auto& enter = std::get<Enter>(verdict);
  ASSERT_FALSE(enter.accepted);
  EXPECT_EQ(fakes::error_codes(enter.findings), std::set<std::string>{"CONFLICT"});
  EXPECT_THAT(enter.findings.front().detail_en,
              testing::HasSubstr(uuid_text(*MessageId::from(third.id))));
}

TEST_F(GateChainTest, RevisionMustFindWhatItRevises) {
  const Sent first = submit({year("2006")});
  const std::string nobody = at_.next_id().string();
  EXPECT_EQ(revise(nobody, {year("2006")}).said, "refused NOT_FOUND");
  // Of another indicator.
  EXPECT_EQ(revise(first.id, {figure("CJ_INV", "AT", "2006", 3)}).said, "refused NOT_FOUND");
  // Refused before, so never published.
  const Sent refused = submit({figure("VIC_REG", "DE", "2006", 42)});
  ASSERT_EQ(refused.said, "refused RIGHTS");
  EXPECT_EQ(revise(refused.id, {year("2006")}).said, "refused NOT_FOUND");
  // Of somebody else.
  Sender lv("lv");
  stage_.enrol(lv, "LV");
  const std::vector<Observation> figures{figure("VIC_REG", "LV", "2006", 42)};
  EXPECT_EQ(stage_.send(lv.sealed(lv.replacing(v1::KIND_REVISION, first.id, figures), figures), lv),
            "refused NOT_FOUND");
}

TEST_F(GateChainTest, RevisionIsJudgedAsIfTheOldWereGone) {
  const Sent first = submit({year("2006", 42)});
  const Sent other = submit({year("2007", 42)});
  ASSERT_EQ(other.said, "accepted");
  // Its own key is free, the key of another live submission is not.
  EXPECT_EQ(revise(first.id, {year("2006"), year("2007")}).said, "refused KEY_EXISTS");
  EXPECT_EQ(revise(first.id, {year("2006", 41)}).said, "accepted");
}

TEST_F(GateChainTest, WithdrawalTakesAllKeysBack) {
  const Sent first = submit({year("2005"), year("2006")});
  const LogIndex withdrawn = last();
  EXPECT_EQ(withdraw(first.id).said, "accepted");
  EXPECT_EQ(holders("2006"), std::vector<LogIndex>{});
  const v1::Accepted accepted = stage_.last_record().accepted();
  EXPECT_EQ(accepted.replaced_index(), withdrawn.value);
  EXPECT_EQ(BodyCodec::decode_keys(accepted.deleted())->rows(), 2U);
  EXPECT_EQ(submit({year("2006")}).said, "accepted");
}

TEST_F(GateChainTest, NothingIsWithdrawnTwice) {
  const Sent first = submit({year("2006")});
  const Sent second = revise(first.id, {year("2006", 43)});
  const Sent withdrawal = withdraw(second.id);
  ASSERT_EQ(withdrawal.said, "accepted");
  EXPECT_EQ(withdraw(second.id).said, "refused WITHDRAWN");
  EXPECT_EQ(withdraw(first.id).said, "refused WITHDRAWN");
  EXPECT_EQ(revise(second.id, {year("2006", 44)}).said, "refused WITHDRAWN");
  EXPECT_EQ(withdraw(withdrawal.id).said, "refused NOT_FOUND");
}

TEST_F(GateChainTest, WithdrawalCarriesNothingElse) {
  const Sent first = submit({year("2006")});
  auto header = at_.replacing(v1::KIND_WITHDRAWAL, first.id, {year("2006")});
  EXPECT_EQ(send(header, {year("2006")}).said, "refused HEADER_AREAS NOT_EMPTY");
  header = at_.replacing(v1::KIND_WITHDRAWAL, first.id);
  header.mutable_releasability()->set_audience(v1::AUDIENCE_PUBLIC);
  EXPECT_EQ(send(header, {}).said, "refused RELEASABILITY");
}

TEST_F(GateChainTest, RightToAnAreaIsNeededToTakeItBack) {
  const Sent first = submit({year("2006")});
  v1::AdministrativeAction removal;
  *removal.mutable_remove_grant() = fakes::submit_grant("at", "*", "*", "AT").add_grant();
  stage_.administer(removal);
  EXPECT_EQ(withdraw(first.id).said, "refused RIGHTS");
}

}  // namespace
}  // namespace rapporteur::admission
