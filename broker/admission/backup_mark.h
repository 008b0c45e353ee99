// Up to where a verified backup covers the log: what receipts and greetings say of it.
//
// Threads: any. Units: a size; entries below it are covered. Never goes down.
#pragma once

#include <atomic>

#include "proto/base/ids.h"

namespace rapporteur::admission {

class BackupMark {
 public:
  explicit BackupMark(TreeSize size) : size_(size.value) {}
  [[nodiscard]] TreeSize get() const { return TreeSize{size_.load(std::memory_order_relaxed)}; }
  // One caller at a time.
  void raise(TreeSize size) {
    if (size > get()) size_.store(size.value, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> size_;
};

}  // namespace rapporteur::admission
