// Senders: connections that submit signed submissions and take their receipts.
//
// Every connection has a participant of its own. Submissions are made and signed before the clock
// runs. Threads: one at a time. Errors: any refusal, fault or unreadable answer ends the run.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "adapters/client/connection.h"
#include "ops/bench/percentiles.h"
#include "ops/bench/submissions.h"

namespace rapporteur::bench {

class Load {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  [[nodiscard]] static Result<Load> open(const client::HubAddress& hub,
                                         std::span<const SenderIdentity> parties,
                                         std::uint32_t observations);

  // Makes `count` more submissions, spread over the connections.
  void prepare(std::size_t count);

  // Keeps `outstanding` submissions under way on each connection until all prepared ones have their
  // receipt. Returns the seconds from the first send to the last receipt.
  [[nodiscard]] Result<double> run(std::size_t outstanding);

  // Sends each submission at its own time after `begin` (exponential intervals of mean
  // 1/`per_second`), waiting for receipts only where the hub would take no more of a connection;
  // latencies count from the intended time.
  [[nodiscard]] Status run_open(double per_second, TimePoint begin);
  // Intended sending time of the submission with that message id, after run_open() was planned.
  [[nodiscard]] const std::unordered_map<std::string, TimePoint>& intended() const {
    return intended_;
  }
  void plan(double per_second, TimePoint begin);

  // Every receipt is counted there too, for another thread to read; outlives the run.
  void count_into(std::atomic<std::uint64_t>* counter) { counter_ = counter; }

  [[nodiscard]] Percentiles& latency() { return latency_; }
  [[nodiscard]] std::uint64_t receipts() const { return receipts_; }

 private:
  struct Lane {
    std::unique_ptr<client::Connection> line;
    std::unique_ptr<SubmissionFactory> factory;
    std::vector<std::string> prepared;
    std::size_t next = 0;
    std::unordered_map<std::uint64_t, TimePoint> under_way;  // by correlation id
  };
  struct Planned {
    TimePoint at;
    std::size_t lane;
  };

  Load() = default;
  [[nodiscard]] Status send_next(Lane& lane, TimePoint counted_from);
  [[nodiscard]] Status take_receipts(Lane& lane);
  [[nodiscard]] Status wait_and_take(std::chrono::milliseconds most);

  std::vector<Lane> lanes_;
  std::vector<client::Connection*> lines_;
  std::vector<Planned> plan_;
  std::unordered_map<std::string, TimePoint> intended_;
  Percentiles latency_;
  std::uint64_t receipts_ = 0;
  std::atomic<std::uint64_t>* counter_ = nullptr;
};

}  // namespace rapporteur::bench
