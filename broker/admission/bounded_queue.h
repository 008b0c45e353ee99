// A queue between threads with a bound and an end.
//
// Threads: any. After close(), push takes nothing and pop empties what is left, then says so.
#pragma once

#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <vector>

namespace rapporteur::admission {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t most) : most_(most) {}

  // Moves from the front of `items` as many as there is room for.
  void push(std::vector<T>& items) {
    std::size_t taken = 0;
    {
      const std::lock_guard lock(mutex_);
      while (!closed_ && taken < items.size() && items_.size() < most_) {
        items_.push_back(std::move(items[taken++]));
      }
    }
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(taken));
    if (taken == 1) {
      filled_.notify_one();
    } else if (taken > 1) {
      filled_.notify_all();
    }
  }
  [[nodiscard]] bool push(T&& item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= most_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }
  // Waits; up to `count` items. Empty: closed, and nothing is left.
  [[nodiscard]] std::vector<T> pop(std::size_t count) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
    std::vector<T> out;
    while (!items_.empty() && out.size() < count) {
      out.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return out;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }
  [[nodiscard]] bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace rapporteur::admission
