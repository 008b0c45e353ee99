#include <gtest/gtest.h>

#include "proto/base/fault_codes.h"
#include "tests/fakes/core_stage.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;
using fakes::CoreStage;

CoreOptions with_policy() {
  CoreOptions options;
  options.policy = std::make_shared<const verify::Policy>(verify::Policy::of_log({"log", {}, {}}));
  return options;
}

v1::Frame handed_in(const std::string& note) {
  v1::Frame frame;
  frame.set_correlation(70);
  frame.mutable_cosignatures()->set_note(note);
  return frame;
}

v1::Frame asked(std::uint64_t index, bool wait) {
  v1::Frame frame;
  frame.set_correlation(71);
  frame.mutable_query()->mutable_cosigned()->set_index(index);
  frame.mutable_query()->mutable_cosigned()->set_wait(wait);
  return frame;
}

// What a worker says to the one note that was handed in.
void verified(CoreStage& stage, std::uint64_t size, bool quorum) {
  auto jobs = stage.take<VerifyCosignatures>();
  ASSERT_EQ(jobs.size(), 1U);
  stage.step(CosignaturesVerified{std::move(jobs[0].asker), std::move(jobs[0].note), TreeSize{size},
                                  quorum, std::move(jobs[0].held)});
}

TEST(CoreCosigned, OnlyOperatorsAndAuditorsHandIn) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.at);
  stage.receive(0, stage.at, handed_in("note"));
  EXPECT_EQ(stage.only(0).fault().code(), faults::kNotAllowed);
  EXPECT_TRUE(stage.take<VerifyCosignatures>().empty());
  stage.greet(1, stage.op);
  stage.receive(1, stage.op, handed_in("note"));
  EXPECT_EQ(stage.take<VerifyCosignatures>().size(), 1U);
}

TEST(CoreCosigned, AHubWithoutAPolicyTakesNone) {
  CoreStage stage;
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("note"));
  EXPECT_EQ(stage.only(0).fault().code(), faults::kNotAllowed);
  // And there is nothing to wait for.
  stage.receive(0, stage.op, asked(0, true));
  EXPECT_EQ(stage.take<Ask>().size(), 1U);
}

TEST(CoreCosigned, IsGivenOutWhenItIsDurable) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("note of 3"));
  verified(stage, 3, true);
  EXPECT_TRUE(stage.sent(0).empty());
  EXPECT_EQ(stage.core->status(stage.now).cosigned_checkpoint(), "");
  stage.commit();
  const v1::Cosigned kept = stage.only(0).answer().cosigned();
  EXPECT_EQ(kept.checkpoint(), "note of 3");
  EXPECT_EQ(kept.tree_size(), 3U);
  EXPECT_EQ(stage.states.at("cosigned"), "note of 3");
  EXPECT_EQ(stage.core->status(stage.now).cosigned_checkpoint(), "note of 3");
}

TEST(CoreCosigned, WithoutAQuorumNothingChangesButWhatTheNextIsMergedWith) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("one of two"));
  verified(stage, 3, false);
  EXPECT_EQ(stage.only(0).answer().cosigned().checkpoint(), "");
  stage.receive(0, stage.op, handed_in("the other"));
  const auto jobs = stage.take<VerifyCosignatures>();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].held, "one of two");
}

TEST(CoreCosigned, WhatIsVerifiedAtOnceIsMergedAllTheSame) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("one of two"));
  stage.receive(0, stage.op, handed_in("the other"));
  auto jobs = stage.take<VerifyCosignatures>();
  ASSERT_EQ(jobs.size(), 2U);
  for (auto& job : jobs) {
    EXPECT_EQ(job.held, "");
    stage.step(CosignaturesVerified{job.asker, job.note, TreeSize{3}, false, job.held});
  }
  const auto again = stage.take<VerifyCosignatures>();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].note, "the other");
  EXPECT_EQ(again[0].held, "one of two");
}

TEST(CoreCosigned, AQuorumIsTakenThoughALargerOneWasBegun) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("begun"));
  verified(stage, 4, false);
  EXPECT_EQ(stage.sent(0).size(), 1U);
  stage.receive(0, stage.op, handed_in("whole"));
  verified(stage, 3, true);
  stage.commit();
  EXPECT_EQ(stage.only(0).answer().cosigned().checkpoint(), "whole");
}

TEST(CoreCosigned, NeverGoesBack) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.receive(0, stage.op, handed_in("note of 5"));
  verified(stage, 5, true);
  stage.commit();
  static_cast<void>(stage.sent(0));
  stage.receive(0, stage.op, handed_in("note of 4"));
  verified(stage, 4, true);
  stage.commit();
  EXPECT_EQ(stage.only(0).answer().cosigned().checkpoint(), "note of 5");
  EXPECT_EQ(stage.states.at("cosigned"), "note of 5");
}

TEST(CoreCosigned, AQuestionWaitsUntilTheEntryIsCovered) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.op);
  stage.greet(1, stage.at);
  stage.receive(1, stage.at, asked(4, true));
  EXPECT_TRUE(stage.take<Ask>().empty());
  for (const std::uint64_t size : {4U, 5U}) {
    stage.receive(0, stage.op, handed_in("note" + std::to_string(size)));
    verified(stage, size, true);
    EXPECT_TRUE(stage.take<Ask>().empty());
    stage.commit();
    EXPECT_EQ(stage.take<Ask>().size(), size == 5U ? 1U : 0U) << size;
  }
}

TEST(CoreCosigned, AQuestionDoesNotWaitForEver) {
  CoreStage stage(with_policy());
  stage.greet(0, stage.at);
  stage.receive(0, stage.at, asked(4, true));
  EXPECT_TRUE(stage.take<Ask>().empty());
  stage.pass(10s);
  EXPECT_EQ(stage.take<Ask>().size(), 1U);
}

}  // namespace
}  // namespace rapporteur::core
