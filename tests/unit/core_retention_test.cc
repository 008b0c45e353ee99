// When the core has bodies looked for whose time is over, and what it does with them.
#include <gmock/gmock.h>

#include "tests/fakes/core_stage.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFlow = "RAPPORTEUR:THB(1.0)";

class CoreRetentionTest : public ::testing::Test {
 protected:
  CoreRetentionTest() {
    stage.step(Start{started_draft({})});
    stage.commit();
    stage.pass(1s);
  }
  void retain(std::uint32_t live_days, std::uint32_t superseded_days) {
    v1::AdministrativeAction action;
    action.mutable_set_retention()->set_dataflow(kFlow);
    action.mutable_set_retention()->set_live_days(live_days);
    action.mutable_set_retention()->set_superseded_days(superseded_days);
    stage.administer(action);
  }
  // The one question that is asked; its sweep is 0 when there is none.
  FindExpired asked() {
    auto all = stage.take<FindExpired>();
    EXPECT_LE(all.size(), 1U);
    return all.empty() ? FindExpired() : std::move(all.front());
  }
  void found(const FindExpired& question, const std::vector<std::uint64_t>& indices,
             std::uint64_t next, bool last) {
    ExpiredPiece piece;
    piece.next = LogIndex{next};
    piece.last = last;
    for (const std::uint64_t index : indices) piece.indices.push_back(LogIndex{index});
    piece.reads.resources.push_back(journal::resource_named("directory"));
    stage.step(ExpiredFound{question.sweep, std::move(piece)});
  }

  fakes::CoreStage stage;
};

TEST_F(CoreRetentionTest, WithoutRetentionNothingIsLookedFor) {
  stage.pass(48h);
  EXPECT_EQ(asked().sweep, 0U);
}

TEST_F(CoreRetentionTest, EveryRuleGoesThroughTheWholeLog) {
  retain(365, 30);
  stage.pass(1s);
  FindExpired question = asked();
  EXPECT_TRUE(question.rule.superseded);
  EXPECT_EQ(question.rule.days, 30U);
  EXPECT_EQ(question.from, LogIndex{0});
  EXPECT_EQ(question.as_of, stage.core->size()) << "that of its directory";
  found(question, {}, 700, false);
  question = asked();
  EXPECT_TRUE(question.rule.superseded);
  EXPECT_EQ(question.from, LogIndex{700});
  found(question, {}, 900, true);
  question = asked();
  EXPECT_FALSE(question.rule.superseded);
  EXPECT_EQ(question.rule.days, 365U);
  EXPECT_EQ(question.from, LogIndex{0});
  found(question, {}, 900, true);
  EXPECT_EQ(asked().sweep, 0U);
  stage.pass(23h);
  EXPECT_EQ(asked().sweep, 0U) << "once a day";
  stage.pass(1h);
  EXPECT_NE(asked().sweep, 0U);
}

TEST_F(CoreRetentionTest, WhatIsFoundBecomesAnEntryAndThePieceIsLookedAtAgain) {
  retain(365, 0);
  stage.pass(1s);
  FindExpired question = asked();
  found(question, {3, 5}, 700, false);
  EXPECT_EQ(asked().sweep, 0U) << "not before the entry is written";
  auto proposals = stage.take<Propose>();
  ASSERT_EQ(proposals.size(), 1U);
  EXPECT_EQ(proposals.front().reads.resources.size(), 1U) << "it goes stale like a verdict";
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(proposals.front().draft.record));
  EXPECT_EQ(record.expired().dataflow(), kFlow);
  EXPECT_EQ(record.expired().days(), 365U);
  EXPECT_EQ(record.expired().indices_size(), 2);
  EXPECT_EQ(proposals.front().draft.erases, (std::vector{LogIndex{3}, LogIndex{5}}));
  LogGrew grown;
  grown.added.first = grown.added.end = LogIndex{stage.core->size().value};
  grown.own = {proposals.front().token};
  stage.step(std::move(grown));
  question = asked();
  EXPECT_EQ(question.from, LogIndex{0});
}

TEST_F(CoreRetentionTest, WhatWentStaleIsLookedForAgain) {
  retain(365, 0);
  stage.pass(1s);
  found(asked(), {3}, 700, false);
  auto proposals = stage.take<Propose>();
  ASSERT_EQ(proposals.size(), 1U);
  stage.step(ProposalDropped{proposals.front().token});
  EXPECT_EQ(asked().from, LogIndex{0});
}

TEST_F(CoreRetentionTest, ARuleThatFailsIsCountedAndTheOthersGoOn) {
  retain(365, 30);
  stage.pass(1s);
  FindExpired question = asked();
  found(question, {}, 700, false);
  question = asked();
  stage.step(ExpiredFound{question.sweep, fail(ErrorKind::kStorage, "entry 700 cannot be read")});
  EXPECT_EQ(stage.core->counters().sweeps_failed, 1U);
  EXPECT_THAT(
      stage.core->counters().sweep_failure,
      testing::AllOf(testing::HasSubstr(kFlow), testing::HasSubstr("entry 700 cannot be read")));
  question = asked();
  EXPECT_FALSE(question.rule.superseded);
  EXPECT_EQ(question.from, LogIndex{0});
  found(question, {}, 900, true);
  EXPECT_EQ(asked().sweep, 0U) << "what failed waits for the next sweep";
  stage.pass(24h);
  EXPECT_TRUE(asked().rule.superseded);
}

TEST_F(CoreRetentionTest, ANewRuleEndsTheSweepOfTheOldOne) {
  retain(365, 0);
  stage.pass(1s);
  const FindExpired old = asked();
  retain(30, 0);
  found(old, {3}, 700, false);
  EXPECT_TRUE(stage.take<Propose>().empty()) << "the old rule does not hold any more";
  stage.pass(1s);
  EXPECT_EQ(asked().rule.days, 30U);
  found(old, {3}, 700, false);
  EXPECT_TRUE(stage.take<Propose>().empty());
}

}  // namespace
}  // namespace rapporteur::core
