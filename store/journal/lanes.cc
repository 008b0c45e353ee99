#include "store/journal/lanes.h"

#include "proto/base/check.h"

namespace rapporteur::journal {

bool Lanes::submit(Proposal&& proposal) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  Lane& lane = lanes_[proposal.lane];
  const std::uint64_t ticket = proposal.ticket;
  RAPPORTEUR_CHECK(ticket >= lane.turn && !lane.waiting.contains(ticket));
  if (ticket == lane.turn && lane.shown) {
    lane.shown = false;
    proposal.stale = ++lane.stale;
  } else if (ticket != lane.turn && waiting_ >= queue_) {
    lane.waiting.emplace(ticket, std::nullopt);
    return false;
  }
  lane.waiting.emplace(ticket, std::move(proposal));
  ++waiting_;
  if (ticket == lane.turn) make_ready(lane);
  return true;
}

void Lanes::make_ready(Lane& lane) {
  ready_.push_back(&lane);
  changed_.notify_one();
}

std::optional<Proposal> Lanes::next(bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) changed_.wait(lock, [&] { return stopped_ || !ready_.empty(); });
  if (ready_.empty()) return std::nullopt;
  Lane& lane = *ready_.front();
  ready_.pop_front();
  auto first = lane.waiting.extract(lane.waiting.begin());
  lane.shown = true;
  --waiting_;
  return std::move(first.mapped());
}

void Lanes::done(const std::string& name) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_.at(name);
  RAPPORTEUR_CHECK(lane.shown);
  lane.shown = false;
  lane.stale = 0;
  ++lane.turn;
  while (!lane.waiting.empty() && lane.waiting.begin()->first == lane.turn) {
    if (lane.waiting.begin()->second) {
      make_ready(lane);
      return;
    }
    lane.waiting.erase(lane.waiting.begin());
    ++lane.turn;
  }
}

void Lanes::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace rapporteur::journal
