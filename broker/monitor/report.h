// Hands what the router's thread reports on: to the metrics, the service manager and the log.
//
// Threads: the router's. Lifetime: all referenced objects outlive it.
#pragma once

#include <memory>
#include <string>

#include "broker/monitor/metrics.h"
#include "broker/monitor/service_notify.h"

namespace spdlog {
class logger;
}

namespace rapporteur::monitor {

class Reporter {
 public:
  Reporter(Metrics& metrics, const ServiceNotify& notify, spdlog::logger& log)
      : metrics_(metrics), notify_(notify), log_(log) {}

  void report(Snapshot snapshot);

 private:
  void log_changes(const Snapshot& snapshot);

  Metrics& metrics_;
  const ServiceNotify& notify_;
  spdlog::logger& log_;
  std::string reason_ = "starting";
  std::uint64_t sweeps_failed_ = 0;
  bool monitor_ended_ = false;
  MonotonicTime summary_due_;
  core::Counters before_;
};

}  // namespace rapporteur::monitor
