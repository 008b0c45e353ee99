// Asks one witness on a thread of its own, so that one that is slow or away holds nobody up.
//
// Threads: one owner; what comes back goes to a Mailbox, which takes from all lines. Lifetime: the
// mailbox outlives the lines. The destructor waits for a call that is under way, at most its
// time-out.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "adapters/witness/request.h"
#include "ops/publisher/http_call.h"

namespace rapporteur::publisher {

// What a witness said to a request.
struct WitnessReply {
  std::size_t witness = 0;
  witness::AddCheckpoint request;
  Result<HttpReply> reply;
};

class Mailbox {
 public:
  void put(WitnessReply reply);
  // Waits for at most that long; all there is.
  [[nodiscard]] std::vector<WitnessReply> take(std::chrono::milliseconds wait);

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<WitnessReply> replies_;
};

class WitnessLine {
 public:
  WitnessLine(std::size_t witness, HttpCaller caller, Mailbox& mailbox);
  ~WitnessLine();
  WitnessLine(const WitnessLine&) = delete;
  WitnessLine& operator=(const WitnessLine&) = delete;

  // Only when the last reply has been taken.
  void ask(witness::AddCheckpoint request);

 private:
  void run();

  std::size_t witness_;
  HttpCaller caller_;
  Mailbox& mailbox_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::optional<witness::AddCheckpoint> request_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace rapporteur::publisher
