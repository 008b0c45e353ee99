// The hub's one server socket: CURVE, bounded, never silent about what it cannot send.
//
// Threads: one. Errors: kConfiguration for an endpoint that cannot be bound, with what to do.
// Source: zmq_setsockopt(3); ZeroMQ RFC 25 (CURVE), RFC 28 (routing ids).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/core/events.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace zmq {
class context_t;
class socket_t;
class message_t;
}  // namespace zmq

namespace rapporteur::net {

struct RouterSocketOptions {
  std::string endpoint;       // tcp://127.0.0.1:5570; port * takes a free one
  std::string next_endpoint;  // on the next key, while the key is rotated; "": none
  int send_messages = 256;    // waiting in a line's pipe
  int receive_messages = 256;
  std::chrono::milliseconds linger{1'000};
  // Smaller in tests only: the kernel's socket buffers; 0 leaves them to the system.
  int kernel_buffer_bytes = 0;
};

// The key of a bound endpoint cannot be changed, so a rotation binds a second one.
struct ServerKeys {
  const crypto::SecretBytes& curve;
  const crypto::SecretBytes* next_curve = nullptr;  // with RouterSocketOptions::next_endpoint
};

class RouterSocket {
 public:
  // A ZapHandler runs in `context`, which outlives the socket; the keys need not.
  [[nodiscard]] static Result<std::unique_ptr<RouterSocket>> bind(
      zmq::context_t& context, const ServerKeys& keys, const RouterSocketOptions& options);
  ~RouterSocket();
  RouterSocket(const RouterSocket&) = delete;
  RouterSocket& operator=(const RouterSocket&) = delete;

  [[nodiscard]] void* handle() const;
  [[nodiscard]] void* monitor_handle() const;
  // With the port that was taken.
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] const std::string& next_endpoint() const { return next_endpoint_; }

  // The next message, if one is there: Received, or Rejected when it has more than one part or too
  // many bytes.
  [[nodiscard]] std::optional<core::Event> receive();

  enum class Sent { kSent, kWaiting, kDropped, kGone };
  // Never blocks. kWaiting: the line's pipe is full; the frame waits here, in order, and goes out
  // by flush().
  [[nodiscard]] Sent send(const core::RoutingId& to, std::string frame);
  // Sends it now or drops it: never kWaiting.
  [[nodiscard]] Sent offer(const core::RoutingId& to, std::string frame);
  // Drops what waits for the line.
  void forget(const core::RoutingId& to);

  struct Flushed {
    std::vector<core::RoutingId> unblocked;
    std::vector<core::RoutingId> gone;
  };
  [[nodiscard]] Flushed flush();
  [[nodiscard]] bool anything_waiting() const { return !waiting_.empty(); }

  // What the socket's monitor said since the last call.
  struct LineEvents {
    std::uint64_t accepted = 0;
    std::uint64_t closed = 0;
    std::uint64_t handshakes_failed = 0;
  };
  [[nodiscard]] LineEvents drain_monitor();

 private:
  RouterSocket() = default;
  [[nodiscard]] Status open(zmq::context_t& context, const RouterSocketOptions& options);
  struct Door {
    const std::string& endpoint;
    const char* key;  // of the configuration
  };
  // Lines to the endpoint find this key. Returns it with the port that was taken.
  [[nodiscard]] Result<std::string> listen(const Door& door, const crypto::SecretBytes& curve_key);
  [[nodiscard]] Sent try_send(const core::RoutingId& to, zmq::message_t& frame);

  std::unique_ptr<zmq::socket_t> socket_;
  std::unique_ptr<zmq::socket_t> monitor_;
  std::string endpoint_;
  std::string next_endpoint_;
  std::unordered_map<core::RoutingId, std::deque<zmq::message_t>> waiting_;
};

}  // namespace rapporteur::net
