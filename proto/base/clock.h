// The time, as a dependency: nothing below `main` reads a clock of its own.
#pragma once

#include <chrono>
#include <cstdint>

namespace rapporteur {

using UnixMillis = std::chrono::sys_time<std::chrono::milliseconds>;
using MonotonicTime = std::chrono::steady_clock::time_point;

// As it stands in messages and files; a time before 1970 is no time of ours.
[[nodiscard]] inline std::uint64_t unix_millis(UnixMillis time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

// Threads: implementations may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time: what is written down. May jump.
  [[nodiscard]] virtual UnixMillis now() const = 0;
  // Time that only goes forward: what is waited for.
  [[nodiscard]] virtual MonotonicTime monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
  [[nodiscard]] MonotonicTime monotonic() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace rapporteur
