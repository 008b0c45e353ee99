// What the operators' monitoring reads: counters, gauges and histograms in Prometheus text.
//
// Units: seconds and bytes, in the name. Cardinality: rule, fault and message codes are finite; of
// subscriptions the first kSubscriptionSeries by name are shown one by one; of witnesses, those of
// the policy.
// Threads: any.
#pragma once

#include <memory>
#include <string>

#include "broker/admission/observer.h"
#include "broker/core/core.h"
#include "proto/base/clock.h"

namespace rapporteur::monitor {

inline constexpr std::size_t kSubscriptionSeries = 500;

// What the router's thread knew about a second ago.
struct Snapshot {
  v1::Status status;
  core::Counters counters;
  std::size_t in_flight = 0;
  std::size_t in_flight_bytes = 0;
  std::uint64_t open_lines = 0;
  std::size_t judgement_queue = 0;
  MonotonicTime taken;
  std::string handed_in;       // the newest checkpoint that a witness cosigned, with all that did
  bool monitor_ended = false;  // nobody can ask for the metrics any more
};

class Metrics final : public admission::Observer {
 public:
  // Null: no witnesses are asked for.
  explicit Metrics(const Clock& clock, std::shared_ptr<const verify::Policy> policy = nullptr);
  ~Metrics() override;

  void receipt(std::chrono::nanoseconds waited) override;
  void refused_by(std::string_view rule, std::size_t count) override;
  void waived(std::string_view rule, std::size_t count) override;
  void stale_verdict() override;
  void group(std::size_t entries, std::chrono::nanoseconds wrote) override;

  void publish(Snapshot snapshot);

  // Prometheus text exposition format 0.0.4.
  [[nodiscard]] std::string text() const;
  // Empty, or why the hub is not ready to take messages.
  [[nodiscard]] std::string not_ready_because() const;
  // False when the router's thread has not been heard of for ten seconds.
  [[nodiscard]] bool alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::monitor
