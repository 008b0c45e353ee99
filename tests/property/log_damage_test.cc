// Any byte of a log's files that is changed is named by an audit, or every key reads back as it
// was. What somebody changes who knows RocksDB, and who has the log's key, is named too.
#include <algorithm>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/merkle/tree.h"
#include "tests/property/damage_stage.h"
#include "tests/support/seed.h"

namespace rapporteur {
namespace {

using ::testing::AnyOf;
using testing::Contents;
using testing::contents_of;
using testing::DamageStage;
using ::testing::ElementsAre;
using testing::Flip;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::rewrite;

class LogDamage : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    seed_ = testing::chosen_seed();
    stage_ = new DamageStage(seed_);
  }
  static void TearDownTestSuite() {
    delete stage_;
    stage_ = nullptr;
  }

  // Files of the log that a byte may change in: not RocksDB's own log for people, nor the lock.
  static std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && !name.starts_with("LOG") && name != "lock" && name != "LOCK" &&
          entry.file_size() != 0) {
        out.push_back(entry.path());
      }
    }
    std::ranges::sort(out);
    return out;
  }

  static Contents contents(const std::filesystem::path& folder) {
    std::string why;
    auto found = contents_of(folder, why);
    EXPECT_TRUE(found) << why;
    return found.value_or(Contents());
  }

  // A flip is named, or changes nothing that a reader finds.
  static void expect_named_or_harmless(const std::filesystem::path& folder,
                                       const std::filesystem::path& file, std::size_t at,
                                       unsigned bit, const Contents& whole) {
    const Flip flip(file, at, bit);
    if (!stage_->named(folder).empty()) {
      ++named_;
      return;
    }
    ++harmless_;
    std::string why;
    const auto found = contents_of(folder, why);
    ASSERT_TRUE(found) << file << " at " << at << " bit " << bit << ": " << why;
    ASSERT_TRUE(*found == whole) << file << " at " << at << " bit " << bit
                                 << ": reads otherwise, and no audit says so";
  }

  void flips_at_random(const std::filesystem::path& folder, std::size_t trials) {
    std::mt19937_64 random(seed_);
    const Contents whole = contents(folder);
    const auto all = files(folder);
    named_ = harmless_ = 0;
    for (std::size_t i = 0; i < trials && !HasFatalFailure(); ++i) {
      // Each file as often as any other: the small ones decide what the large ones mean.
      const auto& file = all[random() % all.size()];
      expect_named_or_harmless(folder, file, random() % std::filesystem::file_size(file),
                               static_cast<unsigned>(random() % 8), whole);
    }
    EXPECT_GT(named_, trials / 4);
    std::cout << named_ << " named, " << harmless_ << " harmless\n";
  }

  // A copy of `folder` to be changed.
  static std::filesystem::path copy_of(const std::filesystem::path& folder,
                                       const std::string& name) {
    auto copied = stage_->folder(name);
    testing::copy_log(folder, copied);
    return copied;
  }
  static std::size_t trials() { return testing::full_run() ? 2'000 : 60; }

  static inline DamageStage* stage_ = nullptr;
  static inline std::uint64_t seed_ = 0;
  static inline std::size_t named_ = 0;
  static inline std::size_t harmless_ = 0;
};

TEST_F(LogDamage, WhatIsWholeIsVerified) {
  for (const auto& folder :
       {stage_->closed(), stage_->live(), stage_->half(), stage_->exported()}) {
    EXPECT_EQ(stage_->named(folder), "") << folder;
  }
}

TEST_F(LogDamage, AnAuditBesideAWriterAccusesNobody) {
  constexpr int kAudits = 8;
  stage_->beside_a_writer([](const std::filesystem::path& folder) {
    for (int i = 0; i < kAudits; ++i) EXPECT_EQ(stage_->named(folder), "");
  });
}

TEST_F(LogDamage, AFlippedByteOfAClosedLogIsNamedOrHarmless) {
  flips_at_random(stage_->closed(), trials());
}

TEST_F(LogDamage, AFlippedByteOfALiveLogIsNamedOrHarmless) {
  flips_at_random(stage_->live(), trials());
}

TEST_F(LogDamage, AFlippedByteOfAnExportIsNamed) {
  std::mt19937_64 random(seed_);
  const auto all = files(stage_->exported());
  for (std::size_t i = 0; i < trials() * 2; ++i) {
    const auto& file = all[random() % all.size()];
    const std::size_t at = random() % std::filesystem::file_size(file);
    const Flip flip(file, at, static_cast<unsigned>(random() % 8));
    ASSERT_NE(stage_->named(stage_->exported()), "") << file << " at " << at;
  }
}

// A checkpoint that claims more entries than there are is not one to step over.
TEST_F(LogDamage, ACheckpointOfAnExportThatIsMovedBeyondItsEndIsNamed) {
  const std::string size = "\n" + std::to_string(stage_->size().value) + "\n";
  std::size_t moved = 0;
  for (const auto& file : files(stage_->exported() / "checkpoints")) {
    const std::string whole = testing::read_file(file);
    const std::size_t at = whole.find(size);
    if (at == std::string::npos) continue;
    ++moved;
    std::string changed = whole;
    changed[at + 1] = '9';
    testing::write_file(file, changed);
    EXPECT_THAT(stage_->named(stage_->exported()), HasSubstr(file.string()));
    testing::write_file(file, whole);
  }
  EXPECT_EQ(moved, 1U);
}

// Every family has tables, and an audit recomputes only what is in some of them.
TEST_F(LogDamage, ADamagedBlockOfEveryTableIsNamed) {
  std::size_t tables = 0;
  for (const auto& file : files(stage_->closed())) {
    if (file.extension() != ".sst") continue;
    ++tables;
    const Flip flip(file, 9, 2);  // the first block begins the file
    EXPECT_THAT(stage_->named(stage_->closed()), HasSubstr(file.filename().string()));
  }
  EXPECT_GE(tables, 7U);
}

// A record whose length says that it goes on behind the end of the file: RocksDB takes it for a
// write that a power cut stopped, and forgets it, and all that comes after it.
TEST_F(LogDamage, AnEndThatLooksTornIsNamed) {
  constexpr std::size_t kLengthHigh = 5;
  constexpr std::size_t kHeader = 7;
  constexpr std::size_t kBlock = 32UL << 10U;
  std::size_t records = 0;
  for (const auto& file : files(stage_->live())) {
    const std::string name = file.filename().string();
    if (file.extension() != ".log" && !name.starts_with("MANIFEST")) continue;
    const std::string bytes = testing::read_file(file);
    std::vector<std::size_t> begins;
    for (std::size_t at = 0; at + kHeader <= bytes.size();) {
      if (kBlock - at % kBlock < kHeader) {
        at += kBlock - at % kBlock;
        continue;
      }
      begins.push_back(at);
      at += kHeader + static_cast<unsigned char>(bytes[at + 4]) +
            (std::size_t{static_cast<unsigned char>(bytes[at + kLengthHigh])} << 8U);
    }
    // The last ones: what is lost with them is least likely to be missed.
    for (std::size_t i = begins.size() - std::min<std::size_t>(begins.size(), 3); i < begins.size();
         ++i) {
      ++records;
      const Flip flip(file, begins[i] + kLengthHigh, 6);
      EXPECT_NE(stage_->named(stage_->live()), "") << file << " at " << begins[i];
    }
  }
  EXPECT_GE(records, 4U);
}

// What a power cut or a full disk leaves of the last write, however far it came, accuses nobody.
TEST_F(LogDamage, AHalfWrittenRecordIsReportedAndNothingIsWrong) {
  std::mt19937_64 random(seed_);
  for (int i = 0; i < 10; ++i) {
    const auto folder = copy_of(stage_->live(), "torn");
    std::filesystem::path newest;
    for (const auto& file : files(folder)) {
      if (file.extension() == ".log") newest = std::max(newest, file);
    }
    // The last record is the cursor: the entries before it are under the checkpoint.
    std::filesystem::resize_file(newest, std::filesystem::file_size(newest) - 1 - random() % 40);
    EXPECT_EQ(stage_->named(folder), "") << i;
    EXPECT_THAT(stage_->half_written(folder), ElementsAre(newest.filename().string()));
  }
  EXPECT_THAT(stage_->half_written(stage_->live()), IsEmpty());
}

TEST_F(LogDamage, DroppedEntriesAreNamed) {
  const auto folder = copy_of(stage_->closed(), "dropped");
  rewrite(folder, "records", [](auto& rows) {
    rows.erase(std::prev(rows.end()));
    rows.erase(std::prev(rows.end()));
  });
  EXPECT_THAT(stage_->named(folder), HasSubstr("entries"));
}

TEST_F(LogDamage, SwappedEntriesAreNamed) {
  std::mt19937_64 random(seed_);
  for (int i = 0; i < 5; ++i) {
    const auto folder = copy_of(stage_->closed(), "swapped");
    const std::size_t first = random() % (stage_->size().value - 1);
    const std::size_t second = first + 1 + random() % (stage_->size().value - first - 1);
    rewrite(folder, "records", [&](auto& rows) {
      std::swap(std::next(rows.begin(), static_cast<std::ptrdiff_t>(first))->second,
                std::next(rows.begin(), static_cast<std::ptrdiff_t>(second))->second);
    });
    EXPECT_NE(stage_->named(folder), "") << first << " and " << second;
  }
}

TEST_F(LogDamage, AnOldDatabaseUnderANewerCheckpointIsNamed) {
  const auto folder = copy_of(stage_->half(), "old");
  EXPECT_EQ(stage_->named(folder), "");
  std::filesystem::copy_file(stage_->closed() / "checkpoint", folder / "checkpoint",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(stage_->named(folder), HasSubstr("entries that were acknowledged are missing"));
}

TEST_F(LogDamage, AnOldCopyIsNamedByWhatOthersKept) {
  const auto kept = stage_->folder("kept");
  std::filesystem::create_directories(kept);
  testing::write_file(kept / "newest", stage_->newest());
  EXPECT_EQ(stage_->named(stage_->closed(), kept), "");
  EXPECT_EQ(stage_->named(stage_->exported(), kept), "");
  EXPECT_THAT(stage_->named(stage_->half(), kept), HasSubstr("the others are missing"));
}

TEST_F(LogDamage, TwoHeadsOfOneSizeAreNamed) {
  const std::string forged = stage_->head(stage_->size(), merkle::empty_root());
  const auto kept = stage_->folder("forked");
  std::filesystem::create_directories(kept);
  testing::write_file(kept / "b", forged);
  EXPECT_THAT(stage_->named(stage_->closed(), kept), HasSubstr("two heads of one size"));
  EXPECT_THAT(stage_->named(stage_->exported(), kept), HasSubstr("two histories of one log"));
  testing::write_file(kept / "a", stage_->newest());
  const std::string both = stage_->named(stage_->closed(), kept);
  EXPECT_THAT(both, HasSubstr("two heads of one size"));
  EXPECT_THAT(both, HasSubstr((kept / "a").string()));
  EXPECT_THAT(both, HasSubstr((kept / "b").string()));
  // One inside the log, where it signed nothing.
  std::filesystem::remove(kept / "a");
  testing::write_file(kept / "b", stage_->head(TreeSize{3}, merkle::empty_root()));
  EXPECT_THAT(
      stage_->named(stage_->closed(), kept),
      AnyOf(HasSubstr("its root is not that of the entries"), HasSubstr("two heads of one size")));
}

TEST_F(LogDamage, WhatIsNoCheckpointOfThisLogIsNamed) {
  const auto kept = stage_->folder("others");
  std::filesystem::create_directories(kept);
  std::string note = stage_->newest();
  note[note.size() - 10] = note[note.size() - 10] == 'A' ? 'B' : 'A';
  for (const std::string& content : {std::string("no note"), note, std::string()}) {
    testing::write_file(kept / "one", content);
    EXPECT_THAT(stage_->named(stage_->closed(), kept), HasSubstr((kept / "one").string()));
  }
}

}  // namespace
}  // namespace rapporteur
