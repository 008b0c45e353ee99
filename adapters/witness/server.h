// The witness over HTTP: POST /add-checkpoint and GET /<origin hash>/checkpoint.
//
// Plain HTTP: a cosignature protects itself, and what is asked is public. Whoever exposes it beyond
// this machine puts a proxy before it.
// Threads: some of its own. Bounds: kThreads connections are served at a time, a request has at
// most kRequestBytes and kPatience to arrive. Errors: kConfiguration when the port is taken.
// Lifetime: `witness` outlives it.
#pragma once

#include <memory>

#include "adapters/witness/witness.h"
#include "proto/base/host_and_port.h"

namespace rapporteur::witness {

class Server {
 public:
  // Port 0 takes a free one. `setting` is what an error names.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const HostAndPort& address,
                                                             const std::string& setting,
                                                             Witness& witness);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "http://127.0.0.1:8090": the submission prefix.
  [[nodiscard]] std::string url() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::witness
