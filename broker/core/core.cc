#include "broker/core/core.h"

#include <algorithm>

#include "broker/core/entries.h"
#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHubLane;
constexpr auto kProbeAllAfter = 200ms;

}  // namespace

Core::Core(CoreOptions options, Opening opening, Now now)
    : options_(std::move(options)),
      directory_(std::move(opening.directory)),
      signed_directory_(std::move(opening.signed_directory)),
      checkpoint_(std::move(opening.checkpoint)),
      backed_up_to_(opening.backed_up_to),
      connections_(options_.budgets),
      feed_(opening.size, options_.feed),
      cosigned_(std::move(opening.cosigned)),
      faults_since_(now.wall),
      faults_due_(now.steady + kFaultsEvery),
      cursors_due_(now.steady),
      sweep_due_(now.steady),
      started_ms_(unix_millis(now.wall)),
      now_(now) {
  for (auto& subscription : opening.subscriptions) {
    auto name = subscription.name();
    subscriptions_.emplace(std::move(name), std::move(subscription));
  }
  adopt_rights();
}

Core::~Core() = default;

void Core::step(Event&& event, Now now, Actions& actions) {
  now_ = now;
  actions_ = &actions;
  std::visit([this](auto&& content) { on(std::forward<decltype(content)>(content)); },
             std::move(event));
  if (stopping_ != Stopping::kNo) go_on_stopping();
  actions_ = nullptr;
}

// ---- the line ----

void Core::on(Received&& event) {
  const FrameView frame = read_frame(event.frame);
  Connection* connection = admit(event.from, event.user_id, frame.correlation);
  if (connection == nullptr) return;
  connection->heard = now_.steady;
  if (frame.message == v1::Frame::MESSAGE_NOT_SET) {
    return refuse(*connection, frame.correlation,
                  {faults::kMalformed, "not one message of this version of the protocol", 0ms});
  }
  if (event.frame.size() > limits::kFrameBytes) {
    return refuse(*connection, frame.correlation,
                  {faults::kTooLarge, "a message is at most 18 MiB", 0ms});
  }
  ++counters_.received[static_cast<std::size_t>(frame.message)];
  dispatch(*connection, frame, event.frame);
}

void Core::on(Rejected&& event) {
  Connection* connection = admit(event.from, event.user_id, 0);
  if (connection != nullptr) refuse(*connection, 0, {event.code, event.message, 0ms});
}

void Core::dispatch(Connection& connection, const FrameView& frame, std::string& bytes) {
  if (connection.version == 0 && frame.message != v1::Frame::kHello) {
    return refuse(connection, frame.correlation,
                  {faults::kUnexpected, "the first message of a line is Hello", 0ms});
  }
  if (frame.message != v1::Frame::kSubmit && frame.payload.size() > limits::kDialogueBytes) {
    return refuse(connection, frame.correlation,
                  {faults::kTooLarge, "a message other than a submission is at most 64 KiB", 0ms});
  }
  // Credit asks for nothing new; all else would keep the end from coming.
  if (stopping_ != Stopping::kNo && frame.message != v1::Frame::kCredit &&
      frame.message != v1::Frame::kHeartbeat) {
    return refuse(connection, frame.correlation,
                  {faults::kOverloaded, "the hub is stopping", kRetryWhenStopping});
  }
  switch (frame.message) {
    case v1::Frame::kHello:
      return hello(connection, frame);
    case v1::Frame::kSubmit:
      return submit(connection, frame, bytes);
    case v1::Frame::kSubscribe:
      return subscribe(connection, frame);
    case v1::Frame::kCredit:
      return credit(connection, frame);
    case v1::Frame::kAcknowledge:
      return acknowledge(connection, frame);
    case v1::Frame::kQuery:
      return query(connection, frame);
    case v1::Frame::kCosignatures:
      return cosignatures(connection, frame);
    case v1::Frame::kHeartbeat:
      return;
    default:
      return refuse(connection, frame.correlation,
                    {faults::kUnexpected, "only the hub sends this message", 0ms});
  }
}

Connection* Core::admit(const RoutingId& from, const std::string& user_id,
                        std::uint64_t correlation) {
  Connection* connection = connections_.find(from);
  if (connection != nullptr && connection->user_id != user_id) {
    const std::string participant = connection->identity.participant;
    drop(from);
    refuse(from, participant, correlation,
           {faults::kIdentity, "this routing id was another line's: connect again", 0ms});
    return nullptr;
  }
  if (connection == nullptr) {
    const bool from_routing_id = sabotaged("identity-from-routing-id") && !made_by_router(from);
    auto identity = parse_user_id(user_id);
    if (identity && from_routing_id) identity->participant = from;
    if (!identity) {
      refuse(from, "", correlation, {faults::kIdentity, "the line carries no identity", 0ms});
      return nullptr;
    }
    if (!from_routing_id && !made_by_router(from)) {
      refuse(from, identity->participant, correlation,
             {faults::kIdentity, "a client must not choose a routing id: leave it unset", 0ms});
      return nullptr;
    }
    // Nothing tells that a line is gone but a message to it: programs that come and go would fill
    // the bound with lines of before.
    const std::size_t open = connections_.count_of(identity->participant);
    if (2 * open >= limits::kConnectionsPerParticipant) probe_all(identity->participant);
    if (open >= limits::kConnectionsPerParticipant) {
      refuse(from, identity->participant, correlation,
             {faults::kOverloaded, "too many connections of this participant", 1s});
      return nullptr;
    }
    connection = &connections_.open(from, user_id, std::move(*identity), now_);
  }
  if (!allowed(*connection)) {
    refuse(*connection, correlation,
           {faults::kNotActive, "participant or line key is suspended, revoked or ended", 0ms});
    return nullptr;
  }
  return connection;
}

bool Core::allowed(Connection& connection) {
  const bool greeted = connection.version != 0;
  if (connection.checked_version == directory_->version() ||
      (greeted && sabotaged("checked-at-the-door-only"))) {
    return connection.allowed;
  }
  const auto* participant = directory_->by_curve_key(connection.identity.curve_key);
  connection.allowed =
      sabotaged("identity-from-routing-id") ||
      (participant != nullptr && participant->id() == connection.identity.participant);
  connection.checked_version = directory_->version();
  return connection.allowed;
}

void Core::on(Unreachable&& event) {
  drop(event.peer);
}

void Core::on(Blocked&& event) {
  if (Connection* connection = connections_.find(event.peer)) connection->blocked = true;
}

void Core::on(Unblocked&& event) {
  Connection* connection = connections_.find(event.peer);
  if (connection == nullptr) return;
  connection->blocked = false;
  connection->unsent_bytes = 0;
  for (auto& [name, subscription] : subscriptions_) {
    if (subscription.attached == event.peer) pump(subscription);
  }
}

void Core::probe(Connection& connection) {
  connection.probed = now_.steady;
  v1::Heartbeat heartbeat;
  heartbeat.set_time_ms(unix_millis(now_.wall));
  heartbeat.set_backed_up_to(backed_up_to_.value);
  if (!connection.blocked) {
    actions_->push_back(Send{connection.id, make_frame(0, v1::Frame::kHeartbeat, heartbeat)});
  }
}

void Core::probe_all(std::string_view participant) {
  connections_.each([&](Connection& other) {
    const bool lately = other.probed + kProbeAllAfter > now_.steady;
    if (other.identity.participant == participant && !lately) probe(other);
  });
}

void Core::drop(const RoutingId& id) {
  detach_all(id);
  connections_.close(id);
  std::erase_if(waiting_, [&](const WaitingQuery& waiting) {
    if (waiting.asker.connection != id) return false;
    connections_.release(waiting.asker);
    return true;
  });
  actions_->push_back(Forget{id});
}

void Core::send(Connection& connection, std::string frame) {
  if (connection.blocked) {
    connection.unsent_bytes += frame.size();
    if (connection.unsent_bytes > limits::kUnsentBytesPerConnection) {
      // It does not read what it asked for; a ROUTER cannot close one line, so it is forgotten.
      faults_.add(connection.identity.participant, faults::kOverloaded);
      return drop(RoutingId(connection.id));
    }
  }
  actions_->push_back(Send{connection.id, std::move(frame)});
}

// ---- faults and answers ----

void Core::refuse(const RoutingId& to, std::string_view participant, std::uint64_t correlation,
                  const Complaint& complaint) {
  ++counters_.faults[std::string(complaint.code)];
  faults_.add(participant, complaint.code);
  if (Connection* connection = connections_.find(to)) {
    tell(*connection, correlation, complaint);
  } else {
    actions_->push_back(
        Send{to, fault_frame(correlation, complaint), sabotaged("refusals-pile-up")});
  }
}

void Core::refuse(Connection& connection, std::uint64_t correlation, const Complaint& complaint) {
  refuse(RoutingId(connection.id), std::string(connection.identity.participant), correlation,
         complaint);
}

void Core::tell(Connection& connection, std::uint64_t correlation, const Complaint& complaint) {
  send(connection, fault_frame(correlation, complaint));
}

std::string Core::fault_frame(std::uint64_t correlation, const Complaint& complaint) {
  v1::Fault fault;
  fault.set_code(std::string(complaint.code));
  fault.set_message(complaint.message);
  fault.set_retry_after_ms(static_cast<std::uint64_t>(complaint.retry.count()));
  return make_fault(correlation, fault);
}

void Core::answer(const Asker& asker, std::string frame) {
  connections_.release(asker);
  if (Connection* connection = connections_.find(asker)) send(*connection, std::move(frame));
}

void Core::fault(const Asker& asker, const Complaint& complaint) {
  connections_.release(asker);
  if (Connection* connection = connections_.find(asker)) {
    refuse(*connection, asker.correlation, complaint);
  }
}

std::optional<Asker> Core::ask(Connection& connection, std::uint64_t correlation, std::size_t bytes,
                               Connections::Request request) {
  if (!connections_.take(connection, bytes, request)) {
    refuse(connection, correlation,
           {faults::kOverloaded, "too much is under way", connections_.delay()});
    return std::nullopt;
  }
  return Asker{connection.id, connection.epoch, connection.identity.participant, correlation,
               bytes};
}

void Core::on(Answered&& event) {
  switch (event.kind) {
    case AnswerKind::kAccepted:
      ++counters_.accepted;
      break;
    case AnswerKind::kAdministered:
      ++counters_.administered;
      break;
    case AnswerKind::kRefused:
      ++counters_.refused;
      break;
    case AnswerKind::kRepeated:
      ++counters_.repeated;
      break;
    case AnswerKind::kFault:
      ++counters_.faults[event.code];
      faults_.add(event.asker.participant, event.code);
      break;
    case AnswerKind::kOther:
      break;
  }
  if (event.to_ask) --journal_questions_;
  answer(event.asker, std::move(event.frame));
}

// ---- submissions and the log ----

void Core::submit(Connection& connection, const FrameView& frame, std::string& bytes) {
  if (storage_error_) {
    return refuse(
        connection, frame.correlation,
        {faults::kStorage, "the hub cannot write at present: its operator is needed", 30s});
  }
  auto asker = ask(connection, frame.correlation, bytes.size(), Connections::Request::kSubmission);
  if (!asker) return;
  const std::uint64_t ticket = tickets_[asker->participant]++;
  const auto offset = static_cast<std::size_t>(frame.payload.data() - bytes.data());
  const std::size_t size = frame.payload.size();
  actions_->push_back(Judge{std::move(*asker), connection.identity.curve_key, ticket,
                            std::move(bytes), offset, size, now_.steady});
}

void Core::on(LogGrew&& event) {
  if (event.checkpoint != nullptr) checkpoint_ = std::move(event.checkpoint);
  feed_.grow(std::move(event.added));
  feed_.erase(event.erased);
  if (event.directory != nullptr) {
    directory_ = std::move(event.directory);
    signed_directory_ = std::move(event.signed_directory);
    connections_.each([&](Connection& connection) {
      if (!allowed(connection)) detach_all(connection.id);
    });
    adopt_rights();
    // Retention and holds may have changed.
    sweep_rules_.clear();
    sweep_due_ = now_.steady;
  }
  for (auto& answered : event.answers) on(std::move(answered));
  for (const std::uint64_t token : event.own) finish_own(token);
  deliver_new();
  wake_waiting();
}

void Core::on(StorageFailed&& event) {
  storage_error_ = std::move(event.error);
  sweep_rules_.clear();
  for (auto& answered : event.answers) on(std::move(answered));
  const Complaint complaint{faults::kStorage, "the hub cannot write at present", 30s};
  for (auto& [token, own] : std::exchange(own_, {})) {
    std::visit(
        [&](auto& content) {
          if constexpr (requires { content.asker; }) fault(content.asker, complaint);
        },
        own);
  }
  for (auto& [name, subscription] : subscriptions_) {
    subscription.proposed = 0;
    for (auto& waiting : std::exchange(subscription.waiting, {})) fault(waiting.asker, complaint);
  }
}

void Core::on(HandshakesRefused&& event) {
  counters_.handshakes_refused += event.count;
  faults_.add("", faults::kIdentity, event.count);
}

void Core::on(LinesEnded&& event) {
  counters_.lines_ended += event.count;
}

void Core::propose(journal::Draft draft, Own own, journal::ReadSet reads) {
  const std::uint64_t token = ++tokens_;
  own_.emplace(token, std::move(own));
  actions_->push_back(
      Propose{token, tickets_[std::string(kHubLane)]++, std::move(draft), std::move(reads)});
}

}  // namespace rapporteur::core
