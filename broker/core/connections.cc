#include "broker/core/connections.h"

#include <algorithm>

#include "proto/base/check.h"

namespace rapporteur::core {
namespace {

constexpr std::size_t kSlowPart = 16;

}  // namespace

Connection* Connections::find(const RoutingId& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

Connection* Connections::find(const Asker& asker) {
  Connection* connection = find(asker.connection);
  return connection != nullptr && connection->epoch == asker.epoch ? connection : nullptr;
}

Connection& Connections::open(const RoutingId& id, std::string user_id, Identity identity,
                              Now now) {
  ++by_participant_[identity.participant].connections;
  auto [at, made] = by_id_.try_emplace(id);
  RAPPORTEUR_CHECK(made);
  Connection& connection = at->second;
  connection.id = id;
  connection.epoch = ++epochs_;
  connection.user_id = std::move(user_id);
  connection.identity = std::move(identity);
  connection.heard = now.steady;
  connection.probed = now.steady;
  return connection;
}

void Connections::close(const RoutingId& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto use = by_participant_.find(found->second.identity.participant);
  if (--use->second.connections == 0 && use->second.requests == 0) by_participant_.erase(use);
  by_id_.erase(found);
}

std::size_t Connections::count_of(const std::string& participant) const {
  const auto use = by_participant_.find(participant);
  return use == by_participant_.end() ? 0 : use->second.connections;
}

bool Connections::take(Connection& connection, std::size_t bytes, Request request) {
  Use& use = by_participant_[connection.identity.participant];
  const bool over_own = use.requests > 0 && use.bytes + bytes > budgets_.bytes_per_participant;
  const bool slow = slow_ && request == Request::kSubmission;
  const std::size_t most = slow ? budgets_.requests / kSlowPart : budgets_.requests;
  if (connection.in_flight >= budgets_.requests_per_connection || over_own || requests_ >= most ||
      bytes_ + bytes > budgets_.bytes) {
    return false;
  }
  ++connection.in_flight;
  ++use.requests;
  use.bytes += bytes;
  ++requests_;
  bytes_ += bytes;
  return true;
}

void Connections::release(const Asker& asker) {
  const auto use = by_participant_.find(asker.participant);
  RAPPORTEUR_CHECK(use != by_participant_.end() && use->second.requests > 0 && requests_ > 0);
  --use->second.requests;
  use->second.bytes -= asker.bytes;
  if (use->second.requests == 0 && use->second.connections == 0) by_participant_.erase(use);
  --requests_;
  bytes_ -= asker.bytes;
  if (Connection* connection = find(asker)) --connection->in_flight;
}

std::chrono::milliseconds Connections::delay() const {
  const std::size_t percent =
      std::max(requests_ * 100 / budgets_.requests, bytes_ * 100 / budgets_.bytes);
  return std::chrono::milliseconds(50 + 10 * std::min<std::size_t>(percent, 100));
}

void FaultCounts::add(std::string_view participant, std::string_view code, std::uint64_t count) {
  counts_[{std::string(participant), std::string(code)}] += count;
}

std::map<std::pair<std::string, std::string>, std::uint64_t> FaultCounts::take() {
  return std::exchange(counts_, {});
}

}  // namespace rapporteur::core
