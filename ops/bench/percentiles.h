// Latencies of one run and what is reported of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace rapporteur::bench {

class Percentiles {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration value) {
    values_.push_back(value);
    sorted_ = false;
  }
  [[nodiscard]] std::size_t count() const { return values_.size(); }
  // Smallest value that at least `share` (0 to 1) of all do not exceed, in milliseconds; 0 of none.
  [[nodiscard]] double milliseconds(double share) {
    if (values_.empty()) return 0;
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
    const Duration value = values_[std::min(rank, values_.size() - 1)];
    return std::chrono::duration<double, std::milli>(value).count();
  }

 private:
  std::vector<Duration> values_;
  bool sorted_ = false;
};

}  // namespace rapporteur::bench
