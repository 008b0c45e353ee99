// An HTTP server of few routes with bounds, on a thread of its own.
//
// Threads: `threads` of its own answer requests, so routes are called from several at once.
// Bounds: so many connections are served at a time; a request has at most `request_bytes`, and 5
// seconds to arrive. Errors: kConfiguration when the port is taken, with what to do.
// Lifetime: what the routes use outlives it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "proto/base/host_and_port.h"
#include "proto/base/result.h"

namespace httplib {
class Server;
}

namespace rapporteur::http {

struct ServerOptions {
  HostAndPort address;  // port 0 takes a free one
  std::string setting;  // what an error names
  std::size_t threads = 2;
  std::size_t request_bytes = 4'096;
};

class Server {
 public:
  using AddRoutes = std::function<void(httplib::Server&)>;
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                             const AddRoutes& add_routes);
  // Stops, and waits for the requests under way.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // False once it has ended by itself: the system refused to take connections any more.
  [[nodiscard]] bool serving() const;
  [[nodiscard]] int port() const;
  // "http://127.0.0.1:8090"
  [[nodiscard]] std::string url() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::http
