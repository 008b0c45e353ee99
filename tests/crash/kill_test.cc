// Promise: what was acknowledged survives the process. A child appends to a log and is killed with
// SIGKILL at a random moment; the log is opened again and looked through, many times in a row.
//
// A normal run makes 30 rounds; RAPPORTEUR_FULL=1 makes 500.
#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/crypto/encoding.h"
#include "store/rocks/local_journal.h"
#include "tests/crash/script.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"
#include "tests/support/seed.h"

namespace rapporteur::crash {
namespace {

using rocks::LocalJournal;

constexpr std::size_t kEntries = 3'000;

crypto::SigningKey signing_key() {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = std::byte{7};
  return crypto::SigningKey::from_seed(seed);
}

// Runs the writer, kills it `lifetime` after it has begun to open the log, and returns what it had
// said: whole lines only.
std::string run_and_kill(const std::filesystem::path& folder, std::uint64_t seed,
                         std::chrono::microseconds lifetime) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  std::vector<std::string> words{RAPPORTEUR_BINARY_DIR "/tests/crash_journal_writer",
                                 folder.string(), std::to_string(seed), std::to_string(kEntries)};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string said;
  std::array<char, 4096> buffer{};
  EXPECT_EQ(::read(pipe[0], buffer.data(), 1), 1);
  std::jthread listener([&] {
    ssize_t size = 0;
    while ((size = ::read(pipe[0], buffer.data(), buffer.size())) > 0) {
      said.append(buffer.data(), static_cast<std::size_t>(size));
    }
  });
  std::this_thread::sleep_for(lifetime);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  listener.join();
  ::close(pipe[0]);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "the writer failed";
  said.resize(said.rfind('\n') + 1);
  return said;
}

std::vector<Acknowledged> parse(const std::string& said) {
  std::vector<Acknowledged> out;
  std::istringstream lines(said);
  Acknowledged group;
  std::string note;
  while (lines >> group.size.value >> note) {
    const auto bytes = crypto::parse_hex(note);
    EXPECT_TRUE(bytes);
    if (!bytes) break;
    group.checkpoint = *bytes;
    out.push_back(group);
  }
  return out;
}

TEST(Kill, WhateverWasAcknowledgedIsThere) {
  const int rounds = testing::full_run() ? 500 : 30;
  const std::uint64_t seed = testing::chosen_seed();
  std::mt19937_64 random(seed);
  const Script script(seed, kEntries);
  testing::TempDir temp;
  const auto folder = temp / "log";
  const fakes::FixedClock clock;
  ASSERT_TRUE(LocalJournal::create(folder, "test.example/log", signing_key(), clock));
  std::vector<Acknowledged> acknowledged;
  for (int round = 0; round < rounds; ++round) {
    const std::chrono::microseconds lifetime(
        std::uniform_int_distribution<int>(5'000, 200'000)(random));
    for (Acknowledged& group : parse(run_and_kill(folder, seed, lifetime))) {
      acknowledged.push_back(std::move(group));
    }
    auto log = LocalJournal::open(folder, signing_key(), clock);
    ASSERT_TRUE(log) << log.error().line();
    ASSERT_EQ(wrong_with((*log)->reader(), script, acknowledged, (*log)->verifier_key()), "")
        << "round " << round;
  }
  std::cout << acknowledged.size() << " groups acknowledged\n";
  EXPECT_FALSE(acknowledged.empty());
}

}  // namespace
}  // namespace rapporteur::crash
