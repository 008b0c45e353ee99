#include "broker/monitor/service_notify.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace rapporteur::monitor {

ServiceNotify ServiceNotify::from_environment() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  const char* watchdog = std::getenv("WATCHDOG_USEC");
  std::optional<std::chrono::microseconds> interval;
  std::int64_t microseconds = 0;
  if (watchdog != nullptr &&
      std::from_chars(watchdog, watchdog + std::strlen(watchdog), microseconds).ec == std::errc()) {
    interval = std::chrono::microseconds(microseconds);
  }
  return ServiceNotify(socket == nullptr ? "" : socket, interval);
}

void ServiceNotify::ready(std::string_view status) const {
  send("READY=1\nSTATUS=" + std::string(status));
}

void ServiceNotify::stopping() const {
  send("STOPPING=1");
}

void ServiceNotify::alive() const {
  if (watchdog_) send("WATCHDOG=1");
}

void ServiceNotify::send(const std::string& message) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  // '@' stands for the abstract name space.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  ::sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
           reinterpret_cast<const sockaddr*>(&address), size);
  ::close(descriptor);
}

}  // namespace rapporteur::monitor
