// Who is connected, and how much each has under way.
//
// A ROUTER does not say when a peer leaves: a connection lives until a send finds no route, its
// routing id turns up with another user id, or its queue grows over the bound.
//
// Threads: one.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/core/events.h"
#include "broker/core/identity.h"
#include "proto/base/limits.h"

namespace rapporteur::core {

struct Connection {
  RoutingId id;
  std::uint64_t epoch = 0;
  std::string user_id;
  Identity identity;
  std::uint64_t checked_version = 0;  // of the directory
  bool allowed = false;
  std::uint32_t version = 0;  // of the protocol; 0 before the greeting
  MonotonicTime heard;
  MonotonicTime probed;
  bool blocked = false;
  std::size_t unsent_bytes = 0;  // sent while blocked
  std::size_t in_flight = 0;
  std::size_t subscriptions = 0;  // attached to it
};

struct Budgets {
  std::size_t requests = limits::kRequestsInFlight;
  std::size_t bytes = limits::kInFlightBytes;
  std::size_t bytes_per_participant = limits::kInFlightBytesPerParticipant;
  std::size_t requests_per_connection = limits::kInFlightPerConnection;
};

class Connections {
 public:
  explicit Connections(Budgets budgets) : budgets_(budgets) {}

  [[nodiscard]] Connection* find(const RoutingId& id);
  // Null when the connection that asked is gone.
  [[nodiscard]] Connection* find(const Asker& asker);
  // `id` is not connected.
  Connection& open(const RoutingId& id, std::string user_id, Identity identity, Now now);
  void close(const RoutingId& id);

  [[nodiscard]] std::size_t count() const { return by_id_.size(); }
  [[nodiscard]] std::size_t count_of(const std::string& participant) const;
  [[nodiscard]] std::size_t in_flight() const { return requests_; }
  [[nodiscard]] std::size_t in_flight_bytes() const { return bytes_; }

  // False: over a budget, nothing changed. A single request may be larger than the participant's
  // budget when nothing else of that participant is under way.
  enum class Request { kSubmission, kOther };
  [[nodiscard]] bool take(Connection& connection, std::size_t bytes, Request request);
  void release(const Asker& asker);
  // While true, submissions are taken up to a small part of the requests only: what is delivered
  // must catch up, and acknowledgements and questions help it to.
  void slow_down(bool slow) { slow_ = slow; }
  // When to try again, by how full the budgets are.
  [[nodiscard]] std::chrono::milliseconds delay() const;

  template <typename Use>
  void each(Use use) {
    for (auto& [id, connection] : by_id_) use(connection);
  }

 private:
  struct Use {
    std::size_t connections = 0;
    std::size_t requests = 0;
    std::size_t bytes = 0;
  };
  Budgets budgets_;
  std::unordered_map<RoutingId, Connection> by_id_;
  std::unordered_map<std::string, Use> by_participant_;
  std::size_t requests_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t epochs_ = 0;
  bool slow_ = false;
};

// Faults since the last summary, per participant ("" when unknown) and code.
class FaultCounts {
 public:
  void add(std::string_view participant, std::string_view code, std::uint64_t count = 1);
  [[nodiscard]] bool empty() const { return counts_.empty(); }
  // Starts anew.
  [[nodiscard]] std::map<std::pair<std::string, std::string>, std::uint64_t> take();

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts_;
};

}  // namespace rapporteur::core
