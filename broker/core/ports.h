// Where events come from and where jobs go: what stands between the core's thread and all others.
#pragma once

#include <vector>

#include "broker/core/events.h"

namespace rapporteur::core {

// Threads: any; never blocks. Events posted together are handled together, in order.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void post(std::vector<Event> events) = 0;
};

// Takes every action but Send and Forget. Threads: the core's; must not block.
class JobSink {
 public:
  virtual ~JobSink() = default;
  virtual void take(std::vector<Action> jobs) = 0;
};

}  // namespace rapporteur::core
