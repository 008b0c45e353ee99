// What is worth counting on the way of a message, for whoever counts.
//
// Threads: any; must not block.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace rapporteur::admission {

class Observer {
 public:
  virtual ~Observer() = default;
  // An entry was made for a message; `waited` is from its arrival to now.
  virtual void receipt(std::chrono::nanoseconds waited) = 0;
  virtual void refused_by(std::string_view rule, std::size_t count) = 0;
  // Of a message that was accepted.
  virtual void waived(std::string_view rule, std::size_t count) = 0;
  virtual void stale_verdict() = 0;
  virtual void group(std::size_t entries, std::chrono::nanoseconds wrote) = 0;
};

}  // namespace rapporteur::admission
