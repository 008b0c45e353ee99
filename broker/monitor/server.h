// /metrics, /healthz and /readyz over HTTP on loopback.
//
// Threads: some of its own. Errors: kConfiguration when the port is taken, with what to do.
// Lifetime: `metrics` outlives it.
#pragma once

#include <memory>
#include <string>

#include "broker/monitor/metrics.h"
#include "proto/base/result.h"

namespace rapporteur::monitor {

class Server {
 public:
  // Port 0 takes a free one.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const std::string& host, int port,
                                                             const Metrics& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] int port() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::monitor
