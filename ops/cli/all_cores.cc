#include "ops/cli/all_cores.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace rapporteur::cli {

void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& run) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t share = (count + cores - 1) / cores;
  const auto part = [&](std::size_t begin) {
    const std::size_t end = std::min(count, begin + share);
    for (std::size_t i = begin; i < end; ++i) run(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t begin = share; begin < count; begin += share) others.emplace_back(part, begin);
  if (count != 0) part(0);
}

}  // namespace rapporteur::cli
