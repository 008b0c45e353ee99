// What libzmq says about one line: up, broken, turned away.
//
// Threads: as the socket it watches. Lifetime: must be destroyed before that socket is closed; the
// destructor ends the monitor, since one that nobody drains stops the I/O thread.
// Source: libzmq 4.3.4, zmq_socket_monitor(3).
#pragma once

#include <cstdint>

#include <zmq.hpp>

namespace rapporteur::client {

enum class LineTrouble {
  kNone,
  kHandshake,   // the other end hung up during the handshake: not the key we expect of it
  kKeyUnknown,  // the other end turned our key away
};

class LineMonitor {
 public:
  LineMonitor(zmq::context_t& context, zmq::socket_t& line);
  ~LineMonitor();
  LineMonitor(const LineMonitor&) = delete;
  LineMonitor& operator=(const LineMonitor&) = delete;

  // Takes what happened since the last call; never waits.
  void drain();
  // How often a line that was up has broken.
  [[nodiscard]] std::uint64_t breaks() const { return breaks_; }
  // The last thing that kept a line from coming up; kNone once one is up.
  [[nodiscard]] LineTrouble trouble() const { return trouble_; }
  [[nodiscard]] void* handle() { return events_.handle(); }

 private:
  void take(std::uint16_t event);

  zmq::socket_t& line_;
  zmq::socket_t events_;
  bool up_ = false;
  std::uint64_t breaks_ = 0;
  LineTrouble trouble_ = LineTrouble::kNone;
};

}  // namespace rapporteur::client
