// Many workers judge at once; what may not both be accepted never is.
#include <deque>
#include <thread>

#include <gtest/gtest.h>

#include "store/journal/sequencer.h"
#include "tests/fakes/memory_journal.h"

namespace rapporteur::journal {
namespace {

constexpr std::size_t kClaims = 3'000;  // each made twice
constexpr std::size_t kWorkers = 4;

struct Claim final : Context {
  std::size_t number = 0;
};

ResourceId resource_of(std::size_t claim) {
  return resource_named("claim " + std::to_string(claim));
}

// Workers that judge claims against the log: a table that exists was claimed before.
class Workshop final : public SequencerHost {
 public:
  explicit Workshop(fakes::MemoryJournal& journal)
      : journal_(journal), sequencer_(journal, *this, {64, 1U << 20U, 4 * kClaims}) {}

  void run() {
    for (std::size_t i = 0; i < kClaims; ++i) {
      for (const char* lane : {"a", "b"}) give(lane, i);
    }
    {
      std::vector<std::jthread> workers;
      for (std::size_t i = 0; i < kWorkers; ++i) workers.emplace_back([this] { work(); });
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return answered_ == 2 * kClaims; });
      finished_ = true;
      changed_.notify_all();
    }
    sequencer_.stop();
  }

  void committed(std::vector<Committed> group) override {
    for (const Committed& one : group) {
      ++accepted[static_cast<const Claim&>(*one.context).number];
    }
    answered(group.size());
  }
  void passed(std::unique_ptr<Context>) override { answered(1); }
  void stale(Proposal proposal) override { queue(std::move(proposal)); }
  void judge_in_order(Proposal& proposal) override { judge(proposal); }
  void out_of_sequence(std::unique_ptr<Context>, Sequence) override { ADD_FAILURE(); }
  void storage_failed(std::unique_ptr<Context>, const Error&) override { ADD_FAILURE(); }

  std::vector<int> accepted = std::vector<int>(kClaims);

 private:
  void give(const char* lane, std::size_t claim) {
    Proposal proposal;
    proposal.lane = lane;
    proposal.ticket = claim;
    auto context = std::make_unique<Claim>();
    context->number = claim;
    proposal.context = std::move(context);
    queue(std::move(proposal));
  }
  void queue(Proposal proposal) {
    const std::lock_guard lock(mutex_);
    to_judge_.push_back(std::move(proposal));
    changed_.notify_all();
  }
  void answered(std::size_t count) {
    const std::lock_guard lock(mutex_);
    answered_ += count;
    changed_.notify_all();
  }
  void judge(Proposal& proposal) const {
    const std::size_t claim = static_cast<const Claim&>(*proposal.context).number;
    Entry entry;
    entry.reads.as_of = journal_.size();
    entry.reads.resources = {resource_of(claim), resource_named("busy")};
    if (!journal_.table(resource_of(claim))->empty()) {
      proposal.content = NoEntry{};
      return;
    }
    entry.draft.record = "r";
    entry.draft.tables.push_back({resource_of(claim), "taken"});
    if (claim % 64 == 0) entry.draft.resources.push_back(resource_named("busy"));
    proposal.content = std::move(entry);
  }
  void work() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return finished_ || !to_judge_.empty(); });
      if (to_judge_.empty()) return;
      Proposal proposal = std::move(to_judge_.front());
      to_judge_.pop_front();
      lock.unlock();
      judge(proposal);
      EXPECT_TRUE(sequencer_.submit(std::move(proposal)));
    }
  }

  fakes::MemoryJournal& journal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Proposal> to_judge_;
  std::size_t answered_ = 0;
  bool finished_ = false;
  Sequencer sequencer_;
};

TEST(SequencerThreads, OfTwoThatExcludeEachOtherExactlyOneIsAccepted) {
  fakes::MemoryJournal journal;
  Workshop workshop(journal);
  workshop.run();
  EXPECT_EQ(journal.size(), TreeSize{kClaims});
  EXPECT_EQ(workshop.accepted, std::vector<int>(kClaims, 1));
}

}  // namespace
}  // namespace rapporteur::journal
