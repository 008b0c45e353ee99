// Promise: what was acknowledged is on disk. Cuts the power, fails the disk or fills it at every
// write and sync of a script of 300 submissions, reopens, and looks whether it holds.
//
// A normal run takes evenly spread points; RAPPORTEUR_FULL=1 takes all of them.
#include <algorithm>
#include <chrono>
#include <iostream>

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "store/rocks/local_journal.h"
#include "tests/crash/forgetful_file_system.h"
#include "tests/crash/script.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"

namespace rapporteur::crash {
namespace {

using rocks::LocalJournal;

constexpr std::size_t kSubmissions = 300;

crypto::SigningKey signing_key() {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = std::byte{7};
  return crypto::SigningKey::from_seed(seed);
}

// One log on a disk that can fail, and what it has acknowledged.
class Disk {
 public:
  Disk() : files(std::make_shared<ForgetfulFileSystem>()), env_(rocksdb::NewCompositeEnv(files)) {
    options_.env = env_.get();
    // Small, so that the script makes RocksDB write more than its log.
    options_.wal_bytes = 64U << 10U;
  }

  std::string create() {
    auto made = LocalJournal::create(folder(), "test.example/log", signing_key(), clock, options_);
    if (!made) return made.error().line();
    log = std::move(*made);
    verifier_key = log->verifier_key();
    return {};
  }
  std::string open() {
    auto again = LocalJournal::open(folder(), signing_key(), clock, options_);
    if (!again) return again.error().line();
    log = std::move(*again);
    return {};
  }
  // Appends the groups that are not in the log yet, until one fails.
  std::optional<Error> run(const Script& script) {
    for (std::size_t i = script.groups_of(log->reader().size()); i < script.groups(); ++i) {
      clock.set(1'000'000 + static_cast<std::int64_t>(i));
      auto drafts = script.group(i);
      auto group = log->append(drafts);
      if (!group) return group.error();
      acknowledged.push_back({std::move(group->entries), group->size, *group->checkpoint});
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string wrong(const Script& script) const {
    return wrong_with(log->reader(), script, acknowledged, verifier_key);
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "log"; }

 private:
  testing::TempDir temp_;
  rocks::LocalJournalOptions options_;

 public:
  std::shared_ptr<ForgetfulFileSystem> files;
  fakes::FixedClock clock;
  std::string verifier_key;
  std::vector<Acknowledged> acknowledged;

 private:
  std::unique_ptr<rocksdb::Env> env_;

 public:
  std::unique_ptr<LocalJournal> log;
};

struct Case {
  Fault fault;
  bool torn;
};

// Reads go on and nothing more is written after a failed write.
std::string wrong_after_failure(Disk& disk, const Error& error) {
  if (error.kind != ErrorKind::kStorage || error.line().find("log/db") == std::string::npos) {
    return "the error does not say where: " + error.line();
  }
  if (!disk.log->poisoned()) return "a failed write is not the last one";
  auto one_more = Script(1, 1).group(0);
  const TreeSize size = disk.log->reader().size();
  if (disk.log->append(one_more)) return "an append after a failed one is taken";
  if (disk.log->reader().size() != size) return "the log grew by a failed append";
  return {};
}

std::string wrong_with_cut(std::uint64_t operation, Case what, const Script& script) {
  Disk disk;
  std::mt19937_64 random(operation);
  if (auto error = disk.create(); !error.empty()) return error;
  disk.files->fail_at(operation, what.fault);
  const auto failed = disk.run(script);
  if (failed) {
    if (auto wrong = wrong_after_failure(disk, *failed); !wrong.empty()) return wrong;
    // The disk answers, but for what it cannot take.
    if (what.fault != Fault::kPowerCut) {
      disk.files->heal();
      if (auto wrong = disk.wrong(script); !wrong.empty()) return "while failed: " + wrong;
    }
  }
  disk.log.reset();
  disk.files->forget(random, what.torn);
  if (auto error = disk.open(); !error.empty()) return "does not open: " + error;
  if (auto wrong = disk.wrong(script); !wrong.empty()) return wrong;
  if (auto error = disk.run(script)) return "does not go on: " + error->line();
  if (disk.log->reader().size() != TreeSize{kSubmissions}) return "the script is not complete";
  disk.log.reset();
  if (auto error = disk.open(); !error.empty()) return "does not open again: " + error;
  if (auto wrong = disk.wrong(script); !wrong.empty()) return "after going on: " + wrong;
  return {};
}

class PowerCut : public ::testing::TestWithParam<Case> {};

TEST_P(PowerCut, WhateverWasAcknowledgedIsThere) {
  const Script script(1, kSubmissions);
  Disk whole;
  ASSERT_EQ(whole.create(), "");
  const std::uint64_t before = whole.files->operations();
  ASSERT_FALSE(whole.run(script));
  whole.log.reset();
  const std::uint64_t operations = whole.files->operations() - before;
  ASSERT_GT(operations, kSubmissions / 2);

  const bool full = std::getenv("RAPPORTEUR_FULL") != nullptr;
  constexpr std::uint64_t kPoints = 10;
  const std::uint64_t step = full ? 1 : std::max<std::uint64_t>(1, operations / kPoints);
  std::uint64_t points = 0;
  for (std::uint64_t at = 1 + operations % step; at <= operations; at += step, ++points) {
    ASSERT_EQ(wrong_with_cut(at, GetParam(), script), "") << "at operation " << at;
  }
  std::cout << points << " of " << operations << " writes and syncs failed\n";
}

INSTANTIATE_TEST_SUITE_P(
    Faults, PowerCut,
    ::testing::Values(Case{Fault::kPowerCut, false}, Case{Fault::kPowerCut, true},
                      Case{Fault::kInputOutput, true}, Case{Fault::kDiskFull, true}),
    [](const ::testing::TestParamInfo<Case>& what) -> std::string {
      switch (what.param.fault) {
        case Fault::kInputOutput:
          return "DiskFails";
        case Fault::kDiskFull:
          return "DiskIsFull";
        case Fault::kPowerCut:
          return what.param.torn ? "PowerIsCutAndTheLastWritesAreTorn" : "PowerIsCut";
      }
      return "Unknown";
    });

// Cut while it is made, a folder is either a log or says that it is none.
TEST(PowerCutWhileMade, LeavesALogOrNone) {
  Disk whole;
  ASSERT_EQ(whole.create(), "");
  const std::uint64_t operations = whole.files->operations();
  for (std::uint64_t at = 1; at <= operations; at += 7) {
    Disk disk;
    std::mt19937_64 random(at);
    disk.files->fail_at(at, Fault::kPowerCut);
    const std::string made = disk.create();
    disk.log.reset();
    disk.files->forget(random, false);
    const std::string opened = disk.open();
    if (made.empty()) {
      EXPECT_EQ(opened, "") << "at operation " << at;
    } else {
      EXPECT_NE(opened.find("there is no log in this folder"), std::string::npos) << opened;
    }
  }
}

}  // namespace
}  // namespace rapporteur::crash
