#include "tests/fakes/raw_peer.h"

#include <cstring>
#include <deque>

#include <zmq.hpp>

#include "proto/base/check.h"

namespace rapporteur::fakes {

using namespace std::chrono_literals;

struct RawPeer::Impl {
  zmq::context_t context{1};
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  zmq::socket_t monitor{context, zmq::socket_type::pair};
  std::deque<v1::Frame> kept;
  std::uint64_t correlations = 0;

  // What the monitor says next; empty when it says nothing for long.
  std::optional<std::uint16_t> next_event() {
    monitor.set(zmq::sockopt::rcvtimeo, 10'000);
    zmq::message_t event;
    zmq::message_t address;
    if (!monitor.recv(event) || !monitor.recv(address)) return std::nullopt;
    std::uint16_t what = 0;
    std::memcpy(&what, event.data(), sizeof what);
    return what;
  }
};

RawPeer::RawPeer(const RawPeerOptions& options, const crypto::SecretBytes& curve_key)
    : impl_(std::make_unique<Impl>()) {
  namespace so = zmq::sockopt;
  const auto buffer = [](ByteSpan bytes) { return zmq::const_buffer(bytes.data(), bytes.size()); };
  const PublicKeyBytes public_key = crypto::curve_public_key(curve_key);
  auto& socket = impl_->socket;
  socket.set(so::curve_serverkey, buffer(options.hub_key.span()));
  socket.set(so::curve_publickey, buffer(public_key.span()));
  socket.set(so::curve_secretkey, buffer(curve_key.bytes()));
  socket.set(so::linger, 0);
  socket.set(so::ipv6, true);
  socket.set(so::rcvhwm, options.receive_messages);
  if (!options.routing_id.empty()) socket.set(so::routing_id, options.routing_id);
  if (options.kernel_buffer_bytes > 0) {
    socket.set(so::rcvbuf, options.kernel_buffer_bytes);
  }
  constexpr int kEvents = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                          ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_DISCONNECTED;
  RAPPORTEUR_CHECK(zmq_socket_monitor(socket.handle(), "inproc://monitor", kEvents) == 0);
  impl_->monitor.set(so::linger, 0);
  impl_->monitor.connect("inproc://monitor");
  socket.connect(options.endpoint);
}

RawPeer::~RawPeer() {
  zmq_socket_monitor(impl_->socket.handle(), nullptr, 0);
}

void RawPeer::send(v1::Frame frame) {
  if (frame.correlation() == 0) frame.set_correlation(++impl_->correlations);
  send_parts({frame.SerializeAsString()});
}

void RawPeer::send_parts(const std::vector<std::string>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto flags = i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
    RAPPORTEUR_CHECK(impl_->socket.send(zmq::buffer(parts[i]), flags).has_value());
  }
}

std::optional<v1::Frame> RawPeer::receive(std::chrono::milliseconds wait) {
  if (!impl_->kept.empty()) {
    v1::Frame frame = std::move(impl_->kept.front());
    impl_->kept.pop_front();
    return frame;
  }
  impl_->socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(wait.count()));
  zmq::message_t message;
  if (!impl_->socket.recv(message)) return std::nullopt;
  v1::Frame frame;
  RAPPORTEUR_CHECK(frame.ParseFromArray(message.data(), static_cast<int>(message.size())));
  return frame;
}

v1::Frame RawPeer::ask(v1::Frame frame) {
  const std::uint64_t correlation = ++impl_->correlations;
  frame.set_correlation(correlation);
  send_parts({frame.SerializeAsString()});
  std::deque<v1::Frame> others;
  while (true) {
    auto answer = receive();
    RAPPORTEUR_CHECK(answer.has_value());
    if (answer->correlation() == correlation) {
      others.insert(others.end(), impl_->kept.begin(), impl_->kept.end());
      impl_->kept = std::move(others);
      return std::move(*answer);
    }
    others.push_back(std::move(*answer));
  }
}

v1::Welcome RawPeer::hello() {
  const v1::Frame answer = ask(hello_frame());
  RAPPORTEUR_CHECK(answer.has_welcome());
  return answer.welcome();
}

v1::Outcome RawPeer::submit(const std::string& envelope) {
  const v1::Frame answer = ask(submit_frame(envelope));
  RAPPORTEUR_CHECK(answer.has_outcome());
  return answer.outcome();
}

v1::Fault RawPeer::fault(v1::Frame frame) {
  const v1::Frame answer = ask(std::move(frame));
  RAPPORTEUR_CHECK(answer.has_fault());
  return answer.fault();
}

bool RawPeer::turned_away() {
  const auto what = impl_->next_event();
  RAPPORTEUR_CHECK(what.has_value());
  return *what != ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
}

bool RawPeer::cut_off() {
  while (const auto what = impl_->next_event()) {
    if (*what == ZMQ_EVENT_DISCONNECTED) return true;
  }
  return false;
}

v1::Frame RawPeer::hello_frame() {
  v1::Frame frame;
  frame.mutable_hello()->set_lowest_version(1);
  frame.mutable_hello()->set_highest_version(1);
  return frame;
}

v1::Frame RawPeer::submit_frame(const std::string& envelope) {
  v1::Frame frame;
  frame.set_submit(envelope);
  return frame;
}

}  // namespace rapporteur::fakes
