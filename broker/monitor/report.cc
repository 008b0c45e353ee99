#include "broker/monitor/report.h"

#include <spdlog/logger.h>

#include "proto/base/counted.h"

namespace rapporteur::monitor {
namespace {

constexpr std::chrono::minutes kSummaryEvery{1};

std::uint64_t all_faults(const core::Counters& counters) {
  std::uint64_t sum = counters.handshakes_refused;
  for (const auto& [code, count] : counters.faults) sum += count;
  return sum;
}

}  // namespace

void Reporter::report(Snapshot snapshot) {
  notify_.alive();
  log_changes(snapshot);
  metrics_.publish(std::move(snapshot));
}

void Reporter::log_changes(const Snapshot& snapshot) {
  const std::string& reason = snapshot.status.not_ready_because();
  if (reason != reason_) {
    if (reason.empty()) {
      const std::string size = counted(snapshot.status.log_size(), "entry");
      log_.info("ready: log of {}", size);
      notify_.ready("serving a log of " + size);
    } else {
      log_.warn("not ready: {}", reason);
    }
    reason_ = reason;
  }
  if (snapshot.counters.sweeps_failed != sweeps_failed_) {
    log_.error("retention: bodies whose time is over are kept until the next sweep: {}",
               snapshot.counters.sweep_failure);
    sweeps_failed_ = snapshot.counters.sweeps_failed;
  }
  if (snapshot.monitor_ended && !monitor_ended_) {
    log_.error("the monitor takes no connections any more; the hub goes on without it");
    monitor_ended_ = true;
  }
  if (snapshot.taken < summary_due_) return;
  summary_due_ = snapshot.taken + kSummaryEvery;
  const core::Counters& now = snapshot.counters;
  const auto faults = all_faults(now) - all_faults(before_);
  if (now.accepted != before_.accepted || now.refused != before_.refused || faults > 0 ||
      now.delivered != before_.delivered || now.lines_ended != before_.lines_ended) {
    log_.info("last minute: {} accepted, {} refused, {}, {}, {}, {} ended",
              now.accepted - before_.accepted, now.refused - before_.refused,
              counted(faults, "fault"), counted(now.delivered - before_.delivered, "delivery"),
              counted(snapshot.status.connections(), "connection"),
              counted(now.lines_ended - before_.lines_ended, "line"));
  }
  before_ = now;
}

}  // namespace rapporteur::monitor
