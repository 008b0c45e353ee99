// A peer of the hub's socket that says exactly what a test tells it to: frames, bytes, parts, any
// key, any routing id. No retries, no checks.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::fakes {

struct RawPeerOptions {
  std::string endpoint;
  PublicKeyBytes hub_key;
  std::string routing_id;  // "": the socket's own
  int receive_messages = 1'000;
  int kernel_buffer_bytes = 0;  // 0: the system's
};

class RawPeer {
 public:
  RawPeer(const RawPeerOptions& options, const crypto::SecretBytes& curve_key);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  void send(v1::Frame frame);
  void send_parts(const std::vector<std::string>& parts);
  // Empty when nothing came within `wait`.
  [[nodiscard]] std::optional<v1::Frame> receive(
      std::chrono::milliseconds wait = std::chrono::seconds(10));
  // The frame with this correlation; drops others but keeps deliveries for receive_deliver.
  [[nodiscard]] v1::Frame ask(v1::Frame frame);
  [[nodiscard]] v1::Welcome hello();
  [[nodiscard]] v1::Outcome submit(const std::string& envelope);
  // The fault that answers the frame.
  [[nodiscard]] v1::Fault fault(v1::Frame frame);
  // True when the handshake was refused, false when it succeeded; waits for either.
  [[nodiscard]] bool turned_away();

  // True when the hub ended the line; waits for it.
  [[nodiscard]] bool cut_off();

  [[nodiscard]] static v1::Frame hello_frame();
  [[nodiscard]] static v1::Frame submit_frame(const std::string& envelope);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::fakes
