// Rows of a log's database are damaged at random: fsck names it, and puts right what follows from
// the entries, byte by byte, without touching them.
#include "store/rocks/fsck.h"

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>

#include "store/rocks/body_key_file.h"
#include "store/rocks/database.h"
#include "store/rocks/folder.h"
#include "store/rocks/layout.h"
#include "tests/crash/signed_script.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/sender.h"
#include "tests/support/paths.h"
#include "tests/support/seed.h"

namespace rapporteur::rocks {
namespace {

constexpr const char* kOrigin = "fsck.example/log";
constexpr std::array kDerived{Family::kTiles, Family::kMessages, Family::kTables, Family::kStates,
                              Family::kLog};
constexpr std::array kKept{Family::kRecords, Family::kCheckpoints};

crypto::SigningKey log_key() {
  return crypto::SigningKey::from_seed(fakes::secret_named("fsck"));
}

using Rows = std::map<std::pair<std::size_t, std::string>, std::string>;

void flip(char& byte, std::mt19937_64& random) {
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1 + random() % 255));
}

class Fsck : public ::testing::Test {
 protected:
  void make(std::uint64_t seed, std::size_t submissions, bool erasures = false) {
    const notes::VerifierKey log{kOrigin, notes::KeyType::kEd25519, log_key().public_key()};
    const crash::SignedScript script(seed, submissions, log, erasures);
    auto journal = LocalJournal::create(folder(), kOrigin, log_key(), clock_);
    ASSERT_TRUE(journal) << journal.error().line();
    for (std::size_t i = 0; i < script.script().groups(); ++i) {
      auto group = script.script().group(i);
      ASSERT_TRUE((*journal)->append(group));
    }
    ASSERT_TRUE((*journal)->close());
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp_ / "log"; }
  [[nodiscard]] std::unique_ptr<Database> open() const {
    return std::move(*Database::open(database_folder(folder()), Database::Mode::kWrite, {}));
  }
  [[nodiscard]] Rows rows() const {
    Rows out;
    const auto database = open();
    for (std::size_t family = 0; family < kFamilies; ++family) {
      const auto row = database->iterate(static_cast<Family>(family), rocksdb::ReadOptions());
      for (row->SeekToFirst(); row->Valid(); row->Next()) {
        out[{family, row->key().ToString()}] = row->value().ToString();
      }
    }
    return out;
  }
  // One row of a family is changed, taken away, or put beside.
  void damage(Family family, std::mt19937_64& random) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [key, value] : rows()) {
      if (key.first != static_cast<std::size_t>(family)) continue;
      if (family == Family::kStates && !key.second.starts_with("seq/")) continue;
      if (family == Family::kLog && key.second != layout::kEdgeKey) continue;
      all.emplace_back(key.second, value);
    }
    ASSERT_FALSE(all.empty()) << static_cast<int>(family);
    auto [key, value] = all[random() % all.size()];
    const auto database = open();
    rocksdb::WriteBatch batch = Database::batch();
    rocksdb::ColumnFamilyHandle* const handle = database->family(family);
    // That a checkpoint once stood between two others, nothing shows.
    switch (family == Family::kCheckpoints ? 2 : random() % 3) {
      case 0:
        ASSERT_TRUE(batch.Delete(handle, key).ok());
        break;
      case 1:
        if (family != Family::kLog) {
          flip(key.back(), random);
        }
        [[fallthrough]];
      default:
        flip(value[random() % value.size()], random);
        ASSERT_TRUE(batch.Put(handle, key, value).ok());
    }
    ASSERT_TRUE(database->write(batch));
  }
  [[nodiscard]] FsckReport look(bool repair = false) const {
    auto report = fsck(folder(), {repair, {}, {}});
    EXPECT_TRUE(report) << report.error().line();
    return report ? *report : FsckReport{};
  }

  testing::TempDir temp_;
  fakes::FixedClock clock_;
};

TEST_F(Fsck, AnUndamagedLogIsWhole) {
  make(1, 600);
  const auto before = rows();
  const FsckReport report = look();
  EXPECT_TRUE(report.whole()) << report.problems.front().where << ": "
                              << report.problems.front().what;
  EXPECT_GT(report.entries, 600U);
  EXPECT_GT(report.checkpoints, 50U);
  EXPECT_GT(report.rows_compared, 1'000U);
  EXPECT_EQ(report.bodies_absent, 0U);
  EXPECT_EQ(look(true).repaired, 0U);
  EXPECT_EQ(rows(), before);
}

// What was erased cannot be computed again: the tables are left out, and it is said.
TEST_F(Fsck, ALogWithErasuresIsWholeButForItsTables) {
  make(1, 600, true);
  const FsckReport report = look();
  EXPECT_TRUE(report.whole()) << report.problems.front().where << ": "
                              << report.problems.front().what;
  EXPECT_GT(report.bodies_absent, 10U);
  EXPECT_EQ(look(true).repaired, 0U);
}

TEST_F(Fsck, WhatIsLeftOfSomethingErasedIsNamed) {
  make(1, 100, true);
  const auto before = rows();
  const auto erasure = std::ranges::find_if(before, [](const auto& row) {
    return row.first.first == static_cast<std::size_t>(Family::kLog) &&
           row.first.second.starts_with(layout::kErasedPrefix);
  });
  ASSERT_NE(erasure, before.end());
  const auto erased = layout::decode_indices(erasure->second);
  ASSERT_TRUE(erased && !erased->empty());
  const auto write = [&](Family family, std::string_view key, std::string_view value) {
    const auto database = open();
    rocksdb::WriteBatch batch = Database::batch();
    ASSERT_TRUE(batch.Put(database->family(family), slice(key), slice(value)).ok());
    ASSERT_TRUE(database->write(batch));
  };
  // Another list of what was erased.
  write(Family::kLog, erasure->first.second, layout::encode_indices(std::array{LogIndex{1}}));
  EXPECT_STREQ(look().problems.front().where.c_str(), "erasures");
  EXPECT_TRUE(look(true).mended());
  EXPECT_EQ(rows(), before);
  // Its key, of an older file.
  const auto keys = body_key_file_of(folder());
  const std::string kept = testing::read_file(keys);
  std::string older = kept;
  older[key_offset_of(erased->front())] = 'k';
  testing::write_file(keys, older);
  std::filesystem::permissions(keys, std::filesystem::perms(0600));
  EXPECT_NE(look().problems.front().what.find("its key is still here"), std::string::npos);
  testing::write_file(keys, kept);
  // Its body.
  write(Family::kBodies, view(slice(layout::number(erased->front().value))), std::string(64, 'b'));
  EXPECT_NE(look().problems.front().what.find("its body is still here"), std::string::npos);
}

TEST_F(Fsck, WhatFollowsFromEntriesIsNamedAndPutRight) {
  const std::uint64_t seed = testing::chosen_seed();
  std::mt19937_64 random(seed);
  make(seed, 400);
  const auto before = rows();
  const std::size_t rounds = testing::full_run() ? 200 : 20;
  for (std::size_t round = 0; round < rounds; ++round) {
    damage(kDerived[round % kDerived.size()], random);
    if (rows() == before) continue;  // a row that was put beside took the value that was there
    const FsckReport found = look();
    ASSERT_FALSE(found.whole()) << "round " << round << ", seed " << seed;
    EXPECT_TRUE(found.problems.front().repairable) << found.problems.front().what;
    EXPECT_TRUE(look(true).mended());
    ASSERT_EQ(rows(), before) << "round " << round << ", seed " << seed;
    EXPECT_TRUE(look().whole());
  }
}

TEST_F(Fsck, EntriesAndCheckpointsAreNamedAndNeverTouched) {
  const std::uint64_t seed = testing::chosen_seed();
  std::mt19937_64 random(seed);
  make(seed, 40);
  const auto whole = rows();
  const std::size_t rounds = testing::full_run() ? 100 : 10;
  for (std::size_t round = 0; round < rounds; ++round) {
    damage(kKept[round % kKept.size()], random);
    const auto damaged = rows();
    const FsckReport found = look(true);
    EXPECT_FALSE(found.whole());
    EXPECT_FALSE(found.mended());
    const auto after = rows();
    for (const Family family : {Family::kRecords, Family::kBodies, Family::kCheckpoints}) {
      for (const auto& [key, value] : damaged) {
        if (key.first == static_cast<std::size_t>(family)) {
          ASSERT_EQ(after.at(key), value);
        }
      }
    }
    // Put back.
    const auto database = open();
    rocksdb::WriteBatch batch = Database::batch();
    for (const auto& [key, value] : after) {
      auto* const family = database->family(static_cast<Family>(key.first));
      if (!whole.contains(key)) {
        ASSERT_TRUE(batch.Delete(family, key.second).ok());
      }
    }
    for (const auto& [key, value] : whole) {
      auto* const family = database->family(static_cast<Family>(key.first));
      ASSERT_TRUE(batch.Put(family, key.second, value).ok());
    }
    ASSERT_TRUE(database->write(batch));
  }
  EXPECT_TRUE(look().whole());
}

TEST_F(Fsck, ALogThatIsOpenIsNotLookedAt) {
  make(1, 5);
  const auto journal = LocalJournal::open(folder(), log_key(), clock_);
  ASSERT_TRUE(journal);
  const auto report = fsck(folder(), {});
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().line().find("stop the broker"), std::string::npos);
}

}  // namespace
}  // namespace rapporteur::rocks
