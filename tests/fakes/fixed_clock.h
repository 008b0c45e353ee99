// A clock that a test sets.
#pragma once

#include <atomic>

#include "proto/base/clock.h"

namespace rapporteur::fakes {

class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::int64_t millis = 1'000'000) : millis_(millis) {}
  void set(std::int64_t millis) { millis_ = millis; }
  [[nodiscard]] UnixMillis now() const override {
    return UnixMillis(std::chrono::milliseconds(millis_.load()));
  }
  [[nodiscard]] MonotonicTime monotonic() const override {
    return MonotonicTime(std::chrono::milliseconds(millis_.load()));
  }

 private:
  std::atomic<std::int64_t> millis_;
};

}  // namespace rapporteur::fakes
