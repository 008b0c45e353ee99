// Calls into libzmq that a signal may interrupt.
#pragma once

#include <cerrno>

#include <zmq.hpp>

namespace rapporteur::client {

// Calls again for as long as a signal interrupts; what else cppzmq throws is a bug of ours.
template <typename Call>
auto uninterrupted(Call call) {
  while (true) {
    try {
      return call();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

}  // namespace rapporteur::client
