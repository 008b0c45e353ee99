// What happens when time passes: entries of the hub's own, probes of silent lines, and the end.
#include <algorithm>

#include "broker/core/core.h"
#include "broker/core/entries.h"
#include "proto/base/check.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kCursorsEvery = 1s;
// A line that was silent for so long is tried, so that connections nobody holds any more are found.
constexpr auto kProbeAfter = 10s;

}  // namespace

void Core::on(Tick&&) {
  if (now_.steady >= cursors_due_) {
    cursors_due_ = now_.steady + kCursorsEvery;
    journal_cursors();
    watch_lag();
  }
  if (deliveries_due_) deliver_new();
  write_progress();
  if (now_.steady >= faults_due_) {
    faults_due_ = now_.steady + kFaultsEvery;
    journal_faults();
  }
  connections_.each([&](Connection& connection) {
    if (now_.steady - std::max(connection.heard, connection.probed) >= kProbeAfter) {
      probe(connection);
    }
  });
  for (auto& [name, subscription] : subscriptions_) {
    if (subscription.retry_at && now_.steady >= *subscription.retry_at) {
      subscription.retry_at.reset();
      pump(subscription);
    }
  }
  wake_waiting();
  begin_sweep();
}

void Core::journal_faults() {
  if (faults_.empty() || storage_error_) return;
  propose(unauthenticated_draft(faults_.take(), faults_since_, now_.wall), Noted{});
  faults_since_ = now_.wall;
}

void Core::journal_cursors() {
  if (storage_error_) return;
  v1::CursorsMoved moved;
  std::vector<journal::StateWrite> states;
  for (auto& [name, subscription] : subscriptions_) {
    if (changing_.contains(name)) continue;  // as in write_cursor
    auto acknowledgement = subscription.take_unjournalled();
    if (!acknowledgement) continue;
    *moved.add_acknowledgements() = std::move(*acknowledgement);
    states.push_back({state_name(name), subscription.state()});
  }
  if (states.empty()) return;
  journal::Draft draft = cursors_moved_draft(moved);
  draft.state = std::move(states);
  propose(std::move(draft), Noted{});
}

void Core::on(Start&& event) {
  RAPPORTEUR_CHECK(!started_);
  propose(std::move(event.started), Begun{});
}

void Core::on(Stop&&) {
  if (stopping_ != Stopping::kNo) return;
  stopping_ = Stopping::kFinishing;
  for (auto& waiting : std::exchange(waiting_, {})) {
    fault(waiting.asker, {faults::kOverloaded, "the hub is stopping", kRetryWhenStopping});
  }
}

void Core::go_on_stopping() {
  if (stopping_ == Stopping::kFinishing && own_.empty() && connections_.in_flight() == 0) {
    stopping_ = Stopping::kClosing;
    journal_cursors();
    write_progress();
    journal_faults();
    if (!storage_error_) propose(stopped_draft(), Noted{});
  }
  if (stopping_ == Stopping::kClosing && own_.empty()) {
    stopping_ = Stopping::kDone;
    actions_->push_back(Drained{});
  }
}

}  // namespace rapporteur::core
