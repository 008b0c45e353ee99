// /metrics, /healthz and /readyz over HTTP on loopback.
//
// Threads and errors: those of http::Server. Lifetime: `metrics` outlives the server.
#pragma once

#include <memory>

#include "broker/monitor/metrics.h"
#include "proto/http/server.h"

namespace rapporteur::monitor {

// Port 0 takes a free one.
[[nodiscard]] Result<std::unique_ptr<http::Server>> serve(const HostAndPort& address,
                                                          const Metrics& metrics);

}  // namespace rapporteur::monitor
