#include <gmock/gmock.h>

#include "proto/base/fault_codes.h"
#include "tests/fakes/core_stage.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using fakes::CoreStage;

v1::Frame submit_frame(std::uint64_t correlation, std::size_t bytes = 100) {
  v1::Frame frame;
  frame.set_correlation(correlation);
  frame.set_submit(std::string(bytes, 'e'));
  return frame;
}

core::Answered answered(core::Judge& job, core::AnswerKind kind = core::AnswerKind::kAccepted) {
  core::Answered out;
  out.kind = kind;
  v1::Outcome outcome;
  outcome.set_accepted(kind == core::AnswerKind::kAccepted);
  out.frame = core::make_frame(job.asker.correlation, v1::Frame::kOutcome, outcome);
  out.asker = std::move(job.asker);
  return out;
}

TEST(CoreLine, NothingBeforeHello) {
  CoreStage stage;
  stage.receive(1, stage.at, submit_frame(9));
  const auto frame = stage.only(1);
  EXPECT_EQ(frame.correlation(), 9U);
  EXPECT_EQ(frame.fault().code(), faults::kUnexpected);
  EXPECT_TRUE(stage.take<core::Judge>().empty());
}

TEST(CoreLine, AVersionInCommonIsNeeded) {
  CoreStage stage;
  v1::Frame frame;
  frame.set_correlation(1);
  frame.mutable_hello()->set_lowest_version(2);
  frame.mutable_hello()->set_highest_version(9);
  stage.receive(1, stage.at, frame);
  EXPECT_EQ(stage.only(1).fault().code(), faults::kVersion);
}

TEST(CoreLine, WhatIsNoFrameIsMalformed) {
  CoreStage stage;
  stage.greet(1, stage.at);
  for (const std::string& bytes : {std::string("\xFF\xFF\xFF"), std::string(), std::string("\x08"),
                                   std::string("\x22\x7F abc")}) {
    stage.step(core::Received{stage.routing(1), core::user_id({"at", stage.at.curve}), bytes});
    EXPECT_EQ(stage.only(1).fault().code(), faults::kMalformed);
  }
  const std::string twice = submit_frame(1).SerializeAsString() + std::string("\x6A\0", 2);
  stage.step(core::Received{stage.routing(1), core::user_id({"at", stage.at.curve}), twice});
  EXPECT_EQ(stage.only(1).fault().code(), faults::kMalformed) << "two messages in one frame";
}

// Whoever asks waits for its correlation: it is repeated wherever it could be read.
TEST(CoreLine, AMessageThatIsNotKnownIsAnsweredUnderItsCorrelation) {
  CoreStage stage;
  stage.greet(1, stage.at);
  const std::string correlation("\x08\x07", 2);
  const std::string field_99("\x9A\x06\x01m", 4);
  const std::string two = std::string("\x6A\0\x6A\0", 4);
  const std::string cut_off("\x22\x7F abc");
  for (const std::string& bytes :
       {correlation + field_99, field_99 + correlation, correlation + two, two + correlation,
        correlation, correlation + cut_off}) {
    stage.step(core::Received{stage.routing(1), core::user_id({"at", stage.at.curve}), bytes});
    const auto answer = stage.only(1);
    EXPECT_EQ(answer.fault().code(), faults::kMalformed);
    EXPECT_EQ(answer.correlation(), 7U);
  }
}

TEST(CoreLine, UnknownFieldsOfAFrameAreIgnored) {
  CoreStage stage;
  stage.greet(1, stage.at);
  // Field 100, a varint.
  const std::string bytes = submit_frame(3).SerializeAsString() + std::string("\xA0\x06\x01");
  stage.step(core::Received{stage.routing(1), core::user_id({"at", stage.at.curve}), bytes});
  EXPECT_EQ(stage.take<core::Judge>().size(), 1U);
}

TEST(CoreLine, TheEnvelopeIsHandedOnWhereItLies) {
  CoreStage stage;
  stage.greet(1, stage.at);
  v1::Frame frame;
  frame.set_correlation(77);
  frame.set_submit("the envelope");
  stage.receive(1, stage.at, frame);
  const auto jobs = stage.take<core::Judge>();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].frame.substr(jobs[0].offset, jobs[0].size), "the envelope");
  EXPECT_EQ(jobs[0].asker.participant, "at");
  EXPECT_EQ(jobs[0].asker.correlation, 77U);
  EXPECT_EQ(jobs[0].curve_key, stage.at.curve);
}

TEST(CoreLine, TicketsAreConsecutiveInTheOrderOfArrivalOverAllLinesOfAParticipant) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.greet(2, stage.at);
  stage.greet(3, stage.no);
  for (const int line : {1, 2, 2, 1}) stage.receive(line, stage.at, submit_frame(1));
  stage.receive(3, stage.no, submit_frame(1));
  std::vector<std::uint64_t> at;
  for (const auto& job : stage.take<core::Judge>()) {
    if (job.asker.participant == "at") at.push_back(job.ticket);
    if (job.asker.participant == "no") {
      EXPECT_EQ(job.ticket, 0U);
    }
  }
  EXPECT_EQ(at, (std::vector<std::uint64_t>{0, 1, 2, 3}));
}

TEST(CoreLine, OverABudgetTheSenderIsToldOverloadedWithADelayAndNoTicketIsUsed) {
  core::CoreOptions options;
  options.budgets.requests_per_connection = 2;
  CoreStage stage(options);
  stage.greet(1, stage.at);
  for (int i = 1; i <= 3; ++i) stage.receive(1, stage.at, submit_frame(static_cast<unsigned>(i)));
  const auto frame = stage.only(1);
  EXPECT_EQ(frame.correlation(), 3U);
  EXPECT_EQ(frame.fault().code(), faults::kOverloaded);
  EXPECT_GT(frame.fault().retry_after_ms(), 0U);
  auto jobs = stage.take<core::Judge>();
  ASSERT_EQ(jobs.size(), 2U);
  stage.step(answered(jobs[0]));
  EXPECT_TRUE(stage.only(1).has_outcome());
  stage.receive(1, stage.at, submit_frame(4));
  jobs = stage.take<core::Judge>();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].ticket, 2U);
}

TEST(CoreLine, BytesUnderWayAreBoundedPerParticipantAndForTheHub) {
  core::CoreOptions options;
  options.budgets.bytes_per_participant = 1'000;
  options.budgets.bytes = 2'500;
  CoreStage stage(options);
  stage.greet(1, stage.at);
  stage.greet(2, stage.at);
  stage.greet(3, stage.no);
  stage.receive(1, stage.at, submit_frame(1, 900));
  stage.receive(2, stage.at, submit_frame(2, 900));
  EXPECT_EQ(stage.only(2).fault().code(), faults::kOverloaded) << "two lines, one budget";
  stage.receive(3, stage.no, submit_frame(3, 1'400));
  EXPECT_TRUE(stage.sent(3).empty()) << "one large message alone passes";
  stage.greet(4, stage.europol);
  stage.receive(4, stage.europol, submit_frame(4, 900));
  EXPECT_EQ(stage.only(4).fault().code(), faults::kOverloaded) << "the hub's own budget";
}

TEST(CoreLine, TheIdentityIsTheUserIdNeverTheRoutingId) {
  CoreStage stage;
  v1::Frame hello;
  hello.set_correlation(5);
  hello.mutable_hello()->set_highest_version(1);
  stage.step(
      core::Received{"at", core::user_id({"no", stage.no.curve}), hello.SerializeAsString()});
  EXPECT_TRUE(stage.take<core::Ask>().empty());
  const auto sends = stage.take<core::Send>();
  ASSERT_EQ(sends.size(), 1U);
  v1::Frame answer;
  ASSERT_TRUE(answer.ParseFromString(sends[0].frame));
  EXPECT_EQ(answer.fault().code(), faults::kIdentity) << "a chosen routing id";
}

// What waits for a peer is counted with its connection; a peer without one could make the hub keep
// as many refusals as it likes by never reading.
TEST(CoreLine, WhatIsRefusedToAPeerWithoutAConnectionNeverWaits) {
  CoreStage stage;
  stage.greet(1, stage.at);
  const auto refused = [&](const core::RoutingId& from, const std::string& user_id) {
    stage.step(core::Received{from, user_id, submit_frame(1).SerializeAsString()});
    auto sends = stage.take<core::Send>();
    std::erase_if(sends, [&](const core::Send& send) { return send.to != from; });
    EXPECT_EQ(sends.size(), 1U);
    return !sends.empty() && !sends[0].may_wait;
  };
  EXPECT_TRUE(refused("chosen", core::user_id({"at", stage.at.curve})));
  EXPECT_TRUE(refused(stage.routing(2), "no identity"));
  EXPECT_TRUE(refused(stage.routing(1), core::user_id({"no", stage.no.curve})));
  for (std::size_t i = 0; i < limits::kConnectionsPerParticipant; ++i) {
    stage.greet(static_cast<int>(i) + 10, stage.at);
  }
  EXPECT_TRUE(refused(stage.routing(9), core::user_id({"at", stage.at.curve})));
  stage.receive(1, stage.no, submit_frame(1));
  const auto sends = stage.take<core::Send>();
  ASSERT_EQ(sends.size(), 1U);
  EXPECT_TRUE(sends[0].may_wait) << "a line that is counted gets everything";
}

TEST(CoreLine, ARoutingIdThatTurnsUpWithAnotherUserIdEndsTheLineBefore) {
  CoreStage stage;
  stage.greet(1, stage.no);
  stage.receive(1, stage.no, stage.subscribe_frame("all"));
  stage.commit();
  ASSERT_TRUE(stage.only(1).has_position());
  stage.receive(1, stage.no, stage.credit_frame("all", 100));
  stage.receive(1, stage.at, submit_frame(2));
  EXPECT_EQ(stage.only(1).fault().code(), faults::kIdentity);
  EXPECT_TRUE(stage.take<core::Judge>().empty());
  stage.commit({stage.submission("at", "CJ_INV", "AT")});
  EXPECT_TRUE(stage.sent(1).empty()) << "nothing of the line before goes to whoever is there now";
}

TEST(CoreLine, AnAnswerForALineThatIsGoneGoesNowhere) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.receive(1, stage.at, submit_frame(1));
  auto jobs = stage.take<core::Judge>();
  stage.step(core::Unreachable{stage.routing(1)});
  stage.greet(1, stage.no);
  stage.step(answered(jobs[0]));
  EXPECT_TRUE(stage.sent(1).empty());
  EXPECT_EQ(stage.core->in_flight(), 0U);
}

TEST(CoreLine, ARevokedKeyIsRefusedOnALiveLine) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.administer(fakes::state_change("at", v1::REVOKED));
  stage.receive(1, stage.at, submit_frame(1));
  ASSERT_TRUE(stage.take<core::Judge>().empty());
  EXPECT_EQ(stage.only(1).fault().code(), faults::kNotActive);
}

TEST(CoreLine, ConnectionsOfAParticipantAreBounded) {
  CoreStage stage;
  for (std::size_t i = 0; i < limits::kConnectionsPerParticipant; ++i) {
    stage.greet(static_cast<int>(i), stage.at);
  }
  stage.receive(100, stage.at, submit_frame(1));
  EXPECT_EQ(stage.only(100).fault().code(), faults::kOverloaded);
  stage.step(core::Unreachable{stage.routing(0)});
  stage.greet(100, stage.at);
}

// Fifty commands a second, each with a line of its own that is gone when it ends.
TEST(CoreLine, LinesThatAreGoneDoNotFillTheBoundOfAParticipant) {
  CoreStage stage;
  for (int i = 0; i < 200; ++i) {
    stage.greet(i, stage.at);
    for (int gone = 0; gone < i; ++gone) {
      if (!stage.sent(gone).empty()) stage.step(core::Unreachable{stage.routing(gone)});
    }
    stage.pass(20ms);
  }
}

TEST(CoreLine, ASilentLineIsTried) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.pass(9s);
  EXPECT_TRUE(stage.sent(1).empty());
  stage.pass(2s);
  EXPECT_TRUE(stage.only(1).has_heartbeat());
  stage.pass(1s);
  EXPECT_TRUE(stage.sent(1).empty());
}

TEST(CoreLine, ALineThatDoesNotReadIsForgotten) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.step(core::Blocked{stage.routing(1)});
  for (std::size_t i = 0; i * 30'000 <= limits::kUnsentBytesPerConnection; ++i) {
    stage.receive(1, stage.at, submit_frame(1));
    auto jobs = stage.take<core::Judge>();
    if (jobs.empty()) break;
    auto answer = answered(jobs[0]);
    answer.frame.resize(30'000);
    stage.step(std::move(answer));
  }
  EXPECT_EQ(stage.take<core::Forget>().size(), 1U);
}

TEST(CoreLine, LinesThatEndAreCounted) {
  CoreStage stage;
  stage.step(core::LinesEnded{2});
  stage.step(core::LinesEnded{1});
  EXPECT_EQ(stage.core->counters().lines_ended, 3U);
}

TEST(CoreLine, FaultsAreSummedUpOnceAMinute) {
  CoreStage stage;
  for (int i = 0; i < 3; ++i) stage.receive(1, stage.at, submit_frame(1));
  stage.step(core::HandshakesRefused{5});
  stage.pass(30s);
  EXPECT_TRUE(stage.take<core::Propose>().empty());
  stage.pass(31s);
  const auto proposals = stage.take<core::Propose>();
  ASSERT_EQ(proposals.size(), 1U);
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(proposals[0].draft.record));
  ASSERT_EQ(record.unauthenticated().faults_size(), 2);
  EXPECT_EQ(record.unauthenticated().faults(0).participant(), "");
  EXPECT_EQ(record.unauthenticated().faults(0).count(), 5U);
  EXPECT_EQ(record.unauthenticated().faults(1).participant(), "at");
  EXPECT_EQ(record.unauthenticated().faults(1).code(), faults::kUnexpected);
  EXPECT_EQ(record.unauthenticated().faults(1).count(), 3U);
}

TEST(CoreLine, AfterAFailedWriteNothingNewIsTakenAndReadingGoesOn) {
  CoreStage stage;
  stage.greet(1, stage.no);
  stage.receive(1, stage.no, stage.subscribe_frame("all"));
  stage.commit();
  ASSERT_TRUE(stage.only(1).has_position());
  stage.commit({stage.submission("at", "CJ_INV", "AT")});
  stage.step(core::StorageFailed{{ErrorKind::kStorage, "no space left", "data", ""}, {}});
  stage.receive(1, stage.no, submit_frame(2));
  EXPECT_EQ(stage.only(1).fault().code(), faults::kStorage);
  EXPECT_FALSE(stage.core->status(stage.now).ready());
  stage.receive(1, stage.no, stage.credit_frame("all", 10));
  EXPECT_TRUE(stage.only(1).has_deliver());
}

TEST(CoreLine, StoppingAnswersWhatIsUnderWayAndEndsWithAStoppedEntry) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.receive(1, stage.at, submit_frame(1));
  auto jobs = stage.take<core::Judge>();
  stage.step(core::Stop{});
  stage.receive(1, stage.at, submit_frame(2));
  EXPECT_EQ(stage.only(1).fault().code(), faults::kOverloaded);
  stage.commit();
  EXPECT_TRUE(stage.take<core::Drained>().empty());
  stage.step(answered(jobs[0]));
  EXPECT_TRUE(stage.only(1).has_outcome());
  EXPECT_TRUE(stage.take<core::Drained>().empty()) << "the last entries are not yet written";
  stage.commit();
  EXPECT_EQ(stage.take<core::Drained>().size(), 1U);
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(stage.log.back().record));
  EXPECT_TRUE(record.has_stopped());
}

TEST(CoreLine, StoppingTakesNothingNewSoThatItEnds) {
  CoreStage stage;
  stage.greet(1, stage.at);
  stage.step(core::Stop{});
  v1::Frame frame;
  const auto refused = [&] {
    frame.set_correlation(frame.correlation() + 1);
    stage.receive(1, stage.at, frame);
    const auto answer = stage.only(1);
    EXPECT_EQ(answer.correlation(), frame.correlation());
    EXPECT_GT(answer.fault().retry_after_ms(), 0U);
    return answer.fault().code();
  };
  frame.mutable_hello()->set_highest_version(1);
  EXPECT_EQ(refused(), faults::kOverloaded);
  frame.mutable_query()->mutable_proof()->set_index(1);
  EXPECT_EQ(refused(), faults::kOverloaded);
  frame.mutable_query()->mutable_status();
  EXPECT_EQ(refused(), faults::kOverloaded);
  frame.mutable_acknowledge()->set_statement("statement");
  EXPECT_EQ(refused(), faults::kOverloaded);
  frame.mutable_subscribe()->set_subscription("all");
  EXPECT_EQ(refused(), faults::kOverloaded);
  EXPECT_EQ(stage.core->in_flight(), 0U);
  stage.commit();
  EXPECT_EQ(stage.take<core::Drained>().size(), 1U);
}

TEST(CoreLine, AWaitingQuestionIsAnsweredWhenTheLogGrowsOrAfterTenSeconds) {
  CoreStage stage;
  stage.greet(1, stage.op);
  v1::Frame frame;
  frame.set_correlation(4);
  auto& entries = *frame.mutable_query()->mutable_entries();
  entries.set_from(stage.log.size());
  entries.set_wait(true);
  stage.receive(1, stage.op, frame);
  EXPECT_TRUE(stage.take<core::Ask>().empty());
  stage.commit({stage.submission("at", "CJ_INV", "AT")});
  EXPECT_EQ(stage.take<core::Ask>().size(), 1U);
  entries.set_from(stage.log.size());
  stage.receive(1, stage.op, frame);
  stage.pass(9s);
  EXPECT_TRUE(stage.take<core::Ask>().empty());
  stage.pass(2s);
  EXPECT_EQ(stage.take<core::Ask>().size(), 1U);
}

}  // namespace
}  // namespace rapporteur
