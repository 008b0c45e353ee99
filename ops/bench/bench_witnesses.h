// Witnesses of a BenchHub, all of whom must cosign, and a publisher that asks them: processes
// beside the broker on the same cores.
//
// Lifetime: they are stopped with the object; the hub outlives it. Threads: one.
#pragma once

#include <memory>
#include <vector>

#include "ops/bench/bench_hub.h"

namespace rapporteur::bench {

class BenchWitnesses {
 public:
  // Restarts the hub with a policy that names them.
  [[nodiscard]] static Result<std::unique_ptr<BenchWitnesses>> start(
      BenchHub& hub, const std::filesystem::path& programs, std::size_t count);
  ~BenchWitnesses();
  BenchWitnesses(const BenchWitnesses&) = delete;
  BenchWitnesses& operator=(const BenchWitnesses&) = delete;

  // Entries of the log that the newest cosigned checkpoint does not cover yet.
  [[nodiscard]] Result<std::uint64_t> behind() const;

 private:
  explicit BenchWitnesses(BenchHub& hub) : hub_(hub) {}
  BenchHub& hub_;
  std::vector<pid_t> processes_;
};

}  // namespace rapporteur::bench
