// Events for the router thread from all others: a list and an eventfd that wakes it, written once
// for however many events wait.
//
// Threads: post from any, take from one. Bounds: every event answers a job that the core counted.
#pragma once

#include <mutex>
#include <vector>

#include "broker/core/ports.h"

namespace rapporteur::net {

class Inbox final : public core::EventSink {
 public:
  // Throws std::system_error when no descriptor is left.
  Inbox();
  ~Inbox() override;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void post(std::vector<core::Event> events) override;
  // Everything posted so far; the descriptor is readable again only after the next post.
  [[nodiscard]] std::vector<core::Event> take();
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::mutex mutex_;
  std::vector<core::Event> events_;
};

}  // namespace rapporteur::net
