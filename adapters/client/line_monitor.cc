#include "adapters/client/line_monitor.h"

#include <atomic>
#include <cstring>
#include <string>

#include "adapters/client/zmq_call.h"
#include "proto/base/check.h"

namespace rapporteur::client {
namespace {

constexpr int kWatched = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                         ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;

std::string new_endpoint() {
  static std::atomic<std::uint64_t> next{0};
  return "inproc://rapporteur-line-" + std::to_string(next++);
}

}  // namespace

LineMonitor::LineMonitor(zmq::context_t& context, zmq::socket_t& line)
    : line_(line), events_(context, zmq::socket_type::pair) {
  events_.set(zmq::sockopt::linger, 0);
  const std::string endpoint = new_endpoint();
  if (zmq_socket_monitor(line_.handle(), endpoint.c_str(), kWatched) != 0) throw zmq::error_t();
  events_.connect(endpoint);
}

LineMonitor::~LineMonitor() {
  zmq_socket_monitor(line_.handle(), nullptr, 0);
}

void LineMonitor::drain() {
  zmq::message_t event;
  const auto receive = [&]() { return events_.recv(event, zmq::recv_flags::dontwait); };
  while (uninterrupted(receive)) {
    std::uint16_t number = 0;
    RAPPORTEUR_CHECK(event.size() >= sizeof(number));
    std::memcpy(&number, event.data(), sizeof(number));
    while (event.more()) static_cast<void>(uninterrupted(receive));
    take(number);
  }
}

void LineMonitor::take(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      up_ = true;
      trouble_ = LineTrouble::kNone;
      break;
    case ZMQ_EVENT_DISCONNECTED:
      if (up_) ++breaks_;
      up_ = false;
      break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      trouble_ = LineTrouble::kKeyUnknown;
      break;
    default:
      trouble_ = LineTrouble::kHandshake;
      break;
  }
}

}  // namespace rapporteur::client
