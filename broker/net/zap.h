// Who may connect: the ZAP handler (ZeroMQ RFC 27). A line's CURVE key must be that of an active
// participant; its user id then names participant and key.
//
// Fails closed: it is bound before any server socket, and the server socket enforces that its
// domain is asked for. Answers from memory.
// Threads: one of its own. Errors: kConfiguration when the context has a handler already.
// Source: RFC 27/ZAP; PROTOCOL.md, "The line".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "broker/directory/directory.h"
#include "proto/base/result.h"

namespace zmq {
class context_t;
class socket_t;
}  // namespace zmq

namespace rapporteur::net {

inline constexpr const char* kZapDomain = "rapporteur";

using CurrentDirectory = std::function<std::shared_ptr<const directory::Directory>()>;

class ZapHandler {
 public:
  // `current` is called on the handler's thread; `context` outlives the handler.
  [[nodiscard]] static Result<std::unique_ptr<ZapHandler>> start(zmq::context_t& context,
                                                                 CurrentDirectory current);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

  [[nodiscard]] std::uint64_t refused() const { return refused_.load(); }

 private:
  ZapHandler(CurrentDirectory current, std::unique_ptr<zmq::socket_t> requests,
             std::unique_ptr<zmq::socket_t> stopped, std::unique_ptr<zmq::socket_t> stopper);
  void run();
  void answer_one();

  CurrentDirectory current_;
  std::unique_ptr<zmq::socket_t> requests_;
  std::unique_ptr<zmq::socket_t> stopped_;
  std::unique_ptr<zmq::socket_t> stopper_;
  std::atomic<std::uint64_t> refused_ = 0;
  std::thread thread_;
};

}  // namespace rapporteur::net
