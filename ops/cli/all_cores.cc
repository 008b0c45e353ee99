#include "ops/cli/all_cores.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace rapporteur::cli {
namespace {

// So few that no core waits long for the last of another, so many that the counter costs nothing.
constexpr std::size_t kAtOnce = 32;

class Work {
 public:
  Work(std::size_t count, std::function<void(std::size_t)> run)
      : count_(count), run_(std::move(run)) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::min(cores, (count + kAtOnce - 1) / kAtOnce);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { take_turns(); });
  }
  void wait() { threads_.clear(); }

 private:
  void take_turns() {
    while (true) {
      const std::size_t begin = next_.fetch_add(kAtOnce, std::memory_order_relaxed);
      if (begin >= count_) return;
      for (std::size_t i = begin; i < std::min(count_, begin + kAtOnce); ++i) run_(i);
    }
  }

  const std::size_t count_;
  const std::function<void(std::size_t)> run_;
  std::atomic<std::size_t> next_{0};
  std::vector<std::jthread> threads_;  // last, so that all of the above is there while they run
};

}  // namespace

void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& run) {
  Work(count, run).wait();
}

std::function<void()> start_on_all_cores(std::size_t count, std::function<void(std::size_t)> run) {
  return [work = std::make_shared<Work>(count, std::move(run))] { work->wait(); };
}

}  // namespace rapporteur::cli
