// The witness over HTTP: POST /add-checkpoint and GET /<origin hash>/checkpoint.
//
// Plain HTTP: a cosignature protects itself, and what is asked is public. Whoever exposes it beyond
// this machine puts a proxy before it.
// Threads and errors: those of http::Server; a request has at most kRequestBytes.
// Lifetime: `witness` outlives the server, whose url() is the submission prefix.
#pragma once

#include <memory>

#include "adapters/witness/witness.h"
#include "proto/http/server.h"

namespace rapporteur::witness {

// Port 0 takes a free one. `setting` is what an error names.
[[nodiscard]] Result<std::unique_ptr<http::Server>> serve(const HostAndPort& address,
                                                          const std::string& setting,
                                                          Witness& witness);

}  // namespace rapporteur::witness
