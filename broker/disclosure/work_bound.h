// Counts work until there has been too much: on every machine alike, unlike a clock.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rapporteur::disclosure {

class WorkBound {
 public:
  explicit WorkBound(std::uint64_t most) : most_(most) {}
  // False once there was too much.
  bool spend(std::size_t work) {
    spent_ += work;
    return spent_ <= most_;
  }
  [[nodiscard]] bool exceeded() const { return spent_ > most_; }
  [[nodiscard]] std::uint64_t spent() const { return spent_; }

 private:
  std::uint64_t most_;
  std::uint64_t spent_ = 0;
};

}  // namespace rapporteur::disclosure
