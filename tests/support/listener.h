// Ends what this process listens on, as the system may.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

namespace rapporteur::testing {

// The socket that accepts connections on that port of 127.0.0.1. False if there is none.
inline bool end_listener(int port) {
  constexpr int kDescriptors = 1'024;
  for (int descriptor = 0; descriptor < kDescriptors; ++descriptor) {
    int listens = 0;
    socklen_t size = sizeof listens;
    sockaddr_in address{};
    socklen_t address_size = sizeof address;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0 &&
        ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &address_size) == 0 &&
        address.sin_family == AF_INET && ntohs(address.sin_port) == port) {
      return ::shutdown(descriptor, SHUT_RDWR) == 0;
    }
  }
  return false;
}

}  // namespace rapporteur::testing
