#include "adapters/witness/server.h"

#include <system_error>
#include <thread>

#include <httplib.h>

namespace rapporteur::witness {
namespace {

constexpr std::size_t kThreads = 4;
constexpr time_t kPatienceSeconds = 5;
constexpr std::size_t kRequestsOfAConnection = 1'000;

void reply(httplib::Response& response, const Answer& answer) {
  response.status = answer.status;
  response.set_content(answer.body, std::string(answer.type));
}

}  // namespace

struct Server::Impl {
  httplib::Server http;
  std::thread thread;
  std::string host;
  int port = 0;

  Impl(std::string name, Witness& witness) : host(std::move(name)) {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    http.set_read_timeout(kPatienceSeconds);
    http.set_write_timeout(kPatienceSeconds);
    http.set_keep_alive_max_count(kRequestsOfAConnection);
    http.set_payload_max_length(kRequestBytes);
    // The library's default shares a port between servers: two witnesses would both have it.
    http.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.Post("/add-checkpoint",
              [&witness](const httplib::Request& request, httplib::Response& response) {
                reply(response, witness.add_checkpoint(request.body));
              });
    http.Get("/([0-9a-f]{64})/checkpoint",
             [&witness](const httplib::Request& request, httplib::Response& response) {
               reply(response, witness.newest(request.matches[1].str()));
             });
  }
};

Result<std::unique_ptr<Server>> Server::start(const HostAndPort& address,
                                              const std::string& setting, Witness& witness) {
  auto impl = std::make_unique<Impl>(address.host, witness);
  const bool bound = address.port == 0
                         ? (impl->port = impl->http.bind_to_any_port(address.host)) > 0
                         : impl->http.bind_to_port(address.host, address.port);
  if (!bound) {
    return fail(ErrorKind::kConfiguration,
                "cannot listen on " + address.host + ":" + std::to_string(address.port) +
                    ": the port is in use, or the address is not this machine's",
                setting, "stop the other program, or choose another port");
  }
  if (address.port != 0) impl->port = address.port;
  try {
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::system_error& error) {
    return fail(ErrorKind::kConfiguration,
                std::string("no thread for the witness: ") + error.what(), setting,
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

std::string Server::url() const {
  const bool v6 = impl_->host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + impl_->host + "]" : impl_->host) + ":" +
         std::to_string(impl_->port);
}

}  // namespace rapporteur::witness
