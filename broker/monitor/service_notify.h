// Tells the service manager how it stands: sd_notify(3) without its library.
//
// Threads: any. Errors: none; without a service manager ($NOTIFY_SOCKET unset) nothing happens.
// Source: sd_notify(3), systemd.service(5).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rapporteur::monitor {

class ServiceNotify {
 public:
  // Reads $NOTIFY_SOCKET and $WATCHDOG_USEC.
  [[nodiscard]] static ServiceNotify from_environment();
  explicit ServiceNotify(std::string socket, std::optional<std::chrono::microseconds> watchdog = {})
      : socket_(std::move(socket)), watchdog_(watchdog) {}

  void ready(std::string_view status) const;
  void stopping() const;
  // To be called more often than the interval.
  void alive() const;
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  void send(const std::string& message) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace rapporteur::monitor
