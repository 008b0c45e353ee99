// Agencies that send and receive through the client library for as long as they are told to, each
// on a thread of its own, over a hub that comes and goes.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/agency/desk.h"

namespace rapporteur::crash {

// What a thread of a party came to: empty while it runs well.
class Trouble {
 public:
  void say(const std::string& what);
  [[nodiscard]] std::string line() const;

 private:
  mutable std::mutex mutex_;
  std::string what_;
};

// Keeps its outbox filled with submissions of one observation each, no two alike, and carries them.
class LoadedSender {
 public:
  struct Sent {
    MessageId id;
    std::string body;
  };

  LoadedSender(std::filesystem::path folder, std::string area);

  // Adds nothing more, and ends when everything is settled.
  void finish() { finishing_ = true; }
  [[nodiscard]] bool done() const { return done_; }
  // How often the line broke or could not be had.
  [[nodiscard]] std::size_t breaks() const { return breaks_; }
  [[nodiscard]] std::size_t receipts() const { return receipts_; }
  [[nodiscard]] std::string trouble() const { return trouble_.line(); }
  // Items that were sent and are not settled: what the line that broke left without an answer.
  [[nodiscard]] std::vector<MessageId> unanswered() const;
  // What was settled so far.
  [[nodiscard]] std::vector<client::Settled> settled() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return desk_->agency.folder(); }

  // After it is done: everything it put into its outbox, in order, and what is still in there.
  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
  [[nodiscard]] std::vector<client::Item> left_over() const;
  [[nodiscard]] std::filesystem::path receipt_of(const MessageId& id) const;

 private:
  void run();
  // An error ends the run.
  [[nodiscard]] Status feed();
  [[nodiscard]] client::NewItem next_item() const;

  const std::string area_;
  agency::Program program_;
  std::unique_ptr<agency::Desk> desk_;   // of the thread
  std::unique_ptr<agency::Desk> other_;  // of who asks
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> breaks_ = 0;
  std::atomic<std::size_t> receipts_ = 0;
  Trouble trouble_;
  std::vector<Sent> sent_;
  mutable std::mutex mutex_;
  std::vector<client::Settled> settled_;
  std::jthread thread_;
};

// Receives everything into one durable subscription.
class LoadedReceiver {
 public:
  explicit LoadedReceiver(std::filesystem::path folder);

  // Asks the hub once more for what there is, and ends when that has arrived.
  void finish() { finishing_ = true; }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::size_t breaks() const { return breaks_; }
  [[nodiscard]] std::string trouble() const { return trouble_.line(); }
  // After it is done: all that arrived, in the order of arrival.
  [[nodiscard]] std::vector<client::StoredDelivery> arrivals() const;

 private:
  void run();
  [[nodiscard]] Status receive(bool to_the_end);

  agency::Program program_;
  std::unique_ptr<agency::Desk> desk_;
  std::atomic<bool> finishing_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> breaks_ = 0;
  Trouble trouble_;
  std::jthread thread_;
};

}  // namespace rapporteur::crash
