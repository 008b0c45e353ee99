// When each witness of the hub's policy was last heard of, by the cosignatures that were handed in.
//
// Threads: one at a time. Units: the witnesses' own times.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/verify/policy.h"

namespace rapporteur::monitor {

class WitnessTimes {
 public:
  struct One {
    std::string name;  // in the policy
    std::chrono::sys_seconds last;
  };
  // Without a policy there are none. Who was never heard of counts from `begin` on.
  WitnessTimes(std::shared_ptr<const verify::Policy> policy, UnixMillis begin);

  // A note as the hub keeps it.
  void look_at(const std::string& note);
  // In the order of the policy.
  [[nodiscard]] std::span<const One> all() const { return times_; }

 private:
  std::shared_ptr<const verify::Policy> policy_;
  std::vector<One> times_;
  std::string seen_;
};

}  // namespace rapporteur::monitor
