// How much is taken in when what is delivered does not keep up.
#include <gtest/gtest.h>

#include "tests/fakes/core_stage.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using fakes::CoreStage;

// Nine senders beside a subscriber, and how many of their messages the hub takes at a time.
class CoreIntake : public ::testing::Test {
 protected:
  void SetUp() override {
    stage.greet(1, stage.no);
    stage.receive(1, stage.no, stage.subscribe_frame("all"));
    stage.commit();
    ASSERT_TRUE(stage.only(1).has_position());
    for (int line = 2; line < 12; ++line) stage.greet(line, stage.at);
    at_first = taken();
  }
  std::vector<core::Judge> send_all() {
    v1::Frame message;
    message.set_submit("envelope");
    for (std::size_t i = 0; i < limits::kInFlightPerConnection; ++i) {
      message.set_correlation(i + 1);
      for (int line = 2; line < 12; ++line) stage.receive(line, stage.at, message);
    }
    return stage.take<core::Judge>();
  }
  void answer(std::vector<core::Judge> jobs) {
    for (auto& job : jobs) {
      core::Answered out;
      out.frame = core::make_fault(job.asker.correlation, {});
      out.asker = std::move(job.asker);
      stage.step(std::move(out));
    }
  }
  std::size_t taken() {
    auto jobs = send_all();
    const std::size_t count = jobs.size();
    answer(std::move(jobs));
    return count;
  }
  void publish(int count = 1) {
    std::vector<journal::Draft> drafts;
    for (int i = 0; i < count; ++i) drafts.push_back(stage.submission("at", "CJ_INV", "AT"));
    stage.commit(std::move(drafts));
  }
  // The log grows for that many seconds, by one submission each.
  template <typename EachSecond>
  void grow(int seconds, const EachSecond& each_second) {
    for (int second = 0; second < seconds; ++second) {
      publish();
      each_second();
      stage.pass(1s);
    }
  }

  CoreStage stage;
  std::size_t at_first = 0;
};

TEST_F(CoreIntake, SlowsWhileTheHubCannotKeepUpWithASubscriberThatKeepsAsking) {
  stage.disk_answers = false;
  stage.receive(1, stage.no, stage.credit_frame("all", 1'000));
  grow(11, [] {});
  EXPECT_LT(taken(), at_first / 2);
  stage.disk_answers = true;
  stage.read_chunks();
  stage.pass(1s);
  EXPECT_EQ(taken(), at_first);
}

TEST_F(CoreIntake, SlowsForASubscriberWhoseLineIsFullOnlyWhileItKeepsAsking) {
  stage.receive(1, stage.no, stage.credit_frame("all", 1'000));
  stage.step(core::Blocked{stage.routing(1)});
  grow(30, [] {});
  EXPECT_EQ(taken(), at_first) << "one that does not ask costs others nothing";
  for (int i = 0; i < 4; ++i) {
    stage.receive(1, stage.no, stage.credit_frame("all", 1));
    grow(3, [] {});
  }
  EXPECT_LT(taken(), at_first / 2);
  grow(6, [] {});
  EXPECT_EQ(taken(), at_first) << "it stopped asking";
}

TEST_F(CoreIntake, SlowsForASubscriberAtTheBoundOfWhatIsUnacknowledged) {
  stage.receive(1, stage.no, stage.credit_frame("all", 1'000'000, 1U << 30U));
  for (std::size_t i = 0; i < limits::kUnacknowledgedPerSubscription; i += 1'024) {
    publish(1'024);
  }
  grow(11, [&] { stage.receive(1, stage.no, stage.credit_frame("all", 1)); });
  EXPECT_LT(taken(), at_first / 2);
}

TEST_F(CoreIntake, WhenItIsSlowAcknowledgementsAndQuestionsPass) {
  stage.disk_answers = false;
  stage.receive(1, stage.no, stage.credit_frame("all", 1'000));
  grow(11, [] {});
  auto jobs = send_all();
  ASSERT_LT(jobs.size(), at_first / 2) << "no further submission is taken";
  static_cast<void>(stage.sent(1));
  v1::Frame frame;
  frame.set_correlation(1);
  frame.mutable_acknowledge()->set_statement("statement");
  stage.receive(1, stage.no, frame);
  EXPECT_EQ(stage.take<core::VerifyAcknowledgement>().size(), 1U);
  frame.mutable_query()->mutable_status();
  stage.receive(1, stage.no, frame);
  EXPECT_TRUE(stage.only(1).has_answer());
  frame.mutable_hello()->set_lowest_version(1);
  frame.mutable_hello()->set_highest_version(1);
  stage.receive(1, stage.no, frame);
  EXPECT_EQ(stage.take<core::Ask>().size(), 1U);
  answer(std::move(jobs));
}

}  // namespace
}  // namespace rapporteur
