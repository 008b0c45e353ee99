// What an agency does with a hub's cosigned checkpoints, over a real line: a hub that gives no
// answer is complained of, and what waits for a quorum is asked for in the order of the log.
#include <gmock/gmock.h>

#include "adapters/client/hub_file.h"
#include "adapters/client/quorum_wait.h"
#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/fake_hub.h"
#include "tests/fakes/fake_witness.h"
#include "tests/fakes/fixed_clock.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using client::Receipted;
using ::testing::ElementsAre;
using testing::EnrolledAgency;
using testing::FakeHub;
using ::testing::HasSubstr;

constexpr std::int64_t kNowMs = 1'700'000'000'000;

class ClientQuorumLine : public ::testing::Test {
 protected:
  ClientQuorumLine() {
    hub_.start();
    agency_.emplace(hub_, "at");
    for (std::uint64_t i = 1; i <= 4; ++i) hub_.publish(agency_->envelope(i, "body"));
    opened_.emplace(agency_->open());
    const auto key = client::log_key(opened_->hub().value());
    log_.emplace(opened_->state(), key);
    receipts_.emplace(opened_->receipts());
    testing::write_file(folder_ / "policy", testing::policy_of(key, {&witness_}, 1));
    quorum_.emplace(client::Quorum::read(folder_ / "policy", key).value());
  }

  [[nodiscard]] std::string cosigned(std::size_t size) const {
    std::string note = hub_.log().checkpoint(size);
    witness_.cosign(note, kNowMs / 1'000);
    return note;
  }
  void connect() {
    line_ =
        client::Connection::open(opened_->hub().value(), agency_->curve(), testing::quick_line())
            .value();
    const auto welcome = line_->hello();
    ASSERT_TRUE(welcome) << welcome.error().line();
  }
  // The next frame goes to the conversation.
  void hand_on(client::Conversation& to) {
    const auto frame = line_->receive(5s);
    ASSERT_TRUE(frame && *frame);
    const auto taken = to.take(*line_, **frame);
    ASSERT_TRUE(taken) << taken.error().line();
    EXPECT_TRUE(*taken);
  }

  testing::TempDir folder_;
  FakeHub hub_;
  std::optional<EnrolledAgency> agency_;
  std::optional<client::Agency> opened_;
  testing::FakeWitness witness_{"one"};
  std::optional<client::KnownLog> log_;
  std::optional<client::Receipts> receipts_;
  std::optional<client::Quorum> quorum_;
  std::unique_ptr<client::Connection> line_;
  fakes::FixedClock clock_{kNowMs};
  std::vector<std::string> warnings_;
};

class ClientQuorumWatch : public ClientQuorumLine {
 protected:
  ClientQuorumWatch()
      : watch_(*quorum_, *log_, clock_, [this](const auto& wrong) { warnings_.push_back(wrong); }) {
  }
  // Greeted with a fresh checkpoint.
  void begin() {
    connect();
    const auto begun = watch_.begin(*line_);
    ASSERT_TRUE(begun) << begun.error().line();
    EXPECT_TRUE(warnings_.empty());
  }
  void step_at(std::chrono::minutes since) {
    clock_.set(kNowMs + std::chrono::milliseconds(since).count());
    ASSERT_TRUE(watch_.step(*line_, clock_.monotonic()));
  }

  client::QuorumWatch watch_;
};

TEST_F(ClientQuorumWatch, AHubThatDoesNotAnswerIsComplainedOfByWhatItShowedLast) {
  hub_.on_answer([&](v1::Frame& frame) {
    if (frame.has_welcome()) frame.mutable_welcome()->set_cosigned_checkpoint(cosigned(4));
    return frame.has_welcome();
  });
  begin();
  for (const auto since : {1min, 2min, 3min, 4min, 5min}) step_at(since);
  EXPECT_TRUE(warnings_.empty());
  step_at(6min);
  step_at(7min);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("5 minutes")));
}

TEST_F(ClientQuorumWatch, AHubThatCannotSayIsComplainedOfByWhatItShowedLast) {
  hub_.on_answer([&](v1::Frame& frame) {
    if (frame.has_welcome()) {
      frame.mutable_welcome()->set_cosigned_checkpoint(cosigned(4));
    } else {
      const auto correlation = frame.correlation();
      frame = FakeHub::fault("OVERLOADED", "later");
      frame.set_correlation(correlation);
    }
    return true;
  });
  begin();
  step_at(6min);
  hand_on(watch_);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("5 minutes")));
}

// The hub has a quorum for two entries so far: the second is asked for before the fourth.
TEST_F(ClientQuorumLine, TheLowestIndexIsAskedForFirst) {
  hub_.on_answer([&](v1::Frame& frame) {
    if (frame.has_welcome()) return true;
    const auto correlation = frame.correlation();
    frame = v1::Frame();
    frame.set_correlation(correlation);
    v1::Cosigned& answer = *frame.mutable_answer()->mutable_cosigned();
    answer.set_checkpoint(cosigned(2));
    answer.set_proof(hub_.log().inclusion_proof(1, 2));
    return true;
  });
  std::vector<Receipted> both;
  for (const std::uint64_t index : {1U, 3U}) {
    v1::Record record;
    v1::Header header;
    const v1::Outcome outcome = hub_.log().outcome(index);
    ASSERT_TRUE(record.ParseFromString(outcome.record()) &&
                header.ParseFromString(record.header()));
    both.push_back({MessageId::from(header.message_id()).value(), LogIndex{index}});
    ASSERT_TRUE(receipts_->store(both.back().message_id, outcome));
  }
  connect();
  std::vector<LogIndex> upgraded;
  client::QuorumWait wait(
      *quorum_, *log_, *receipts_, both,
      [&](const Receipted& one, const verify::TrustedHead&) { upgraded.push_back(one.index); });
  ASSERT_TRUE(wait.begin(*line_));
  ASSERT_TRUE(wait.step(*line_, clock_.monotonic()));
  hand_on(wait);
  EXPECT_THAT(upgraded, ElementsAre(LogIndex{1}));
}

}  // namespace
}  // namespace rapporteur
