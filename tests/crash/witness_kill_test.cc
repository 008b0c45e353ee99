// Promise: a witness never cosigns two histories. The shipped one is killed with SIGKILL at random
// moments, while two logs under one key, equal in their beginning, ask it for cosignatures, and is
// started again; in the end all that it ever cosigned is of one history.
//
// A normal run kills 8 times; RAPPORTEUR_FULL=1 kills 50 times.
#include <atomic>
#include <csignal>
#include <memory>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <httplib.h>

#include "adapters/witness/request.h"
#include "store/merkle/tree.h"
#include "tests/fakes/fake_log.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/seed.h"

namespace rapporteur::crash {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kShared = 5;
constexpr std::size_t kMost = 300;
constexpr auto kMostWait = 60s;
constexpr unsigned kCosignedBetweenKills = 6;

void grow(testing::FakeLog& log, std::size_t size) {
  while (log.entries().size() < size) log.append({{}, "record", {}, {}, {}});
}

// One of the two histories, and whoever asks for it.
class Asker {
 public:
  Asker(const testing::FakeLog& begun, int port) : log_(begun.copy()), port_(port) {
    grow(log_, kMost);
  }

  void run(const std::atomic<bool>& stop) {
    httplib::Client client("127.0.0.1", port_);
    client.set_read_timeout(5s);
    std::size_t known = 0;
    for (std::size_t next = 1; !stop; next = next % kMost + 1) {
      next = std::max({next, known, std::size_t{1}});
      witness::AddCheckpoint request{TreeSize{known}, {}, log_.checkpoint(next)};
      if (known > 0 && known <= next) {
        request.proof = merkle::unpack(log_.consistency_proof(known, next)).value();
      }
      const auto answer = client.Post("/add-checkpoint", request.body(), "text/plain");
      if (!answer) {
        std::this_thread::yield();  // it was killed
      } else if (answer->status == 200) {
        largest_ = std::max(largest_, next);
        known = next;
        ++count_;
      } else if (answer->status == 409) {
        known = std::min<std::size_t>(std::stoul(answer->body), kMost);
      }
    }
  }

  [[nodiscard]] unsigned count() const { return count_; }
  // The largest tree of this history that was cosigned.
  [[nodiscard]] std::size_t largest() const { return largest_; }

 private:
  testing::FakeLog log_;
  int port_;
  std::size_t largest_ = 0;  // read when run() has ended
  std::atomic<unsigned> count_{0};
};

TEST(WitnessKill, NeverCosignsTwoHistories) {
  const testing::TempDir folder;
  const int port = testing::free_port();
  testing::FakeLog begun;
  grow(begun, kShared);
  const std::string place = (folder / "w").string();
  testing::run_program({testing::program("rapporteur"), "witness", "init", place, "--name", "w",
                        "--listen", "127.0.0.1:" + std::to_string(port), "--vkey",
                        begun.verifier_key().text()});
  const auto start = [&] {
    return std::make_unique<testing::Process>(
        std::vector<std::string>{testing::program("rapporteur"), "witness", "run", place},
        folder / "log");
  };
  std::mt19937_64 chance(testing::chosen_seed());
  std::array<Asker, 2> askers{Asker(begun, port), Asker(begun, port)};
  std::atomic<bool> stop{false};
  auto process = start();
  std::vector<std::thread> threads;
  for (Asker& asker : askers) threads.emplace_back([&] { asker.run(stop); });
  const auto count = [&] { return askers[0].count() + askers[1].count(); };
  bool in_time = true;
  for (int kills = testing::full_run() ? 50 : 8; kills > 0 && in_time; --kills) {
    const unsigned enough = count() + 1 + static_cast<unsigned>(chance() % kCosignedBetweenKills);
    const auto give_up = std::chrono::steady_clock::now() + kMostWait;
    while (count() < enough && in_time) {
      std::this_thread::yield();
      in_time = std::chrono::steady_clock::now() < give_up;
    }
    process->signal(SIGKILL);
    process->wait();
    process = start();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  process->signal(SIGTERM);
  process->wait();
  EXPECT_TRUE(in_time) << "the witness cosigns no more";
  std::size_t histories = 0;
  for (const Asker& asker : askers) {
    histories += asker.largest() > kShared ? 1 : 0;
  }
  EXPECT_EQ(histories, 1U);
}

}  // namespace
}  // namespace rapporteur::crash
