// Greetings and questions: answered from memory where possible, else by a job that reads the log.
#include "broker/core/core.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kWaitMost = 10s;

}  // namespace

void Core::hello(Connection& connection, const FrameView& frame) {
  v1::Hello greeting;
  if (!greeting.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
    return refuse(connection, frame.correlation, {faults::kMalformed, "Hello cannot be read", 0ms});
  }
  const std::uint32_t version =
      std::min(greeting.highest_version(), limits::kHighestProtocolVersion);
  if (version < limits::kLowestProtocolVersion || version < greeting.lowest_version()) {
    return refuse(connection, frame.correlation,
                  {faults::kVersion,
                   "this hub speaks versions " + std::to_string(limits::kLowestProtocolVersion) +
                       " to " + std::to_string(limits::kHighestProtocolVersion),
                   0ms});
  }
  auto asker = ask(connection, frame.correlation, frame.payload.size());
  if (!asker) return;
  connection.version = version;
  ask_journal(std::move(*asker), {}, version);
}

void Core::query(Connection& connection, const FrameView& frame) {
  v1::Query query;
  if (!query.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size())) ||
      query.what_case() == v1::Query::WHAT_NOT_SET) {
    return refuse(connection, frame.correlation, {faults::kMalformed, "Query cannot be read", 0ms});
  }
  auto asker = ask(connection, frame.correlation, frame.payload.size());
  if (!asker) return;
  v1::Answer reply;
  switch (query.what_case()) {
    case v1::Query::kStatus:
      *reply.mutable_status() = status_for(asker->participant);
      break;
    case v1::Query::kSubscriptions:
      fill_subscriptions(visible(asker->participant),
                         *reply.mutable_subscriptions()->mutable_subscriptions());
      break;
    case v1::Query::kDirectory:
      if (!reply.mutable_directory()->ParseFromString(signed_directory_)) {
        reply.clear_directory();
      }
      break;
    case v1::Query::kSnapshot:
      return snapshot(std::move(*asker), std::string(frame.payload));
    case v1::Query::kBackedUp:
      return backed_up(std::move(*asker), query.backed_up());
    default: {
      const bool cosigned = query.has_cosigned();
      const bool wait = cosigned ? query.cosigned().wait() : query.entries().wait();
      const LogIndex from{cosigned ? query.cosigned().index() : query.entries().from()};
      WaitingQuery question{std::move(*asker), std::string(frame.payload), from,
                            now_.steady + kWaitMost, cosigned};
      if (wait && !there(question) && (!cosigned || options_.policy != nullptr)) {
        waiting_.push_back(std::move(question));
        return;
      }
      return ask_journal(std::move(question.asker), std::move(question.query), 0);
    }
  }
  answer(*asker, make_frame(asker->correlation, v1::Frame::kAnswer, reply));
}

void Core::ask_journal(Asker asker, std::string query, std::uint32_t hello_version) {
  if (journal_questions_ >= limits::kQuestions) {
    return fault(asker, {faults::kOverloaded, "too many questions are waiting", 500ms});
  }
  ++journal_questions_;
  actions_->push_back(Ask{std::move(asker), hello_version, std::move(query), directory_});
}

bool Core::there(const WaitingQuery& waiting) const {
  return waiting.from.value < (waiting.cosigned ? cosigned_.size : feed_.size()).value;
}

void Core::wake_waiting() {
  for (std::size_t i = 0; i < waiting_.size();) {
    WaitingQuery& waiting = waiting_[i];
    if (!there(waiting) && now_.steady < waiting.deadline) {
      ++i;
      continue;
    }
    WaitingQuery ready = std::move(waiting);
    if (i + 1 != waiting_.size()) waiting_[i] = std::move(waiting_.back());
    waiting_.pop_back();
    ask_journal(std::move(ready.asker), std::move(ready.query), 0);
  }
}

void Core::fill_subscriptions(
    const std::optional<std::string>& only,
    google::protobuf::RepeatedPtrField<v1::SubscriptionState>& out) const {
  for (const auto& [name, subscription] : subscriptions_) {
    if (only && name.participant != *only) continue;
    auto* state = out.Add();
    state->set_participant(name.participant);
    state->set_subscription(name.subscription);
    *state->mutable_filter() = subscription.filter();
    state->set_acknowledged(subscription.acknowledged().number.value);
    state->set_sent(subscription.sent().number.value);
    state->set_lag_entries(subscription.lag(feed_.size()));
    state->set_connected(!subscription.attached.empty());
    state->set_credit(
        static_cast<std::uint64_t>(std::max<std::int64_t>(subscription.credit.deliveries, 0)));
  }
}

std::optional<std::string> Core::visible(const std::string& participant) const {
  if (directory_->may_administer(participant)) return std::nullopt;
  return participant;
}

v1::Status Core::status(Now now) const {
  v1::Status out;
  out.set_hub(options_.hub);
  out.set_origin(options_.origin);
  out.set_software_version(options_.software_version);
  out.set_time_ms(unix_millis(now.wall));
  out.set_started_ms(started_ms_);
  out.set_log_size(feed_.size().value);
  if (checkpoint_ != nullptr) out.set_checkpoint(*checkpoint_);
  out.set_backed_up_to(backed_up_to_.value);
  out.set_cosigned_checkpoint(cosigned_.note);
  if (storage_error_) {
    out.set_not_ready_because("storage failed: " + storage_error_->line());
  } else if (stopping_ != Stopping::kNo) {
    out.set_not_ready_because("stopping");
  } else if (!started_) {
    out.set_not_ready_because("starting");
  }
  out.set_ready(out.not_ready_because().empty());
  out.set_accepted(counters_.accepted);
  out.set_refused(counters_.refused);
  out.set_delivered(counters_.delivered);
  for (const auto& [code, count] : counters_.faults) out.set_faults(out.faults() + count);
  out.set_connections(static_cast<std::uint32_t>(connections_.count()));
  fill_subscriptions(std::nullopt, *out.mutable_subscriptions());
  return out;
}

v1::Status Core::status_for(const std::string& participant) const {
  v1::Status out = status(now_);
  if (const auto only = visible(participant)) {
    out.clear_subscriptions();
    fill_subscriptions(only, *out.mutable_subscriptions());
    // The hub's disk, traffic and users are its operators' business.
    if (storage_error_) out.set_not_ready_because("storage failed");
    out.clear_accepted();
    out.clear_refused();
    out.clear_delivered();
    out.clear_faults();
    out.clear_connections();
  }
  return out;
}

}  // namespace rapporteur::core
