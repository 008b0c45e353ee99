// The router thread: owns the server socket and the core, moves events in and actions out.
//
// Never touches the disk and never blocks but in its poll. Threads: `run` is the thread; the inbox
// takes events from any. Lifetime: all referenced objects outlive it.
#pragma once

#include <atomic>
#include <functional>

#include "broker/core/core.h"
#include "broker/core/ports.h"
#include "broker/net/inbox.h"
#include "broker/net/router_socket.h"

namespace rapporteur::net {

class Router {
 public:
  // Called on the router's thread about once a second, for metrics and watchdog.
  using Report = std::function<void(const core::Core&, core::Now, std::uint64_t open_lines)>;

  Router(RouterSocket& socket, Inbox& inbox, core::Core& core, core::JobSink& jobs,
         const Clock& clock, Report report);

  // Until the core has emitted Drained and what could be sent was sent.
  void run();

 private:
  void poll();
  void take_events();
  void receive();
  void carry_out();
  void flush();
  void tick();
  [[nodiscard]] MonotonicTime tick_due() const;
  [[nodiscard]] core::Now now() const { return {clock_.monotonic(), clock_.now()}; }

  RouterSocket& socket_;
  Inbox& inbox_;
  core::Core& core_;
  core::JobSink& jobs_;
  const Clock& clock_;
  Report report_;
  core::Actions actions_;
  MonotonicTime next_tick_;
  MonotonicTime next_report_;
  MonotonicTime next_flush_;
  std::uint64_t open_lines_ = 0;
  bool drained_ = false;
};

}  // namespace rapporteur::net
