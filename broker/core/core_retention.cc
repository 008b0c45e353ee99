// Sweeps of the log for bodies whose time is over: once a day, and when the rules change.
//
// A sweep goes through the log once for each rule, a piece at a time. A piece with something in it
// is looked at again after its entry is written, or went stale, until nothing is left in it. A rule
// that cannot be carried to its end is counted and waits for the next sweep; the others go on.
#include "broker/core/core.h"
#include "broker/core/entries.h"

namespace rapporteur::core {
namespace {

// The unit of retention.
constexpr std::chrono::hours kSweepEvery{24};

std::vector<Expiry> rules_of(const directory::Directory& directory) {
  std::vector<Expiry> out;
  for (const v1::Retention& retention : directory.state().retentions()) {
    if (retention.live_days() != 0) {
      out.push_back({retention.dataflow(), false, retention.live_days()});
    }
    if (retention.superseded_days() != 0) {
      out.push_back({retention.dataflow(), true, retention.superseded_days()});
    }
  }
  return out;
}

}  // namespace

void Core::begin_sweep() {
  if (!sweep_rules_.empty() || !started_ || storage_error_ || stopping_ != Stopping::kNo ||
      now_.steady < sweep_due_) {
    return;
  }
  sweep_due_ = now_.steady + kSweepEvery;
  ++sweeps_;
  sweep_from_ = {};
  sweep_rules_ = rules_of(*directory_);
  find_expired();
}

void Core::find_expired() {
  if (sweep_rules_.empty()) return;
  actions_->push_back(
      FindExpired{sweeps_, sweep_rules_.back(), sweep_from_, now_.wall, feed_.size(), directory_});
}

void Core::on(ExpiredFound&& event) {
  if (event.sweep != sweeps_ || sweep_rules_.empty()) return;
  if (storage_error_ || stopping_ != Stopping::kNo) {
    sweep_rules_.clear();
    return;
  }
  if (!event.piece) {
    ++counters_.sweeps_failed;
    counters_.sweep_failure = sweep_rules_.back().dataflow + ": " + event.piece.error().line();
    return end_rule();
  }
  ExpiredPiece& piece = *event.piece;
  if (!piece.indices.empty()) {
    journal::Draft draft = expired_draft(sweep_rules_.back(), piece);
    return propose(std::move(draft), Expiring{sweeps_}, std::move(piece.reads));
  }
  if (piece.last) return end_rule();
  sweep_from_ = piece.next;
  find_expired();
}

void Core::end_rule() {
  sweep_rules_.pop_back();
  sweep_from_ = {};
  find_expired();
}

void Core::on(ProposalDropped&& event) {
  finish_own(event.token);
}

}  // namespace rapporteur::core
