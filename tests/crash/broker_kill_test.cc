// Promise: nothing is lost. The shipped broker is killed with SIGKILL at random moments, while
// several agencies send through the client library and one receives, and is started again; in the
// end all that anybody had a receipt for is in the log with a proof that holds, and arrived once.
//
// A normal run kills 8 times; RAPPORTEUR_FULL=1 kills 50 times.
#include <algorithm>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"
#include "store/verify/receipt.h"
#include "tests/crash/loaded_parties.h"
#include "tests/crash/program_hub.h"
#include "tests/support/seed.h"

namespace rapporteur::crash {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitMost = 60s;
constexpr int kReceiptsBeforeKill = 200;

struct Logged {
  LogIndex index;
  std::string nonce;
  std::string record;
  std::string body;
  bool accepted = false;
};

// The log, with the signed messages in it by message id.
struct ReadLog {
  std::unique_ptr<journal::JournalReader> reader;
  std::map<std::string, Logged> messages;
  std::vector<std::string> accepted;  // message ids in the order of the log
  std::vector<Digest> roots;          // of the tree of each size
};

class BrokerKill : public ::testing::Test {
 protected:
  BrokerKill() {
    hub_.start();
    for (const std::string area : {"AT", "BE", "DE", "FR"}) {
      std::string name = "sender-" + area;
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      senders_.push_back(std::make_unique<LoadedSender>(hub_.enrol(name, area), area));
    }
    receiver_ = std::make_unique<LoadedReceiver>(hub_.enrol("receiver", ""));
  }
  ~BrokerKill() override {
    // Whoever still runs ends at once.
    for (auto& sender : senders_) sender->finish();
    receiver_->finish();
  }

  // Waits until it holds; false when it does not within a bounded time, or something has failed.
  [[nodiscard]] bool wait_until(const std::function<bool()>& holds, bool broker_runs) {
    const auto give_up = std::chrono::steady_clock::now() + kWaitMost;
    while (!holds()) {
      if (!trouble().empty() || std::chrono::steady_clock::now() > give_up) return false;
      if (broker_runs && !hub_.running()) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  [[nodiscard]] std::string trouble() const {
    std::string all = receiver_->trouble();
    for (const auto& sender : senders_) all += sender->trouble();
    return all;
  }
  [[nodiscard]] std::size_t receipts() const {
    std::size_t all = 0;
    for (const auto& sender : senders_) all += sender->receipts();
    return all;
  }
  [[nodiscard]] std::vector<std::size_t> breaks() const {
    std::vector<std::size_t> all{receiver_->breaks()};
    for (const auto& sender : senders_) all.push_back(sender->breaks());
    return all;
  }

  void kill_once(std::mt19937_64& random);
  void read_log();
  void check_receipts_are_in_the_log();
  void check_roots();
  void check_receipt(const LoadedSender& sender, const LoadedSender::Sent& sent);

  ProgramHub hub_;
  std::vector<std::unique_ptr<LoadedSender>> senders_;
  std::unique_ptr<LoadedReceiver> receiver_;
  std::size_t unanswered_ = 0;         // sent and not answered when the broker was killed
  std::size_t unanswered_in_log_ = 0;  // of them, in the log all the same
  ReadLog log_;
};

// The broker runs; in the end it runs again.
void BrokerKill::kill_once(std::mt19937_64& random) {
  // Sometimes while it opens the log, else in the middle of the load.
  const bool early = std::uniform_int_distribution<int>(0, 4)(random) == 0;
  const std::chrono::microseconds more(
      std::uniform_int_distribution<int>(0, early ? 100'000 : 5'000)(random));
  const auto wanted =
      static_cast<std::size_t>(std::uniform_int_distribution<int>(1, kReceiptsBeforeKill)(random));
  if (!early) {
    const std::size_t before = receipts();
    ASSERT_TRUE(wait_until([&] { return receipts() >= before + wanted; }, true))
        << trouble() << hub_.said();
  }
  std::this_thread::sleep_for(more);
  const auto breaks_before = breaks();
  hub_.kill();
  // Until every line has noticed, an answer may still be on its way from the socket.
  ASSERT_TRUE(wait_until(
      [&] { return std::ranges::equal(breaks(), breaks_before, std::ranges::greater{}); }, false))
      << trouble();
  read_log();
  for (const auto& sender : senders_) {
    for (const MessageId& id : sender->unanswered()) {
      ++unanswered_;
      if (log_.messages.contains(id.string())) ++unanswered_in_log_;
    }
  }
  check_receipts_are_in_the_log();
  hub_.start();
}

void BrokerKill::read_log() {
  log_ = {hub_.log(), {}, {}, {}};
  const auto entries = log_.reader->entries(LogIndex{0}, SIZE_MAX, SIZE_MAX, true);
  ASSERT_TRUE(entries) << entries.error().line();
  merkle::Frontier tree;
  log_.roots.push_back(tree.root());
  for (const journal::StoredEntry& entry : *entries) {
    tree.append(merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record)));
    log_.roots.push_back(tree.root());
    v1::Record record;
    v1::Header header;
    ASSERT_TRUE(record.ParseFromString(entry.record));
    if (record.header().empty()) continue;
    ASSERT_TRUE(header.ParseFromString(record.header()));
    const bool added =
        log_.messages
            .emplace(header.message_id(), Logged{entry.index, entry.nonce, entry.record, entry.body,
                                                 record.has_accepted()})
            .second;
    EXPECT_TRUE(added) << "one message has two entries, the second " << entry.index.value;
    if (record.has_accepted()) log_.accepted.push_back(header.message_id());
  }
}

void BrokerKill::check_receipts_are_in_the_log() {
  for (const auto& sender : senders_) {
    for (const client::Settled& settled : sender->settled()) {
      const auto found = log_.messages.find(settled.message_id.string());
      ASSERT_NE(found, log_.messages.end()) << "a receipt was given for what is not in the log";
      ASSERT_EQ(found->second.index, settled.index);
    }
  }
}

// Every checkpoint that was ever kept or given out is one of the same tree: so each is consistent
// with every later one.
void BrokerKill::check_roots() {
  const notes::VerifierKey key = hub_.log_key();
  std::uint64_t kept = 0;
  ASSERT_TRUE(log_.reader->checkpoints([&](TreeSize size, const std::string& note) {
    const auto checkpoint = notes::open_checkpoint(note, key);
    EXPECT_TRUE(checkpoint);
    if (checkpoint) {
      EXPECT_EQ(checkpoint->size, size);
      EXPECT_EQ(checkpoint->root, log_.roots.at(size.value));
    }
    ++kept;
    return true;
  }));
  EXPECT_GT(kept, 0U);
}

void BrokerKill::check_receipt(const LoadedSender& sender, const LoadedSender::Sent& sent) {
  const Logged& logged = log_.messages.at(sent.id.string());
  EXPECT_TRUE(logged.accepted);
  EXPECT_EQ(logged.body, sent.body);
  const std::string file = testing::read_file(sender.receipt_of(sent.id));
  const auto receipt = verify::verify_receipt(file, hub_.log_key());
  ASSERT_TRUE(receipt) << receipt.error().line();
  EXPECT_EQ(receipt->index, logged.index);
  EXPECT_EQ(verify::Receipt::parse(file)->record, logged.record);
  EXPECT_EQ(verify::Receipt::parse(file)->nonce, logged.nonce);
  const notes::Checkpoint& then = receipt->head.checkpoint;
  ASSERT_LT(then.size.value, log_.roots.size());
  EXPECT_EQ(then.root, log_.roots[then.size.value]);
  const auto steps = log_.reader->consistency_proof(then.size, log_.reader->size());
  ASSERT_TRUE(steps) << steps.error().line();
  EXPECT_TRUE(merkle::verify_consistency(then.size, log_.reader->size(), *steps, then.root,
                                         log_.roots.back()));
}

TEST_F(BrokerKill, WhateverWasReceiptedIsThereAndArrivesOnce) {
  std::mt19937_64 random(testing::chosen_seed());
  const int kills = testing::full_run() ? 50 : 8;
  for (int round = 0; round < kills; ++round) {
    kill_once(random);
    if (HasFatalFailure()) FAIL() << "at kill " << round;
  }
  for (auto& sender : senders_) sender->finish();
  ASSERT_TRUE(wait_until(
      [&] { return std::ranges::all_of(senders_, [](auto& sender) { return sender->done(); }); },
      true))
      << trouble() << hub_.said();
  receiver_->finish();
  ASSERT_TRUE(wait_until([&] { return receiver_->done(); }, true)) << trouble() << hub_.said();
  EXPECT_EQ(trouble(), "");
  EXPECT_EQ(hub_.stop(), 0) << hub_.said();

  hub_.audit();
  read_log();
  check_roots();
  check_receipts_are_in_the_log();
  std::size_t sent = 0;
  for (const auto& sender : senders_) {
    for (const client::Item& item : sender->left_over()) {
      ADD_FAILURE() << uuid_text(item.message_id) << " is " << client::name(item.state) << " "
                    << item.note;
    }
    EXPECT_EQ(sender->receipts(), sender->sent().size());
    for (const LoadedSender::Sent& one : sender->sent()) check_receipt(*sender, one);
    sent += sender->sent().size();
  }
  EXPECT_EQ(log_.accepted.size(), sent);
  std::vector<std::string> arrived;
  for (const client::StoredDelivery& delivery : receiver_->arrivals()) {
    arrived.push_back(delivery.content.message_id.string());
    EXPECT_EQ(delivery.number.value, arrived.size());
    EXPECT_EQ(delivery.content.body, log_.messages.at(arrived.back()).body);
  }
  EXPECT_EQ(arrived.size(), log_.accepted.size());
  EXPECT_TRUE(arrived == log_.accepted) << "once each, in the order of the log";
  EXPECT_GT(unanswered_, 0U) << "no kill came while a receipt was under way";
  std::cout << kills << " kills, " << sent << " submissions, " << unanswered_
            << " without an answer when the broker was killed, " << unanswered_in_log_
            << " of them in the log\n";
}

}  // namespace
}  // namespace rapporteur::crash
