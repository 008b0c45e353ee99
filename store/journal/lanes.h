// The queue before the sequencer: proposals of each lane in ticket order, lanes in turn.
//
// A lane shows one proposal at a time: the next after it is shown when `done` was called for it. A
// proposal that is shown and comes back by `submit` with the same ticket is shown again.
//
// Units and shapes: at most `queue` proposals wait, and beside them at most one a lane, the one
// whose turn has come. Lanes are never forgotten: there are as many as participants.
// Threads: any.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "store/journal/sequencer.h"

namespace rapporteur::journal {

class Lanes {
 public:
  explicit Lanes(std::size_t queue) : queue_(queue) {}

  // As Sequencer::submit.
  [[nodiscard]] bool submit(Proposal&& proposal);
  // The proposal whose turn it is, if any. `wait` waits for one; then empty means stopped.
  [[nodiscard]] std::optional<Proposal> next(bool wait);
  // The proposal that the lane shows is decided.
  void done(const std::string& lane);
  // From now on `submit` refuses everything.
  void stop();

 private:
  struct Lane {
    std::uint64_t turn = 0;
    bool shown = false;  // the proposal of this turn is with the sequencer or its host
    int stale = 0;       // how often it came back
    // By ticket; empty content: the ticket was closed because the queue was full.
    std::map<std::uint64_t, std::optional<Proposal>> waiting;
  };

  void make_ready(Lane& lane);

  const std::size_t queue_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Lane> lanes_;
  std::deque<Lane*> ready_;
  std::size_t waiting_ = 0;
  bool stopped_ = false;
};

}  // namespace rapporteur::journal
