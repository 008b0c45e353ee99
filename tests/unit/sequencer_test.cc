#include "store/journal/sequencer.h"

#include <algorithm>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "store/journal/recent_writes.h"
#include "store/journal/sequences.h"
#include "tests/fakes/gated_journal.h"

namespace rapporteur::journal {
namespace {

using ::testing::ElementsAre;

struct Named final : Context {
  explicit Named(std::string text) : name(std::move(text)) {}
  std::string name;
};

std::string name_of(const std::unique_ptr<Context>& context) {
  return static_cast<const Named&>(*context).name;
}

// Writes down what it is told; a test waits for a number of events.
class Host final : public SequencerHost {
 public:
  void committed(std::vector<Committed> group) override {
    for (const Committed& one : group) {
      const std::string at = one.entry ? std::to_string(one.entry->index.value) : "-";
      note("committed " + name_of(one.context) + " at " + at);
    }
  }
  void passed(std::unique_ptr<Context> context) override { note("passed " + name_of(context)); }
  void stale(Proposal proposal) override {
    const std::string name = name_of(proposal.context);
    {
      const std::lock_guard lock(mutex_);
      stale_.push_back(std::move(proposal));
    }
    note("stale " + name);
  }
  void judge_in_order(Proposal& proposal) override {
    note("in order " + name_of(proposal.context));
    if (in_order) in_order(proposal);
  }
  void out_of_sequence(std::unique_ptr<Context> context, Sequence expected) override {
    note("sequence " + name_of(context) + " expected " + std::to_string(expected.value));
  }
  void storage_failed(std::unique_ptr<Context> context, const Error&) override {
    note("failed " + name_of(context));
  }

  // The first events, that many.
  std::vector<std::string> wait_for(std::size_t events) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return events_.size() >= events; });
    return {events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(events)};
  }
  [[nodiscard]] std::vector<std::string> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  Proposal take_stale() {
    const std::lock_guard lock(mutex_);
    Proposal out = std::move(stale_.front());
    stale_.pop_front();
    return out;
  }

  std::function<void(Proposal&)> in_order;

 private:
  void note(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
  std::deque<Proposal> stale_;
};

Entry entry_writing(std::vector<ResourceId> resources, ReadSet reads) {
  Entry entry;
  entry.draft.record = "r";
  entry.draft.resources = std::move(resources);
  entry.reads = std::move(reads);
  return entry;
}

Proposal proposal(const std::string& lane, std::uint64_t ticket,
                  std::variant<NoEntry, Entry> content) {
  Proposal out;
  out.lane = lane;
  out.ticket = ticket;
  out.content = std::move(content);
  out.context = std::make_unique<Named>(lane + std::to_string(ticket));
  return out;
}

Proposal plain(const std::string& lane, std::uint64_t ticket) {
  return proposal(lane, ticket, entry_writing({}, {}));
}

Proposal numbered(const std::string& lane, std::uint64_t ticket, std::uint64_t number) {
  Entry entry = entry_writing({}, {});
  entry.sequence = SequenceUse{KeyId{}, Sequence{number}};
  return proposal(lane, ticket, std::move(entry));
}

class SequencerTest : public ::testing::Test {
 protected:
  // Starts with one entry ("z0") that stands at the gate of the first append.
  void start_busy(SequencerOptions options = {100, 1U << 20U, 100}) {
    start(options);
    ASSERT_TRUE(sequencer->submit(plain("z", 0)));
    disk.wait_for_append(1);
  }
  void start(SequencerOptions options = {100, 1U << 20U, 100}) {
    sequencer.emplace(disk, host, options);
  }
  void submit(Proposal one) { ASSERT_TRUE(sequencer->submit(std::move(one))); }
  ~SequencerTest() override { disk.open_gate(); }

  fakes::GatedJournal disk;
  Host host;
  std::optional<Sequencer> sequencer;
  const ResourceId resource = resource_named("one");
};

TEST_F(SequencerTest, TakesALaneInTicketOrderAndHoldsUpNoOther) {
  disk.open_gate();
  start();
  submit(plain("a", 2));
  submit(plain("a", 1));
  submit(plain("b", 0));
  EXPECT_THAT(host.wait_for(1), ElementsAre("committed b0 at 0"));
  submit(plain("a", 0));
  EXPECT_THAT(host.wait_for(4), ElementsAre("committed b0 at 0", "committed a0 at 1",
                                            "committed a1 at 2", "committed a2 at 3"));
}

TEST_F(SequencerTest, CommitsAllThatIsThereAsOneGroupWithinItsBounds) {
  start_busy({4, 1U << 20U, 100});
  for (std::uint64_t i = 0; i < 6; ++i) submit(plain("a", i));
  disk.open_gate();
  host.wait_for(7);
  EXPECT_THAT(disk.groups(), ElementsAre(1, 4, 2));
}

TEST_F(SequencerTest, BytesBoundAGroupToo) {
  start_busy({100, 3, 100});
  for (std::uint64_t i = 0; i < 4; ++i) submit(plain("a", i));
  disk.open_gate();
  host.wait_for(5);
  EXPECT_THAT(disk.groups(), ElementsAre(1, 3, 1));
}

TEST_F(SequencerTest, WhatEntersNothingKeepsItsPlaceInTheLane) {
  start_busy();
  submit(plain("a", 0));
  submit(proposal("a", 1, NoEntry{}));
  submit(plain("a", 2));
  disk.open_gate();
  EXPECT_THAT(host.wait_for(4), ElementsAre("committed z0 at 0", "committed a0 at 1", "passed a1",
                                            "committed a2 at 2"));
}

TEST_F(SequencerTest, StateWithoutARecordIsCommittedWithoutAnIndex) {
  start_busy();
  Entry entry;
  entry.draft.state.push_back({"cursor", "7"});
  submit(proposal("a", 0, std::move(entry)));
  disk.open_gate();
  EXPECT_THAT(host.wait_for(2), ElementsAre("committed z0 at 0", "committed a0 at -"));
  EXPECT_EQ(disk.reader().state("cursor"), "7");
}

TEST_F(SequencerTest, OnlyTheNextSequenceNumberIsTaken) {
  start_busy();
  submit(numbered("a", 0, 2));
  submit(numbered("a", 1, 1));
  submit(numbered("a", 2, 2));
  submit(numbered("a", 3, 2));
  disk.open_gate();
  EXPECT_THAT(host.wait_for(5),
              ElementsAre("committed z0 at 0", "sequence a0 expected 1", "committed a1 at 1",
                          "committed a2 at 2", "sequence a3 expected 3"));
  const auto state = disk.reader().state(sequence_state_name(KeyId{}));
  ASSERT_TRUE(state);
  EXPECT_EQ(next_sequence(*state), Sequence{3});
}

TEST_F(SequencerTest, SequenceNumbersGoOnAfterARestart) {
  disk.open_gate();
  start();
  submit(numbered("a", 0, 1));
  host.wait_for(1);
  sequencer.reset();
  start();
  submit(numbered("a", 0, 1));
  submit(numbered("a", 1, 2));
  EXPECT_THAT(host.wait_for(3),
              ElementsAre("committed a0 at 0", "sequence a0 expected 2", "committed a1 at 1"));
}

TEST_F(SequencerTest, AVerdictOnWhatWasWrittenSinceGoesBack) {
  disk.open_gate();
  start();
  submit(proposal("a", 0, entry_writing({resource}, {TreeSize{0}, {resource}})));
  host.wait_for(1);
  submit(proposal("b", 0, entry_writing({resource}, {TreeSize{0}, {resource}})));
  EXPECT_THAT(host.wait_for(2), ElementsAre("committed a0 at 0", "stale b0"));
  // Judged again, it holds; another resource was never in conflict.
  Proposal again = host.take_stale();
  EXPECT_EQ(again.stale, 0);
  std::get<Entry>(again.content).reads.as_of = TreeSize{1};
  submit(std::move(again));
  submit(proposal("c", 0, entry_writing({}, {TreeSize{0}, {resource_named("two")}})));
  EXPECT_THAT(host.wait_for(4), ElementsAre("committed a0 at 0", "stale b0", "committed b0 at 1",
                                            "committed c0 at 2"));
}

TEST_F(SequencerTest, ALaneWaitsForItsStaleProposal) {
  disk.open_gate();
  start();
  submit(proposal("a", 0, entry_writing({resource}, {})));
  host.wait_for(1);
  submit(proposal("b", 0, entry_writing({}, {TreeSize{0}, {resource}})));
  submit(plain("b", 1));
  submit(plain("c", 0));
  EXPECT_THAT(host.wait_for(3), ElementsAre("committed a0 at 0", "stale b0", "committed c0 at 1"));
  Proposal again = host.take_stale();
  again.content = NoEntry{};
  submit(std::move(again));
  EXPECT_THAT(host.wait_for(5), ElementsAre("committed a0 at 0", "stale b0", "committed c0 at 1",
                                            "passed b0", "committed b1 at 2"));
}

// Judged before the group with its conflict is committed, it would be judged against the log
// without it, and be stale for ever.
TEST_F(SequencerTest, AConflictWithinTheGroupGoesBackOnlyWhenTheGroupIsCommitted) {
  start_busy();
  submit(proposal("a", 0, entry_writing({resource}, {TreeSize{0}, {resource}})));
  submit(proposal("b", 0, entry_writing({resource}, {TreeSize{0}, {resource}})));
  disk.let_one_through();
  disk.wait_for_append(2);  // a0 stands at the gate; b0 is taken
  EXPECT_THAT(host.events(), ElementsAre("committed z0 at 0"));
  disk.let_one_through();
  EXPECT_THAT(host.wait_for(3), ElementsAre("committed z0 at 0", "committed a0 at 1", "stale b0"));
  EXPECT_EQ(disk.reader().size(), TreeSize{2});
  disk.open_gate();
}

TEST_F(SequencerTest, AfterTooManyStaleVerdictsItIsJudgedWithNothingUncommitted) {
  start_busy();
  host.in_order = [&](Proposal& one) {
    EXPECT_EQ(one.stale, limits::kStaleVerdicts);
    EXPECT_EQ(disk.reader().size(), TreeSize{3});
    one.content = entry_writing({resource}, {disk.reader().size(), {resource}});
  };
  // Never judged again in earnest: the read set stays that of the empty log.
  const ReadSet old{TreeSize{0}, {resource}};
  submit(proposal("a", 0, entry_writing({resource}, old)));
  submit(proposal("b", 0, entry_writing({resource}, old)));
  disk.let_one_through();
  disk.let_one_through();
  for (int i = 0; i < limits::kStaleVerdicts; ++i) {
    host.wait_for(static_cast<std::size_t>(i) + 3);
    if (i + 1 < limits::kStaleVerdicts) submit(host.take_stale());
  }
  // It comes back for the last time while an entry is being written.
  submit(plain("c", 0));
  disk.wait_for_append(3);
  submit(host.take_stale());
  submit(plain("c", 1));
  disk.open_gate();
  EXPECT_THAT(host.wait_for(8),
              ElementsAre("committed z0 at 0", "committed a0 at 1", "stale b0", "stale b0",
                          "stale b0", "committed c0 at 2", "in order b0", "committed b0 at 3"));
  EXPECT_THAT(host.wait_for(9).back(), "committed c1 at 4");
}

TEST_F(SequencerTest, AfterAFailedWriteEverythingFails) {
  start_busy();
  submit(proposal("a", 0, entry_writing({resource}, {})));
  submit(proposal("b", 0, entry_writing({}, {TreeSize{0}, {resource}})));
  submit(plain("b", 1));
  submit(plain("c", 1));
  disk.let_one_through();
  disk.wait_for_append(2);
  disk.break_disk();
  disk.open_gate();
  EXPECT_THAT(host.wait_for(4),
              ElementsAre("committed z0 at 0", "failed a0", "failed b0", "failed b1"));
  submit(plain("c", 0));
  EXPECT_THAT(host.wait_for(6).back(), "failed c1");
  EXPECT_EQ(disk.groups().size(), 2U);
}

TEST_F(SequencerTest, AFullQueueLeavesTheProposalWithTheCallerAndClosesItsTicket) {
  start_busy({100, 1U << 20U, 2});
  submit(plain("a", 1));
  submit(plain("a", 2));
  Proposal refused = plain("a", 3);
  EXPECT_FALSE(sequencer->submit(std::move(refused)));
  // NOLINTNEXTLINE(bugprone-use-after-move): left with the caller
  EXPECT_EQ(name_of(refused.context), "a3");
  // Whose turn has come is taken all the same: without it nothing would ever move.
  submit(plain("a", 0));
  disk.let_one_through();
  disk.let_one_through();
  host.wait_for(4);
  submit(plain("a", 4));
  disk.open_gate();
  EXPECT_THAT(host.wait_for(5),
              ElementsAre("committed z0 at 0", "committed a0 at 1", "committed a1 at 2",
                          "committed a2 at 3", "committed a4 at 4"));
}

TEST_F(SequencerTest, StopCommitsWhatWasSubmitted) {
  start_busy();
  for (std::uint64_t i = 0; i < 5; ++i) submit(plain("a", i));
  submit(plain("b", 1));  // its turn never comes
  disk.open_gate();
  sequencer->stop();
  EXPECT_EQ(disk.reader().size(), TreeSize{6});
  EXPECT_EQ(host.events().size(), 6U);
  EXPECT_FALSE(sequencer->submit(plain("a", 5)));
}

TEST(RecentWrites, AVerdictOlderThanItsMemoryIsStale) {
  RecentWrites writes;
  writes.forget_before(TreeSize{10});
  const ResourceId any = resource_named("any");
  EXPECT_EQ(writes.conflict({TreeSize{9}, {any}}), LogIndex{9});
  EXPECT_EQ(writes.conflict({TreeSize{9}, {}}), std::nullopt);
  EXPECT_EQ(writes.conflict({TreeSize{10}, {any}}), std::nullopt);
}

// Resources that share a slot may look written, never unwritten.
TEST(RecentWrites, NoWriteIsEverMissedAndFewAreImagined) {
  constexpr std::uint64_t kWrites = 10'000;
  RecentWrites writes;
  Draft draft;
  for (std::uint64_t i = 0; i < kWrites; ++i) {
    draft.resources = {resource_named(std::to_string(i))};
    writes.add(draft, LogIndex{i});
  }
  std::uint64_t imagined = 0;
  for (std::uint64_t i = 0; i < kWrites; ++i) {
    const auto conflict = writes.conflict({TreeSize{i}, {resource_named(std::to_string(i))}});
    ASSERT_TRUE(conflict.has_value()) << i;
    ASSERT_GE(*conflict, LogIndex{i});
    if (*conflict != LogIndex{i}) ++imagined;
  }
  EXPECT_LT(imagined, kWrites / 50);
}

TEST(RecentWrites, MessageAndTablesAreWrittenByImplication) {
  RecentWrites writes;
  Draft draft;
  draft.message = MessageKey{"at", MessageId{}};
  draft.tables.push_back({resource_named("table"), ""});
  writes.add(draft, LogIndex{3});
  EXPECT_EQ(writes.conflict({TreeSize{3}, {draft.message->resource()}}), LogIndex{3});
  EXPECT_EQ(writes.conflict({TreeSize{0}, {resource_named("table")}}), LogIndex{3});
  EXPECT_EQ(writes.conflict({TreeSize{4}, {resource_named("table")}}), std::nullopt);
}

}  // namespace
}  // namespace rapporteur::journal
