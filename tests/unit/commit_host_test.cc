// What the sequencer hands back reaches the core whole, however it is cut into calls.
#include "broker/admission/commit_host.h"

#include <gmock/gmock.h>

#include "broker/core/feed.h"
#include "store/journal/sequencer.h"
#include "tests/fakes/gate_stage.h"
#include "tests/fakes/gated_journal.h"

namespace rapporteur::admission {
namespace {

using ::testing::ElementsAre;

class Events final : public core::EventSink {
 public:
  void post(std::vector<core::Event> events) override {
    for (auto& event : events) all.push_back(std::move(event));
  }
  std::vector<core::Event> all;
};

class Silent final : public Observer {
 public:
  void receipt(std::chrono::nanoseconds) override {}
  void refused_by(std::string_view, std::size_t) override {}
  void waived(std::string_view, std::size_t) override {}
  void stale_verdict() override {}
  void group(std::size_t, std::chrono::nanoseconds) override {}
};

class CommitHostTest : public ::testing::Test {
 protected:
  // As an acceptance of `index` in a group of `group` entries comes back.
  static journal::Committed accepted(std::uint64_t index, std::uint64_t group) {
    v1::Header header;
    header.set_sender("at");
    header.set_dataflow(fakes::kDataflow);
    header.set_indicator("VIC_REG");
    header.set_kind(v1::KIND_NEW);
    v1::Record record;
    record.set_header(header.SerializeAsString());
    record.mutable_accepted();
    Message message;
    message.accepted = true;
    message.salt = std::string(32, 's');
    message.body = "body";
    journal::Committed out;
    out.context = std::make_unique<HubContext>(std::move(message));
    out.entry =
        journal::Appended{LogIndex{index}, std::string(32, 'n'), record.SerializeAsString(), {}};
    out.tree_size = TreeSize{group};
    out.checkpoint = std::make_shared<const std::string>("checkpoint");
    return out;
  }
  void commit(std::vector<journal::Committed> run) { host_.committed(std::move(run)); }
  template <typename... Ones>
  void commit_all(Ones... ones) {
    std::vector<journal::Committed> run;
    (run.push_back(std::move(ones)), ...);
    commit(std::move(run));
  }
  // The indices of what a subscriber reads that has read all there was before.
  std::vector<std::uint64_t> delivered(TreeSize from) {
    core::Feed feed(from, {1U << 20U, 1U << 20U});
    std::vector<std::uint64_t> out;
    for (auto& event : events_.all) {
      const LogIndex next{feed.size().value};
      feed.grow(std::move(std::get<core::LogGrew>(event).added));
      const auto run = feed.run(next);
      if (!run) continue;
      for (const auto& item : run->items) out.push_back(item->index.value);
    }
    return out;
  }

  fakes::GateStage stage_;
  crypto::SigningKey key_ = crypto::SigningKey::from_seed(fakes::secret_named("log"));
  BackupMark backed_up_{TreeSize{}};
  Answers answers_{stage_.journal, key_, backed_up_};
  Judging judging_{fakes::kHub, stage_.gate, stage_.directory, answers_};
  Events events_;
  Silent observer_;
  Workers workers_{judging_, events_, 1};
  CommitHost host_{
      {judging_, answers_, stage_.directory, key_, workers_, events_, observer_, stage_.clock},
      TreeSize{10}};
};

TEST_F(CommitHostTest, AGroupInSeveralCallsIsDeliveredWhole) {
  commit_all(accepted(10, 13), accepted(11, 13));
  commit_all(accepted(12, 13));
  EXPECT_THAT(delivered(TreeSize{10}), ElementsAre(10, 11, 12));
}

TEST_F(CommitHostTest, EachCallEndsBehindItsLastEntry) {
  journal::Committed state;
  state.context = std::make_unique<HubContext>(7);
  state.tree_size = TreeSize{12};
  commit_all(accepted(10, 12), std::move(state));
  commit_all(accepted(11, 12));
  ASSERT_EQ(events_.all.size(), 2U);
  const auto& first = std::get<core::LogGrew>(events_.all[0]);
  const auto& second = std::get<core::LogGrew>(events_.all[1]);
  EXPECT_EQ(first.added.first, LogIndex{10});
  EXPECT_EQ(first.added.end, LogIndex{11});
  EXPECT_THAT(first.own, ElementsAre(7));
  EXPECT_EQ(second.added.first, LogIndex{11});
  EXPECT_EQ(second.added.end, LogIndex{12});
}

}  // namespace
}  // namespace rapporteur::admission
