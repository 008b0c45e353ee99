// One line to the hub: CURVE, hello, frames with correlation ids.
//
// A line that breaks reports it once, as kUnreachable from send, receive or ask; what was under way
// is lost, and hello() begins again on the same object (libzmq reconnects by itself, with
// back-off).
//
// Threads: one at a time.
// Errors: kUnreachable (nobody answers in time, or the line broke; with the endpoint and what to
// check), kRefused (the hub speaks no common version, or does not know the caller's key),
// kNotVerified (the hub is not the pinned one), kMalformed (an answer that cannot be read),
// kOverloaded.
// Lifetime: owns its socket; the ZeroMQ context is shared by all connections of a process and ends
// with the last of them. Closing waits for unsent messages up to LineOptions::linger.
// Source: PROTOCOL.md, "Dialogue"; libzmq 4.3.4 zmq_setsockopt(3), zmq_socket_monitor(3).
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::client {

struct HubAddress {
  std::string hub;       // its name, as in Header.hub
  std::string endpoint;  // tcp://127.0.0.1:5570
  PublicKeyBytes curve_key;
  std::string log_verifier_key;  // pins the log
  // Of the logs that this one continues, the newest first.
  std::vector<std::string> previous_log_keys = {};
};

struct LineOptions {
  std::chrono::milliseconds answer_timeout{5'000};
  std::chrono::milliseconds reconnect_first{500};
  std::chrono::milliseconds reconnect_most{30'000};
  std::chrono::milliseconds heartbeat{5'000};  // a silent peer is given up after three
  std::chrono::milliseconds linger{1'000};
  std::size_t unsent_messages = 1'000;
  std::size_t unread_messages = 10'000;
};

class Connection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const HubAddress& hub,
                                                                const crypto::CurveKeyPair& keys,
                                                                const LineOptions& options = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for the line to come up, says hello and checks that hub name and log key are the pinned
  // ones. Forgets every frame that came before. `timeout` instead of LineOptions::answer_timeout.
  [[nodiscard]] Result<v1::Welcome> hello();
  [[nodiscard]] Result<v1::Welcome> hello(std::chrono::milliseconds timeout);
  [[nodiscard]] const v1::Welcome& welcome() const;
  [[nodiscard]] const HubAddress& hub() const;

  // Sets a new correlation id and returns it. Never waits: kOverloaded when the socket takes no
  // more.
  [[nodiscard]] Result<std::uint64_t> send(v1::Frame& frame);
  // The next frame, whatever it is; empty when none came within `wait` or a signal interrupted it.
  [[nodiscard]] Result<std::optional<v1::Frame>> receive(std::chrono::milliseconds wait);
  // Waits until at least one of the lines has something to receive, and says which: positions in
  // `lines`. Empty when nothing came within `wait`.
  [[nodiscard]] static Result<std::vector<std::size_t>> wait_any(std::span<Connection* const> lines,
                                                                 std::chrono::milliseconds wait);
  // Sends and waits for the frame with the same correlation id; others are kept for receive(). A
  // Fault becomes an Error.
  [[nodiscard]] Result<v1::Frame> ask(v1::Frame& frame);
  [[nodiscard]] Result<v1::Frame> ask(v1::Frame& frame, std::chrono::milliseconds timeout);

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A Fault of the hub as an error, with what to do: OVERLOADED is kOverloaded, all others kRefused.
[[nodiscard]] Error error_of(const v1::Fault& fault, const HubAddress& hub);

}  // namespace rapporteur::client
