#include "adapters/client/connection.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include <zmq.hpp>

#include "adapters/client/line_monitor.h"
#include "adapters/client/line_socket.h"
#include "adapters/client/zmq_call.h"
#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"

namespace rapporteur::client {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kSoftware = "rapporteur-client 0.1.0";

// One context a process while any connection lives; its end waits for the sockets' linger.
std::shared_ptr<zmq::context_t> shared_context() {
  static std::mutex mutex;
  static std::weak_ptr<zmq::context_t> shared;
  const std::lock_guard lock(mutex);
  auto context = shared.lock();
  if (!context) {
    context = std::make_shared<zmq::context_t>(1);
    shared = context;
  }
  return context;
}

milliseconds until(SteadyClock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now());
  return std::max(left, milliseconds(0));
}

}  // namespace

struct Connection::Impl {
  std::shared_ptr<zmq::context_t> context;
  HubAddress hub;
  LineOptions options;
  zmq::socket_t line;
  LineMonitor monitor;
  std::uint64_t next_correlation = 1;
  std::deque<v1::Frame> kept;
  v1::Welcome welcome;
  bool greeted = false;

  Impl(HubAddress address, const crypto::CurveKeyPair& keys, const LineOptions& with)
      : context(shared_context()),
        hub(std::move(address)),
        options(with),
        line(line_socket(*context, hub, keys, options)),
        monitor(*context, line) {
    line.connect(hub.endpoint);
  }

  [[nodiscard]] tl::unexpected<Error> unreachable(milliseconds waited) const {
    switch (monitor.trouble()) {
      case LineTrouble::kKeyUnknown:
        // The refusal travels in clear: it tells nobody which of the two.
        return fail(ErrorKind::kRefused,
                    "the hub turns this key away: it is not enrolled, or suspended", hub.endpoint,
                    "ask its operator");
      case LineTrouble::kHandshake:
        return fail(ErrorKind::kUnreachable, "somebody answers, but not with the hub's key",
                    hub.endpoint, "compare curve_key with the hub's public file");
      case LineTrouble::kNone:
        break;
    }
    return fail(ErrorKind::kUnreachable,
                "nobody answered within " + std::to_string(waited.count()) + " ms", hub.endpoint,
                "check that the hub runs and that this machine may connect to it");
  }

  [[nodiscard]] tl::unexpected<Error> broken() {
    greeted = false;
    kept.clear();
    return fail(ErrorKind::kUnreachable, "the line to the hub broke", hub.endpoint,
                "what was under way is sent again when the hub is back");
  }

  // Whether the line broke since the last hello.
  bool lost() {
    monitor.drain();
    return greeted && monitor.breaks() != breaks_at_hello;
  }

  [[nodiscard]] Status put(const v1::Frame& frame) {
    const std::size_t size = frame.ByteSizeLong();
    if (size > limits::kFrameBytes) {
      return fail(ErrorKind::kUsage, "message of " + std::to_string(size) + " bytes is too long");
    }
    zmq::message_t message(size);
    frame.SerializeWithCachedSizesToArray(static_cast<std::uint8_t*>(message.data()));
    const auto sent =
        uninterrupted([&]() { return line.send(message, zmq::send_flags::dontwait); });
    if (!sent) {
      return fail(ErrorKind::kOverloaded, "too much is waiting to be sent", hub.endpoint,
                  "wait for answers before sending more");
    }
    return {};
  }

  // What is there now, without waiting.
  [[nodiscard]] Result<std::optional<v1::Frame>> take() {
    zmq::message_t message;
    const auto receive = [&]() { return line.recv(message, zmq::recv_flags::dontwait); };
    if (!uninterrupted(receive)) return std::nullopt;
    if (message.more()) {
      while (message.more()) static_cast<void>(uninterrupted(receive));
      return fail(ErrorKind::kMalformed, "the hub sent a message of several parts", hub.endpoint);
    }
    v1::Frame frame;
    if (message.size() > limits::kFrameBytes ||
        !frame.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return fail(ErrorKind::kMalformed, "the hub sent a frame that cannot be read", hub.endpoint);
    }
    return frame;
  }

  // Waits for the line or the monitor. False when interrupted by a signal.
  bool wait_for(short events, milliseconds wait) {
    std::array<zmq::pollitem_t, 2> items{
        {{line.handle(), 0, events, 0}, {monitor.handle(), 0, ZMQ_POLLIN, 0}}};
    return zmq_poll(items.data(), static_cast<int>(items.size()), wait.count()) >= 0;
  }

  [[nodiscard]] Result<std::optional<v1::Frame>> next(milliseconds wait) {
    const auto deadline = SteadyClock::now() + wait;
    while (true) {
      auto frame = take();
      if (!frame || frame->has_value()) return frame;
      if (lost()) return broken();
      if (until(deadline) == milliseconds(0)) return std::nullopt;
      if (!wait_for(ZMQ_POLLIN, until(deadline))) return std::nullopt;
    }
  }

  // A socket with IMMEDIATE can be written to only while the line is up.
  bool wait_until_writable(SteadyClock::time_point deadline) {
    while (true) {
      monitor.drain();
      const int events = uninterrupted([&]() { return line.get(zmq::sockopt::events); });
      if ((events & ZMQ_POLLOUT) != 0) return true;
      if (until(deadline) == milliseconds(0) || monitor.trouble() == LineTrouble::kKeyUnknown) {
        return false;
      }
      if (!wait_for(ZMQ_POLLOUT, until(deadline))) return false;
    }
  }

  [[nodiscard]] Result<v1::Frame> await(std::uint64_t correlation, milliseconds timeout) {
    const auto deadline = SteadyClock::now() + timeout;
    while (true) {
      auto frame = next(until(deadline));
      if (!frame) return tl::unexpected(frame.error());
      if (!frame->has_value()) return unreachable(timeout);
      if ((*frame)->correlation() == correlation) {
        if ((*frame)->has_fault()) return tl::unexpected(error_of((*frame)->fault(), hub));
        return std::move(**frame);
      }
      if (kept.size() >= options.unread_messages) {
        return fail(ErrorKind::kOverloaded, "the hub sends more than is read", hub.endpoint);
      }
      kept.push_back(std::move(**frame));
    }
  }

  [[nodiscard]] Status check_pins(const v1::Welcome& answer) const {
    if (answer.version() < limits::kLowestProtocolVersion ||
        answer.version() > limits::kHighestProtocolVersion) {
      return fail(ErrorKind::kRefused,
                  "the hub chose protocol version " + std::to_string(answer.version()) +
                      ", which this program does not speak",
                  hub.endpoint, "update rapporteur-adapter");
    }
    if (answer.hub() != hub.hub) {
      return fail(ErrorKind::kNotVerified,
                  "this is hub '" + printable(answer.hub(), 64) + "', not '" + hub.hub + "'",
                  hub.endpoint, "check the endpoint");
    }
    if (answer.log_verifier_key() != hub.log_verifier_key) {
      return fail(ErrorKind::kNotVerified, "the hub's log has another key than the pinned one",
                  hub.endpoint,
                  "ask the hub's operator; if the hub was restored, 'enrol' with its new public "
                  "file");
    }
    return {};
  }

  std::uint64_t breaks_at_hello = 0;
};

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const HubAddress& hub,
                                                     const crypto::CurveKeyPair& keys,
                                                     const LineOptions& options) {
  try {
    return std::unique_ptr<Connection>(new Connection(std::make_unique<Impl>(hub, keys, options)));
  } catch (const zmq::error_t& error) {
    return fail(ErrorKind::kConfiguration, std::string("cannot connect: ") + error.what(),
                hub.endpoint, "an endpoint reads tcp://HOST:PORT");
  }
}

Result<v1::Welcome> Connection::hello() {
  return hello(impl_->options.answer_timeout);
}

Result<v1::Welcome> Connection::hello(milliseconds timeout) {
  impl_->greeted = false;
  impl_->kept.clear();
  const auto deadline = SteadyClock::now() + timeout;
  if (!impl_->wait_until_writable(deadline)) return impl_->unreachable(timeout);
  v1::Frame frame;
  frame.set_correlation(impl_->next_correlation++);
  v1::Hello& hello = *frame.mutable_hello();
  hello.set_lowest_version(limits::kLowestProtocolVersion);
  hello.set_highest_version(limits::kHighestProtocolVersion);
  hello.set_software(std::string(kSoftware));
  impl_->breaks_at_hello = impl_->monitor.breaks();
  impl_->greeted = true;
  auto answer = impl_->put(frame).and_then(
      [&]() { return impl_->await(frame.correlation(), until(deadline)); });
  impl_->kept.clear();
  if (answer && !answer->has_welcome()) {
    answer = fail(ErrorKind::kMalformed, "the hub answered hello with something else",
                  impl_->hub.endpoint);
  }
  Status pinned = answer ? impl_->check_pins(answer->welcome()) : Status();
  impl_->greeted = answer && pinned;
  if (!answer) return tl::unexpected(answer.error());
  if (!pinned) return tl::unexpected(pinned.error());
  impl_->welcome = answer->welcome();
  return impl_->welcome;
}

const v1::Welcome& Connection::welcome() const {
  return impl_->welcome;
}

const HubAddress& Connection::hub() const {
  return impl_->hub;
}

Result<std::uint64_t> Connection::send(v1::Frame& frame) {
  if (impl_->lost()) return impl_->broken();
  frame.set_correlation(impl_->next_correlation++);
  if (auto sent = impl_->put(frame); !sent) return tl::unexpected(sent.error());
  return frame.correlation();
}

Result<std::optional<v1::Frame>> Connection::receive(milliseconds wait) {
  if (!impl_->kept.empty()) {
    v1::Frame frame = std::move(impl_->kept.front());
    impl_->kept.pop_front();
    return frame;
  }
  return impl_->next(wait);
}

Result<std::vector<std::size_t>> Connection::wait_any(std::span<Connection* const> lines,
                                                      milliseconds wait) {
  std::vector<zmq::pollitem_t> items;
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    items.push_back({lines[i]->impl_->line.handle(), 0, ZMQ_POLLIN, 0});
    if (!lines[i]->impl_->kept.empty()) ready.push_back(i);
  }
  if (!ready.empty()) return ready;
  const int polled = zmq_poll(items.data(), static_cast<int>(items.size()), wait.count());
  if (polled < 0 && zmq_errno() != EINTR) {
    return fail(ErrorKind::kUnreachable, zmq_strerror(zmq_errno()));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if ((items[i].revents & ZMQ_POLLIN) != 0) ready.push_back(i);
  }
  return ready;
}

Result<v1::Frame> Connection::ask(v1::Frame& frame) {
  return ask(frame, impl_->options.answer_timeout);
}

Result<v1::Frame> Connection::ask(v1::Frame& frame, milliseconds timeout) {
  return send(frame).and_then(
      [&](std::uint64_t correlation) { return impl_->await(correlation, timeout); });
}

Error error_of(const v1::Fault& fault, const HubAddress& hub) {
  const bool overloaded = fault.code() == faults::kOverloaded;
  std::string remedy(faults::remedy_of(fault.code()));
  if (overloaded && fault.retry_after_ms() > 0) {
    remedy = "try again in " + std::to_string(fault.retry_after_ms()) + " ms";
  }
  const bool later = overloaded || fault.code() == faults::kStorage;
  return Error{later ? ErrorKind::kOverloaded : ErrorKind::kRefused,
               printable(fault.code(), 64) + ": " + printable(fault.message()), hub.endpoint,
               std::move(remedy)};
}

}  // namespace rapporteur::client
