#include "broker/net/router_socket.h"

#include <cstring>

#include <zmq.hpp>

#include "broker/net/zap.h"
#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"

namespace rapporteur::net {
namespace {

// ZMQ_ZAP_ENFORCE_DOMAIN is in the header only with the draft interface, and in every build:
// without it a server whose ZAP handler is missing admits every key.
constexpr int kZapEnforceDomain = 93;
constexpr const char* kMonitorEndpoint = "inproc://rapporteur.router.monitor";
constexpr int kHeartbeatEvery = 5'000;  // ms
constexpr int kHeartbeatWait = 15'000;  // ms
constexpr int kHandshakeWait = 3'000;   // ms; the default of 30 s lets idle peers hold descriptors
constexpr int kBacklog = 256;
constexpr int kMonitorEvents = 1'000;  // unread; the router reads them in every round
// Below it a copy is cheaper than handing the string's memory over.
constexpr std::size_t kHandOverFrom = 4'096;

void free_string(void*, void* hint) {
  delete static_cast<std::string*>(hint);
}

zmq::message_t message_of(std::string frame) {
  if (frame.size() < kHandOverFrom) return {frame.data(), frame.size()};
  auto kept = std::make_unique<std::string>(std::move(frame));
  void* const data = kept->data();
  const std::size_t size = kept->size();
  return {data, size, free_string, kept.release()};
}

std::string reason(const zmq::error_t& error, const std::string& endpoint) {
  if (error.num() == EADDRINUSE) return "another program listens on " + endpoint;
  if (error.num() == EACCES) return "this user may not listen on " + endpoint;
  if (error.num() == EADDRNOTAVAIL || error.num() == ENODEV) {
    return "this machine has no such address: " + endpoint;
  }
  return "cannot listen on " + endpoint + ": " + error.what();
}

// A part of a message being received.
struct Part {
  zmq_msg_t raw;
  Part() { zmq_msg_init(&raw); }
  ~Part() { zmq_msg_close(&raw); }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  [[nodiscard]] std::string_view view() {
    return {static_cast<const char*>(zmq_msg_data(&raw)), zmq_msg_size(&raw)};
  }
  [[nodiscard]] bool more() const { return zmq_msg_more(&raw) != 0; }
};

bool receive_part(void* socket, Part& part) {
  while (zmq_msg_recv(&part.raw, socket, ZMQ_DONTWAIT) < 0) {
    if (zmq_errno() != EINTR) return false;
  }
  return true;
}

std::string user_id_of(const Part& part) {
  const char* user_id = zmq_msg_gets(&part.raw, "User-Id");
  return user_id == nullptr ? std::string() : std::string(user_id);
}

}  // namespace

Result<std::unique_ptr<RouterSocket>> RouterSocket::bind(zmq::context_t& context,
                                                         const ServerKeys& keys,
                                                         const RouterSocketOptions& options) {
  std::unique_ptr<RouterSocket> out(new RouterSocket);
  try {
    if (auto opened = out->open(context, options); !opened) return tl::unexpected(opened.error());
  } catch (const zmq::error_t& error) {
    return fail(ErrorKind::kConfiguration, std::string("cannot open the line: ") + error.what(),
                "libzmq", "look for open files (LimitNOFILE) and memory");
  }
  auto endpoint = out->listen({options.endpoint, "listen.endpoint"}, keys.curve);
  if (!endpoint) return tl::unexpected(endpoint.error());
  out->endpoint_ = std::move(*endpoint);
  if (options.next_endpoint.empty()) return out;
  RAPPORTEUR_CHECK(keys.next_curve != nullptr);
  auto next = out->listen({options.next_endpoint, "listen.next_endpoint"}, *keys.next_curve);
  if (!next) return tl::unexpected(next.error());
  out->next_endpoint_ = std::move(*next);
  return out;
}

Result<std::string> RouterSocket::listen(const Door& door, const crypto::SecretBytes& curve_key) {
  try {
    // An endpoint keeps the options that the socket has when it is bound.
    const auto key = curve_key.bytes();
    socket_->set(zmq::sockopt::curve_secretkey, zmq::const_buffer(key.data(), key.size()));
    socket_->bind(door.endpoint);
    return socket_->get(zmq::sockopt::last_endpoint);
  } catch (const zmq::error_t& error) {
    return fail(ErrorKind::kConfiguration, reason(error, door.endpoint), door.key,
                "stop that program, or choose another endpoint");
  }
}

Status RouterSocket::open(zmq::context_t& context, const RouterSocketOptions& options) {
  namespace so = zmq::sockopt;
  socket_ = std::make_unique<zmq::socket_t>(context, zmq::socket_type::router);
  socket_->set(so::curve_server, true);
  if (!sabotaged("zap-off")) {
    socket_->set(so::zap_domain, kZapDomain);
    const int enforce = 1;
    if (zmq_setsockopt(socket_->handle(), kZapEnforceDomain, &enforce, sizeof enforce) != 0) {
      return fail(ErrorKind::kConfiguration, "this libzmq does not enforce ZAP domains", "libzmq",
                  "use libzmq 4.3.4 or later");
    }
  }
  socket_->set(so::router_mandatory, !sabotaged("mandatory-off"));
  socket_->set(so::router_handover, false);
  socket_->set(so::sndhwm, options.send_messages);
  socket_->set(so::rcvhwm, options.receive_messages);
  socket_->set(so::maxmsgsize,
               static_cast<std::int64_t>(limits::kFrameBytes + limits::kFrameSlackBytes));
  socket_->set(so::heartbeat_ivl, kHeartbeatEvery);
  socket_->set(so::heartbeat_timeout, kHeartbeatWait);
  socket_->set(so::heartbeat_ttl, kHeartbeatWait);
  socket_->set(so::handshake_ivl, kHandshakeWait);
  socket_->set(so::linger, static_cast<int>(options.linger.count()));
  socket_->set(so::ipv6, true);
  socket_->set(so::backlog, kBacklog);
  if (options.kernel_buffer_bytes > 0) {
    socket_->set(so::sndbuf, options.kernel_buffer_bytes);
    socket_->set(so::rcvbuf, options.kernel_buffer_bytes);
  }
  const int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
                     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
  if (zmq_socket_monitor(socket_->handle(), kMonitorEndpoint, events) != 0) throw zmq::error_t();
  monitor_ = std::make_unique<zmq::socket_t>(context, zmq::socket_type::pair);
  monitor_->set(so::linger, 0);
  monitor_->set(so::rcvhwm, kMonitorEvents);
  monitor_->connect(kMonitorEndpoint);
  return {};
}

RouterSocket::~RouterSocket() {
  // A monitor that outlives its reader would stop the I/O thread at the next event.
  if (socket_ != nullptr) zmq_socket_monitor(socket_->handle(), nullptr, 0);
  monitor_.reset();
  waiting_.clear();
  socket_.reset();
}

void* RouterSocket::handle() const {
  return socket_->handle();
}

void* RouterSocket::monitor_handle() const {
  return monitor_->handle();
}

std::optional<core::Event> RouterSocket::receive() {
  Part routing;
  if (!receive_part(socket_->handle(), routing)) return std::nullopt;
  std::string from(routing.view());
  if (!routing.more()) {
    return core::Rejected{std::move(from), "", std::string(faults::kMalformed), "empty message"};
  }
  Part frame;
  if (!receive_part(socket_->handle(), frame)) return std::nullopt;
  std::string user_id = user_id_of(frame);
  if (!frame.more()) {
    return core::Received{std::move(from), std::move(user_id), std::string(frame.view())};
  }
  std::size_t parts = 1;
  std::size_t bytes = frame.view().size();
  for (bool more = true; more;) {
    Part rest;
    if (!receive_part(socket_->handle(), rest)) break;
    ++parts;
    bytes += rest.view().size();
    more = rest.more();
  }
  const bool large = bytes > limits::kFrameBytes;
  return core::Rejected{std::move(from), std::move(user_id),
                        std::string(large ? faults::kTooLarge : faults::kMalformed),
                        "a message has one part; this one had " + std::to_string(parts)};
}

RouterSocket::Sent RouterSocket::try_send(const core::RoutingId& to, zmq::message_t& frame) {
  // Only the first part can find the pipe full; then the message begins again with it.
  while (zmq_send(socket_->handle(), to.data(), to.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
    if (zmq_errno() == EINTR) continue;
    return zmq_errno() == EAGAIN ? Sent::kWaiting : Sent::kGone;
  }
  while (zmq_msg_send(frame.handle(), socket_->handle(), ZMQ_DONTWAIT) < 0) {
    if (zmq_errno() != EINTR) return Sent::kGone;
  }
  return Sent::kSent;
}

RouterSocket::Sent RouterSocket::send(const core::RoutingId& to, std::string frame) {
  zmq::message_t message = message_of(std::move(frame));
  if (!waiting_.empty()) {
    if (const auto queue = waiting_.find(to); queue != waiting_.end()) {
      queue->second.push_back(std::move(message));
      return Sent::kWaiting;
    }
  }
  const Sent sent = try_send(to, message);
  if (sent == Sent::kWaiting) waiting_[to].push_back(std::move(message));
  return sent;
}

RouterSocket::Sent RouterSocket::offer(const core::RoutingId& to, std::string frame) {
  zmq::message_t message = message_of(std::move(frame));
  const Sent sent = try_send(to, message);
  return sent == Sent::kWaiting ? Sent::kDropped : sent;
}

void RouterSocket::forget(const core::RoutingId& to) {
  waiting_.erase(to);
}

RouterSocket::Flushed RouterSocket::flush() {
  Flushed out;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    auto& [to, queue] = *at;
    Sent sent = Sent::kSent;
    while (!queue.empty() && (sent = try_send(to, queue.front())) == Sent::kSent) {
      queue.pop_front();
    }
    if (sent == Sent::kWaiting) {
      ++at;
      continue;
    }
    (sent == Sent::kGone ? out.gone : out.unblocked).push_back(to);
    at = waiting_.erase(at);
  }
  return out;
}

RouterSocket::LineEvents RouterSocket::drain_monitor() {
  LineEvents out;
  while (true) {
    Part event;
    if (!receive_part(monitor_->handle(), event)) return out;
    std::uint16_t what = 0;
    if (event.view().size() >= sizeof what) std::memcpy(&what, event.view().data(), sizeof what);
    for (bool more = event.more(); more;) {
      Part address;
      if (!receive_part(monitor_->handle(), address)) break;
      more = address.more();
    }
    if (what == ZMQ_EVENT_ACCEPTED) {
      ++out.accepted;
    } else if (what == ZMQ_EVENT_DISCONNECTED) {
      ++out.closed;
    } else {
      ++out.handshakes_failed;
    }
  }
}

}  // namespace rapporteur::net
