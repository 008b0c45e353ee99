// The client's socket with everything that libzmq leaves off or unbounded set.
//
// Threads: one at a time. Errors: zmq::error_t, caught where the socket is used.
// Source: libzmq 4.3.4, zmq_setsockopt(3); PROTOCOL.md, "The line".
#pragma once

#include <zmq.hpp>

#include "adapters/client/connection.h"

namespace rapporteur::client {

// Not yet connected.
[[nodiscard]] zmq::socket_t line_socket(zmq::context_t& context, const HubAddress& hub,
                                        const crypto::CurveKeyPair& keys,
                                        const LineOptions& options);

}  // namespace rapporteur::client
