// Pairs of messages that may not both be accepted, judged at once by several threads and committed
// by the real sequencer and journal: never are both in the log.
#include <condition_variable>
#include <deque>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "store/rocks/local_journal.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/gate_stage.h"
#include "tests/support/paths.h"

namespace rapporteur::admission {
namespace {

using fakes::figure;
using fakes::Sender;

constexpr std::size_t kPairs = 2'000;
constexpr std::size_t kThreads = 4;

struct Message : journal::Context {
  std::string envelope;
  Principal principal;
  std::string lane;
  std::uint64_t ticket = 0;
};
using MessagePtr = std::unique_ptr<Message>;

// Worker threads around the gate, as the broker has them: what is stale is judged again.
class Hub final : public journal::SequencerHost {
 public:
  Hub(journal::Journal& journal, DirectoryHolder& directory)
      : gate_(fakes::kHub, journal.reader(), directory, clock_),
        sequencer_(journal, *this,
                   {.group_entries = 64, .group_bytes = 1UL << 20U, .queue = 8'192}) {
    for (std::size_t i = 0; i < kThreads; ++i) workers_.emplace_back([this] { work(); });
  }
  ~Hub() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    workers_.clear();
  }

  // What is in one batch is judged by one thread before any of it is submitted.
  void send(std::vector<std::vector<MessagePtr>> batches) {
    std::unique_lock lock(mutex_);
    for (auto& batch : batches) {
      open_ += batch.size();
      std::vector<journal::Proposal> proposals;
      for (MessagePtr& message : batch) {
        journal::Proposal proposal;
        proposal.lane = message->lane;
        proposal.ticket = message->ticket;
        proposal.context = std::move(message);
        proposals.push_back(std::move(proposal));
      }
      queue_.push_back(std::move(proposals));
    }
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_ == 0; });
  }
  [[nodiscard]] std::size_t out_of_sequence_count() const {
    const std::lock_guard lock(mutex_);
    return out_of_sequence_;
  }

  void committed(std::vector<journal::Committed> group) override { close(group.size()); }
  void passed(std::unique_ptr<journal::Context>) override { close(1); }
  void stale(journal::Proposal proposal) override {
    const std::lock_guard lock(mutex_);
    std::vector<journal::Proposal> again;
    again.push_back(std::move(proposal));
    queue_.push_back(std::move(again));
    changed_.notify_all();
  }
  void judge_in_order(journal::Proposal& proposal) override { judge(proposal); }
  void out_of_sequence(std::unique_ptr<journal::Context>, Sequence) override {
    {
      const std::lock_guard lock(mutex_);
      ++out_of_sequence_;
    }
    close(1);
  }
  void storage_failed(std::unique_ptr<journal::Context>, const Error& error) override {
    ADD_FAILURE() << error.line();
    close(1);
  }

 private:
  void judge(journal::Proposal& proposal) const {
    const auto& message = static_cast<const Message&>(*proposal.context);
    Verdict verdict = gate_.judge(bytes_of(message.envelope), message.principal);
    if (auto* enter = std::get_if<Enter>(&verdict)) {
      proposal.content = std::move(enter->entry);
    } else {
      proposal.content = journal::NoEntry{};
    }
  }
  void work() {
    while (true) {
      std::vector<journal::Proposal> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        batch = std::move(queue_.front());
        queue_.pop_front();
      }
      for (journal::Proposal& proposal : batch) judge(proposal);
      for (journal::Proposal& proposal : batch) {
        if (!sequencer_.submit(std::move(proposal))) ADD_FAILURE() << "the queue is full";
      }
    }
  }
  void close(std::size_t answered) {
    const std::lock_guard lock(mutex_);
    open_ -= answered;
    changed_.notify_all();
  }

  fakes::FixedClock clock_{static_cast<std::int64_t>(fakes::kNowMs)};
  Gate gate_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<journal::Proposal>> queue_;
  std::size_t open_ = 0;
  std::size_t out_of_sequence_ = 0;
  bool stopping_ = false;
  journal::Sequencer sequencer_;
  std::vector<std::jthread> workers_;
};

class GatePairs : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = rocks::LocalJournal::create(
        folder_.path() / "log", "test.example/log",
        crypto::SigningKey::from_seed(fakes::secret_named("log")), clock_);
    ASSERT_TRUE(made.has_value()) << made.error().line();
    journal_ = std::move(*made);
    directory_ = std::make_unique<DirectoryHolder>(journal_->reader(), enrolled());
    journal::Draft first;
    v1::Record started;
    started.mutable_started();
    first.record = started.SerializeAsString();
    ASSERT_TRUE(journal_->append(std::span(&first, 1)).has_value());
    hub_ = std::make_unique<Hub>(*journal_, *directory_);
  }
  void TearDown() override {
    hub_.reset();
    if (journal_ != nullptr) {
      EXPECT_TRUE(journal_->close().has_value());
    }
  }

  // AT with two signing keys, and the right to submit anything.
  std::shared_ptr<const directory::Directory> enrolled() const {
    const fakes::Party op("hub-op");
    auto enrolment = one_.party.enrolment();
    enrolment.mutable_enrol()->add_signing_keys()->set_key(
        two_.party.signing.public_key().string());
    const auto with_at = fakes::founded_by(op)->apply(enrolment, op.id, LogIndex{1}).value();
    return with_at->apply(fakes::submit_grant("at", "*", "*", "*"), op.id, LogIndex{2}).value();
  }

  // As if by `sender`, in the name of AT.
  static v1::Header of_at(v1::Header header) {
    header.set_sender("at");
    return header;
  }
  MessagePtr message(const Sender& sender, v1::Header header,
                     const std::vector<Observation>& figures, const std::string& lane) {
    auto out = std::make_unique<Message>();
    out->envelope = sender.sealed(of_at(std::move(header)), figures).SerializeAsString();
    out->principal = {"at", one_.party.curve};
    out->lane = lane;
    out->ticket = tickets_[lane]++;
    return out;
  }
  // A year and an area of its own for each pair.
  static Observation cell(std::size_t pair, std::int64_t value) {
    return figure("VIC_REG", kAreas[pair % kAreas.size()],
                  std::to_string(1900 + pair / kAreas.size()), value);
  }
  // The same over months, of which there are more.
  static Observation cell_of(std::size_t pair, std::int64_t value) {
    const std::size_t month = pair / kAreas.size();
    Observation out = cell(pair, value);
    std::string number = std::to_string(month % 12 + 1);
    if (number.size() == 1) number.insert(0, "0");
    out[Dimension::kTimePeriod] = std::to_string(1900 + month / 12) + "-" + number;
    out[Dimension::kFreq] = "M";
    return out;
  }
  // Calls `use` with every record that was accepted and its header.
  template <typename Use>
  void each_accepted(const Use& use) const {
    const auto& reader = journal_->reader();
    for (std::uint64_t index = 1; index < reader.size().value; ++index) {
      const auto stored = reader.entry(LogIndex{index});
      ASSERT_TRUE(stored.has_value());
      v1::Record record;
      v1::Header header;
      ASSERT_TRUE(record.ParseFromString(stored->record));
      ASSERT_TRUE(header.ParseFromString(record.header()));
      if (record.has_accepted()) use(header, *stored);
    }
  }

  static constexpr std::array kAreas{"AT", "BE", "BG", "CZ", "DE", "DK", "FI", "FR", "IT", "LT"};

  rapporteur::testing::TempDir folder_;
  fakes::FixedClock clock_{static_cast<std::int64_t>(fakes::kNowMs)};
  Sender one_{"at"};
  Sender two_{"at-two"};
  std::unique_ptr<rocks::LocalJournal> journal_;
  std::unique_ptr<DirectoryHolder> directory_;
  std::unique_ptr<Hub> hub_;
  std::map<std::string, std::uint64_t> tickets_;
};

TEST_F(GatePairs, TwoNewOfOneKeyAreNeverBothAccepted) {
  std::vector<std::vector<MessagePtr>> pairs;
  for (std::size_t i = 0; i < kPairs; ++i) {
    std::vector<MessagePtr> pair;
    for (Sender* sender : {&one_, &two_}) {
      const std::vector<Observation> figures{cell(i, 42)};
      pair.push_back(message(*sender, sender->header(figures), figures, sender->party.id));
    }
    pairs.push_back(std::move(pair));
  }
  hub_->send(std::move(pairs));

  std::map<std::string, int> accepted;
  each_accepted([&](const v1::Header&, const journal::StoredEntry& stored) {
    const auto body = BodyCodec::decode(bytes_of(stored.body));
    ASSERT_TRUE(body.has_value());
    ++accepted[body->observations.key_text(0)];
  });
  EXPECT_EQ(accepted.size(), kPairs);
  for (const auto& [key, times] : accepted) EXPECT_EQ(times, 1) << key;
}

// Of 18 victims 16 are women: either may be told, and both tell that there are 2 men.
TEST_F(GatePairs, TwoThatTogetherGiveACountAwayAreNeverBothAccepted) {
  constexpr std::size_t kUnsafePairs = 10'000;
  constexpr std::size_t kAtOnce = 2'000;
  for (std::size_t first = 0; first < kUnsafePairs; first += kAtOnce) {
    std::vector<std::vector<MessagePtr>> pairs;
    for (std::size_t i = first; i < first + kAtOnce; ++i) {
      Observation women = cell_of(i, 16);
      women[Dimension::kSex] = "F";
      std::vector<MessagePtr> pair;
      const std::vector<Observation> parts{women};
      const std::vector<Observation> total{cell_of(i, 18)};
      pair.push_back(message(one_, one_.header(parts), parts, one_.party.id));
      pair.push_back(message(two_, two_.header(total), total, two_.party.id));
      // Judged by two threads, either of which may come first.
      for (MessagePtr& one : pair) {
        pairs.emplace_back();
        pairs.back().push_back(std::move(one));
      }
    }
    hub_->send(std::move(pairs));
  }
  std::map<std::string, int> accepted;
  each_accepted([&](const v1::Header&, const journal::StoredEntry& stored) {
    const auto body = BodyCodec::decode(bytes_of(stored.body));
    ASSERT_TRUE(body.has_value());
    const ObservationSet& figures = body->observations;
    ++accepted[figures.code(Dimension::kRefArea, 0) + figures.code(Dimension::kTimePeriod, 0)];
  });
  EXPECT_EQ(accepted.size(), kUnsafePairs);
  for (const auto& [table, times] : accepted) EXPECT_EQ(times, 1) << table;
}

TEST_F(GatePairs, TwoRevisionsOfOneHeadAreNeverBothAccepted) {
  std::vector<std::vector<MessagePtr>> heads;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < kPairs; ++i) {
    const std::vector<Observation> figures{cell(i, 42)};
    v1::Header header = one_.header(figures);
    ids.push_back(header.message_id());
    heads.emplace_back();
    heads.back().push_back(message(one_, std::move(header), figures, "at"));
  }
  hub_->send(std::move(heads));

  std::vector<std::vector<MessagePtr>> pairs;
  for (std::size_t i = 0; i < kPairs; ++i) {
    std::vector<MessagePtr> pair;
    for (Sender* sender : {&one_, &two_}) {
      const std::vector<Observation> figures{cell(i, 43)};
      pair.push_back(message(*sender, sender->replacing(v1::KIND_REVISION, ids[i], figures),
                             figures, sender->party.id));
    }
    pairs.push_back(std::move(pair));
  }
  hub_->send(std::move(pairs));

  std::map<std::string, int> revised;
  each_accepted([&](const v1::Header& header, const journal::StoredEntry&) {
    if (header.kind() == v1::KIND_REVISION) ++revised[header.revises()];
  });
  EXPECT_EQ(revised.size(), kPairs);
  for (const std::string& id : ids) EXPECT_EQ(revised[id], 1);
}

TEST_F(GatePairs, OneSequenceNumberIsNeverUsedTwice) {
  std::vector<std::vector<MessagePtr>> pairs;
  for (std::size_t i = 0; i < kPairs; ++i) {
    std::vector<MessagePtr> pair;
    for (const char* lane : {"first", "second"}) {
      const std::vector<Observation> figures{cell(i + (*lane == 's' ? kPairs : 0), 42)};
      v1::Header header = one_.header(figures);
      header.set_sequence(i + 1);
      pair.push_back(message(one_, std::move(header), figures, lane));
    }
    pairs.push_back(std::move(pair));
  }
  hub_->send(std::move(pairs));

  std::map<std::uint64_t, int> used;
  each_accepted(
      [&](const v1::Header& header, const journal::StoredEntry&) { ++used[header.sequence()]; });
  EXPECT_EQ(used.size(), kPairs);
  for (const auto& [sequence, times] : used) EXPECT_EQ(times, 1) << sequence;
  EXPECT_EQ(hub_->out_of_sequence_count(), kPairs);
}

}  // namespace
}  // namespace rapporteur::admission
