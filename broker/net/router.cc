#include "broker/net/router.h"

#include <algorithm>
#include <array>

#include <zmq.hpp>

namespace rapporteur::net {
namespace {

using namespace std::chrono_literals;

// Received in one go before other events get their turn.
constexpr int kReceiveMost = 512;
constexpr auto kTickEvery = 100ms;
constexpr auto kReportEvery = 1s;
constexpr auto kFlushEvery = 2ms;
// After Drained, for lines whose pipe is full.
constexpr auto kFarewellMost = 1s;

}  // namespace

Router::Router(RouterSocket& socket, Inbox& inbox, core::Core& core, core::JobSink& jobs,
               const Clock& clock, Report report)
    : socket_(socket),
      inbox_(inbox),
      core_(core),
      jobs_(jobs),
      clock_(clock),
      report_(std::move(report)) {}

void Router::run() {
  while (!drained_) {
    poll();
    take_events();
    receive();
    tick();
    carry_out();
    flush();
  }
  const MonotonicTime end = clock_.monotonic() + kFarewellMost;
  while (socket_.anything_waiting() && clock_.monotonic() < end) {
    poll();
    flush();
  }
}

void Router::poll() {
  auto wait = std::max(tick_due() - clock_.monotonic(), MonotonicTime::duration::zero());
  if (socket_.anything_waiting()) wait = std::min<MonotonicTime::duration>(wait, kFlushEvery);
  std::array<zmq_pollitem_t, 3> items{{{socket_.handle(), 0, ZMQ_POLLIN, 0},
                                       {nullptr, inbox_.descriptor(), ZMQ_POLLIN, 0},
                                       {socket_.monitor_handle(), 0, ZMQ_POLLIN, 0}}};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  if (zmq_poll(items.data(), static_cast<int>(items.size()), static_cast<long>(milliseconds)) < 0) {
    return;
  }
  if ((items[2].revents & ZMQ_POLLIN) == 0) return;
  const auto lines = socket_.drain_monitor();
  open_lines_ += lines.accepted;
  open_lines_ -= std::min(open_lines_, lines.closed);
  if (lines.handshakes_failed > 0) {
    core_.step(core::HandshakesRefused{lines.handshakes_failed}, now(), actions_);
  }
  if (lines.closed > 0) core_.step(core::LinesEnded{lines.closed}, now(), actions_);
}

void Router::take_events() {
  for (auto& event : inbox_.take()) core_.step(std::move(event), now(), actions_);
}

void Router::receive() {
  const core::Now at = now();
  for (int i = 0; i < kReceiveMost; ++i) {
    auto event = socket_.receive();
    if (!event) return;
    core_.step(std::move(*event), at, actions_);
  }
}

MonotonicTime Router::tick_due() const {
  return std::min(next_tick_, core_.due().value_or(next_tick_));
}

void Router::tick() {
  const core::Now at = now();
  if (at.steady >= tick_due()) {
    if (at.steady >= next_tick_) next_tick_ = at.steady + kTickEvery;
    core_.step(core::Tick{}, at, actions_);
  }
  if (at.steady >= next_report_) {
    next_report_ = at.steady + kReportEvery;
    report_(core_, at, open_lines_);
  }
}

void Router::carry_out() {
  std::vector<core::Action> jobs;
  while (!actions_.empty()) {
    for (auto& action : std::exchange(actions_, {})) {
      if (auto* send = std::get_if<core::Send>(&action)) {
        const auto sent = send->may_wait ? socket_.send(send->to, std::move(send->frame))
                                         : socket_.offer(send->to, std::move(send->frame));
        if (sent == RouterSocket::Sent::kGone) {
          core_.step(core::Unreachable{std::move(send->to)}, now(), actions_);
        } else if (sent == RouterSocket::Sent::kWaiting) {
          core_.step(core::Blocked{std::move(send->to)}, now(), actions_);
        }
      } else if (auto* forget = std::get_if<core::Forget>(&action)) {
        socket_.forget(forget->peer);
      } else if (std::holds_alternative<core::Drained>(action)) {
        drained_ = true;
      } else {
        jobs.push_back(std::move(action));
      }
    }
  }
  if (!jobs.empty()) jobs_.take(std::move(jobs));
}

void Router::flush() {
  if (!socket_.anything_waiting() || clock_.monotonic() < next_flush_) return;
  next_flush_ = clock_.monotonic() + kFlushEvery;
  auto flushed = socket_.flush();
  for (auto& peer : flushed.gone) {
    core_.step(core::Unreachable{std::move(peer)}, now(), actions_);
  }
  for (auto& peer : flushed.unblocked) {
    core_.step(core::Unblocked{std::move(peer)}, now(), actions_);
  }
  carry_out();
}

}  // namespace rapporteur::net
