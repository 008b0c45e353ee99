#include "broker/monitor/server.h"

#include <system_error>
#include <thread>

#include <httplib.h>

namespace rapporteur::monitor {
namespace {

constexpr std::size_t kThreads = 2;
constexpr time_t kPatienceSeconds = 5;
constexpr std::size_t kRequestBytes = 4'096;
constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kExposition = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

struct Server::Impl {
  httplib::Server http;
  std::thread thread;
  int port = 0;

  explicit Impl(const Metrics& metrics) {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    http.set_read_timeout(kPatienceSeconds);
    http.set_write_timeout(kPatienceSeconds);
    http.set_payload_max_length(kRequestBytes);
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
  }
};

Result<std::unique_ptr<Server>> Server::start(const std::string& host, int port,
                                              const Metrics& metrics) {
  auto impl = std::make_unique<Impl>(metrics);
  // The library's default shares a port between servers: two brokers would both believe to have it.
  impl->http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  const bool bound = port == 0 ? (impl->port = impl->http.bind_to_any_port(host)) > 0
                               : impl->http.bind_to_port(host, port);
  if (!bound) {
    return fail(ErrorKind::kConfiguration,
                "cannot listen on " + host + ":" + std::to_string(port) +
                    ": the port is in use, or the address is not this machine's",
                "monitor.endpoint", "stop the other program, or choose another port");
  }
  if (port != 0) impl->port = port;
  try {
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::system_error& error) {
    return fail(ErrorKind::kConfiguration,
                std::string("no thread for the monitor: ") + error.what(), "monitor.endpoint",
                "raise the limit of tasks (TasksMax)");
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([this] { impl_->http.listen_after_bind(); });
}

Server::~Server() {
  // stop() does nothing to a server that does not listen yet.
  while (!impl_->http.is_running()) std::this_thread::yield();
  impl_->http.stop();
  impl_->thread.join();
}

int Server::port() const {
  return impl_->port;
}

}  // namespace rapporteur::monitor
