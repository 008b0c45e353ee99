// Promise: what was acknowledged is on disk. Cuts the power, fails the disk or fills it at every
// write and sync of a script of 300 signed submissions, audits what the disk kept, opens it again
// and looks whether it holds.
//
// A normal run takes evenly spread points; RAPPORTEUR_FULL=1 takes all of them.
#include <algorithm>
#include <iostream>

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "broker/admission/gate.h"
#include "broker/admission/opening.h"
#include "store/rocks/local_journal.h"
#include "store/verify/log_audit.h"
#include "tests/crash/forgetful_file_system.h"
#include "tests/crash/signed_script.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/sender.h"
#include "tests/support/paths.h"
#include "tests/support/seed.h"

namespace rapporteur::crash {
namespace {

using rocks::LocalJournal;

constexpr std::size_t kSubmissions = 300;
constexpr const char* kOrigin = "test.example/log";
// Of the script: the file `checkpoint` is synced every third group or so.
constexpr std::int64_t kMillisAGroup = 400;

crypto::SigningKey signing_key() {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = std::byte{7};
  return crypto::SigningKey::from_seed(seed);
}

notes::VerifierKey log_key() {
  return {kOrigin, notes::KeyType::kEd25519, signing_key().public_key()};
}

const SignedScript& the_script() {
  static const SignedScript script(1, kSubmissions, log_key());
  return script;
}

// One log on a disk that can fail, and what it has acknowledged.
class Disk {
 public:
  Disk() : files(std::make_shared<ForgetfulFileSystem>()), env_(rocksdb::NewCompositeEnv(files)) {
    options_.env = env_.get();
    // Small, so that the script makes RocksDB write more than its log.
    options_.wal_bytes = 64U << 10U;
    options_.body_keys_copy = temp_ / "copy.keys";
  }

  std::string create() {
    auto made = LocalJournal::create(folder(), kOrigin, signing_key(), clock, options_);
    if (!made) return made.error().line();
    log = std::move(*made);
    return {};
  }
  std::string open() {
    auto again = LocalJournal::open(folder(), signing_key(), clock, options_);
    if (!again) return again.error().line();
    log = std::move(*again);
    return {};
  }
  // Appends the groups that are not in the log yet, until one fails.
  std::optional<Error> run() {
    const Script& script = the_script().script();
    for (std::size_t i = script.groups_of(log->reader().size()); i < script.groups(); ++i) {
      clock.set(1'000'000 + kMillisAGroup * static_cast<std::int64_t>(i));
      auto drafts = script.group(i);
      auto group = log->append(drafts);
      if (!group) return group.error();
      acknowledged.push_back({std::move(group->entries), group->size, *group->checkpoint});
    }
    return std::nullopt;
  }
  [[nodiscard]] bool complete() const {
    const Script& script = the_script().script();
    return script.groups_of(log->reader().size()) == script.groups();
  }
  [[nodiscard]] std::string wrong() const {
    return wrong_with(log->reader(), the_script().script(), acknowledged, log_key().text());
  }
  // The audit, of the folder as it is.
  [[nodiscard]] std::string audited() const;
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "log"; }

 private:
  testing::TempDir temp_;
  rocks::LocalJournalOptions options_;

 public:
  std::shared_ptr<ForgetfulFileSystem> files;
  fakes::FixedClock clock;
  std::vector<Acknowledged> acknowledged;

 private:
  std::unique_ptr<rocksdb::Env> env_;

 public:
  std::unique_ptr<LocalJournal> log;
};

std::string Disk::audited() const {
  const auto opened = rocks::open_for_audit(folder(), options_);
  if (!opened) return "cannot be audited: " + opened.error().line();
  const auto entries = opened->reader->entries(LogIndex{0}, SIZE_MAX, SIZE_MAX, true);
  if (!entries) return "cannot be audited: " + entries.error().line();
  verify::LogAudit audit(log_key());
  std::size_t fed = 0;
  const auto feed_below = [&](std::uint64_t size) {
    for (; fed < size && fed < entries->size(); ++fed) {
      const journal::StoredEntry& entry = (*entries)[fed];
      if (!audit.add({entry.index, bytes_of(entry.nonce), bytes_of(entry.record),
                      bytes_of(entry.salt), bytes_of(entry.body)})) {
        return;
      }
    }
  };
  const auto listed = opened->reader->checkpoints([&](TreeSize size, const std::string& note) {
    feed_below(size.value);
    return audit.add_checkpoint(note);
  });
  if (!listed) return "cannot be audited: " + listed.error().line();
  feed_below(entries->size());
  const auto report = audit.finish();
  if (report.wrong) return "the audit finds: " + report.wrong->line();
  if (!acknowledged.empty() && report.size < acknowledged.back().size) {
    return "the audit misses what was acknowledged";
  }
  return {};
}

struct Case {
  Fault fault;
  bool torn;
};

// Reads go on and nothing more is written after a failed write.
std::string wrong_after_failure(Disk& disk, const Error& error) {
  if (error.kind != ErrorKind::kStorage || (error.line().find("log/") == std::string::npos &&
                                            error.line().find("log.keys") == std::string::npos &&
                                            error.line().find("copy.keys") == std::string::npos)) {
    return "the error does not say where: " + error.line();
  }
  if (!disk.log->poisoned()) return "a failed write is not the last one";
  auto one_more = Script(1, 1).group(0);
  const TreeSize size = disk.log->reader().size();
  if (disk.log->append(one_more)) return "an append after a failed one is taken";
  if (disk.log->reader().size() != size) return "the log grew by a failed append";
  return {};
}

// Whatever of a group that was not acknowledged is there all the same, is known when it comes
// again.
std::string wrong_repeats(const Disk& disk) {
  const journal::JournalReader& reader = disk.log->reader();
  if (reader.size().value == 0) return {};
  auto directory = admission::open_directory(reader);
  if (!directory) return "no directory: " + directory.error().line();
  admission::DirectoryHolder holder(reader, std::move(*directory));
  const fakes::FixedClock now(static_cast<std::int64_t>(fakes::kNowMs));
  const admission::Gate gate(kScriptHub, reader, holder, now);
  const std::size_t known = disk.acknowledged.empty() ? 0 : disk.acknowledged.back().size.value;
  for (std::size_t index = std::max<std::size_t>(known, 1); index < reader.size().value; ++index) {
    const SignedScript::Message& message = the_script().messages()[index - 1];
    const auto verdict = gate.judge(bytes_of(message.envelope), message.line);
    const auto* repeat = std::get_if<admission::Repeat>(&verdict);
    if (repeat == nullptr || repeat->index != LogIndex{index}) {
      return "entry " + std::to_string(index) + " is not known when it comes again";
    }
  }
  return {};
}

std::string wrong_with_cut(std::uint64_t operation, Case what) {
  Disk disk;
  std::mt19937_64 random(operation);
  if (auto error = disk.create(); !error.empty()) return error;
  disk.files->fail_at(operation, what.fault);
  if (const auto failed = disk.run()) {
    if (auto wrong = wrong_after_failure(disk, *failed); !wrong.empty()) return wrong;
    // The disk answers, but for what it cannot take.
    if (what.fault != Fault::kPowerCut) {
      disk.files->heal();
      const auto wrong =
          wrong_with_acknowledged(disk.log->reader(), disk.acknowledged, log_key().text());
      if (!wrong.empty()) return "while failed: " + wrong;
    }
  }
  disk.log.reset();
  disk.files->forget(random, what.torn);
  if (auto wrong = disk.audited(); !wrong.empty()) return "before it is opened, " + wrong;
  if (auto error = disk.open(); !error.empty()) return "does not open: " + error;
  if (auto wrong = disk.wrong(); !wrong.empty()) return wrong;
  if (auto wrong = wrong_repeats(disk); !wrong.empty()) return wrong;
  if (auto error = disk.run()) return "does not go on: " + error->line();
  if (!disk.complete()) return "the script is not complete";
  disk.log.reset();
  if (auto wrong = disk.audited(); !wrong.empty()) return "after going on, " + wrong;
  if (auto error = disk.open(); !error.empty()) return "does not open again: " + error;
  if (auto wrong = disk.wrong(); !wrong.empty()) return "after going on: " + wrong;
  return {};
}

// All of them in a full run; else about `most`, the first and the last among them.
std::vector<std::uint64_t> points_of(std::uint64_t operations, std::uint64_t most) {
  std::vector<std::uint64_t> points;
  const std::uint64_t step =
      testing::full_run() ? 1 : std::max<std::uint64_t>(1, operations / most);
  for (std::uint64_t at = 1; at < operations; at += step) points.push_back(at);
  points.push_back(operations);
  return points;
}

class PowerCut : public ::testing::TestWithParam<Case> {};

TEST_P(PowerCut, WhateverWasAcknowledgedIsThere) {
  Disk whole;
  ASSERT_EQ(whole.create(), "");
  const std::uint64_t before = whole.files->operations();
  ASSERT_FALSE(whole.run());
  whole.log.reset();
  const std::uint64_t operations = whole.files->operations() - before;
  ASSERT_GT(operations, 3 * the_script().script().groups()) << "log, sync and checkpoint";
  const auto points = points_of(operations, 10);
  for (const std::uint64_t at : points) {
    ASSERT_EQ(wrong_with_cut(at, GetParam()), "") << "at operation " << at;
  }
  std::cout << points.size() << " of " << operations << " writes and syncs failed\n";
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

// A checkpoint that cannot be written beside the database: the group stands and is not
// acknowledged.
TEST(CheckpointFails, TheGroupThatStandsIsKnownWhenItComesAgain) {
  for (std::uint64_t at = 1; at < 100; ++at) {
    Disk disk;
    ASSERT_EQ(disk.create(), "");
    disk.files->fail_at(at, Fault::kInputOutput);
    const auto failed = disk.run();
    ASSERT_TRUE(failed);
    if (failed->where != (disk.folder() / "checkpoint").string()) continue;
    ASSERT_EQ(wrong_after_failure(disk, *failed), "");
    const TreeSize shown = disk.log->reader().size();
    disk.log.reset();
    ASSERT_EQ(disk.open(), "");
    EXPECT_GT(disk.log->reader().size(), shown);
    EXPECT_EQ(wrong_repeats(disk), "");
    return;
  }
  FAIL() << "no write of a checkpoint among the first operations";
}

// Cut while it is made, a folder is either a log or says that it is none.
TEST(PowerCutWhileMade, LeavesALogOrNone) {
  Disk whole;
  ASSERT_EQ(whole.create(), "");
  for (const std::uint64_t at : points_of(whole.files->operations(), 20)) {
    for (const bool torn : {false, true}) {
      Disk disk;
      std::mt19937_64 random(at);
      disk.files->fail_at(at, Fault::kPowerCut);
      const std::string made = disk.create();
      disk.log.reset();
      disk.files->forget(random, torn);
      const std::string opened = disk.open();
      if (!made.empty() && !opened.empty()) {
        EXPECT_NE(opened.find("there is no log in this folder"), std::string::npos) << opened;
      } else {
        EXPECT_EQ(opened, "") << "at operation " << at;
      }
    }
  }
}

}  // namespace
}  // namespace rapporteur::crash
