#include "broker/monitor/server.h"

#include <httplib.h>

namespace rapporteur::monitor {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

Result<std::unique_ptr<http::Server>> serve(const HostAndPort& address, const Metrics& metrics) {
  return http::Server::start({address, "monitor.endpoint"}, [&metrics](httplib::Server& http) {
    http.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.text(), kExposition);
    });
    http.Get("/healthz", [&metrics](const httplib::Request&, httplib::Response& response) {
      const bool alive = metrics.alive();
      response.status = alive ? 200 : 503;
      response.set_content(alive ? "alive\n" : "the router's thread does not answer\n", kText);
    });
    http.Get("/readyz", [&metrics](const httplib::Request&, httplib::Response& response) {
      const std::string reason = metrics.not_ready_because();
      response.status = reason.empty() ? 200 : 503;
      response.set_content(reason.empty() ? "ready\n" : reason + "\n", kText);
    });
  });
}

}  // namespace rapporteur::monitor
