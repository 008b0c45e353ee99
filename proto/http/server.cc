#include "proto/http/server.h"

#include <atomic>
#include <system_error>
#include <thread>

#include <httplib.h>

namespace rapporteur::http {
namespace {

constexpr time_t kPatienceSeconds = 5;
constexpr std::size_t kRequestsOfAConnection = 1'000;

void set_bounds(httplib::Server& http, const ServerOptions& options) {
  http.new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
  http.set_read_timeout(kPatienceSeconds);
  http.set_write_timeout(kPatienceSeconds);
  http.set_keep_alive_max_count(kRequestsOfAConnection);
  http.set_payload_max_length(options.request_bytes);
  // The library's default shares a port between servers: two programs would both believe to have
  // it.
  http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
}

}  // namespace

struct Server::Impl {
  httplib::Server http;
  std::thread thread;
  HostAndPort address;
  std::atomic<bool> ended = false;
};

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, const AddRoutes& add_routes) {
  auto impl = std::make_unique<Impl>();
  set_bounds(impl->http, options);
  add_routes(impl->http);
  HostAndPort& address = impl->address = std::move(options.address);
  const bool bound = address.port == 0
                         ? (address.port = impl->http.bind_to_any_port(address.host)) > 0
                         : impl->http.bind_to_port(address.host, address.port);
  if (!bound) {
    return fail(ErrorKind::kConfiguration,
                "cannot listen on " + address.host + ":" + std::to_string(address.port) +
                    ": the port is in use, or the address is not this machine's",
                options.setting, "stop the other program, or choose another port");
  }
  try {
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::system_error& error) {
    return fail(ErrorKind::kConfiguration, std::string("no thread for the server: ") + error.what(),
                options.setting, "raise the limit of tasks (TasksMax)");
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([this] {
    impl_->http.listen_after_bind();
    impl_->ended = true;
  });
}

Server::~Server() {
  // stop() does nothing to a server that does not listen yet.
  while (!impl_->http.is_running() && !impl_->ended) std::this_thread::yield();
  impl_->http.stop();
  impl_->thread.join();
}

bool Server::serving() const {
  return !impl_->ended;
}

int Server::port() const {
  return impl_->address.port;
}

std::string Server::url() const {
  const std::string& host = impl_->address.host;
  const bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

}  // namespace rapporteur::http
