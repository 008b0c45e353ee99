// Every byte of every table (*.sst) of a log, changed one after the other: fsck and the audit both
// name it, or a broker can open the database and finds all of it as it was.
#include <iostream>

#include <gtest/gtest.h>

#include "ops/cli/audit_folder.h"
#include "store/rocks/checked_tables.h"
#include "store/rocks/compaction.h"
#include "store/rocks/database.h"
#include "store/rocks/folder.h"
#include "store/rocks/fsck.h"
#include "tests/property/damage_stage.h"
#include "tests/support/seed.h"

namespace rapporteur {
namespace {

using rocks::Database;

constexpr std::size_t kFewSubmissions = 12;
// No block of a filter or an index is so short that it would be stepped over.
constexpr std::size_t kStep = 37;
// fsck and the audit look at tables alike: both are asked of every so-many-th byte.
constexpr std::size_t kAskedOf = 20;

class DamagedTables : public ::testing::Test {
 protected:
  [[nodiscard]] std::string audited(const std::filesystem::path& folder,
                                    const notes::VerifierKey& log) const {
    const auto findings = cli::audit_folder({folder, {}}, {}, log);
    if (!findings) return findings.error().line();
    return findings->verified() ? "" : cli::findings_text(*findings);
  }

  // Whether fsck and the audit name what is wrong, and whether the check of files does that both
  // rest on.
  [[nodiscard]] bool named(const std::filesystem::path& folder, const notes::VerifierKey& log,
                           std::size_t flip) const {
    if (rocks::check_files(folder)) return false;
    return flip % kAskedOf != 0 || (!audited(folder, log).empty() && !checked(folder).empty());
  }

  [[nodiscard]] static std::string checked(const std::filesystem::path& folder) {
    const auto report = rocks::fsck(folder, {});
    if (!report) return report.error().line();
    return report->whole() ? "" : report->problems.front().where;
  }

  // Of a copy that is opened as a broker opens it: each row of all families, in order and by its
  // key, which goes through filters.
  [[nodiscard]] Result<testing::Contents> opened(const std::filesystem::path& folder) const {
    const auto copy = stage_.folder("opened");
    testing::copy_log(folder, copy);
    const auto database = Database::open(rocks::database_folder(copy), Database::Mode::kWrite, {});
    if (!database) return tl::unexpected(database.error());
    testing::Contents contents;
    for (std::size_t number = 0; number < rocks::kFamilies; ++number) {
      const auto family = static_cast<rocks::Family>(number);
      auto& rows = contents[std::to_string(number)];
      const auto row = (*database)->iterate(family, rocksdb::ReadOptions());
      for (row->SeekToFirst(); row->Valid(); row->Next()) {
        const auto value = (*database)->get(family, rocks::view(row->key()));
        if (!value) return tl::unexpected(value.error());
        rows.emplace_back(row->key().ToString(), value->value_or("none"));
        if (rows.back().second != rocks::view(row->value())) rows.back().second += " differs";
      }
      if (!row->status().ok()) return (*database)->failed(row->status());
    }
    return contents;
  }

  void flip_every_byte(const std::filesystem::path& folder, const notes::VerifierKey& log) {
    ASSERT_EQ(audited(folder, log), "");
    ASSERT_EQ(checked(folder), "");
    const auto whole = opened(folder);
    ASSERT_TRUE(whole) << whole.error().line();
    std::size_t tables = 0;
    std::size_t flips = 0;
    std::size_t harmless = 0;
    const std::size_t step = testing::full_run() ? 1 : kStep;
    for (const auto& file : std::filesystem::directory_iterator(rocks::database_folder(folder))) {
      if (file.path().extension() != ".sst") continue;
      ++tables;
      for (std::size_t at = seed_ % step; at < file.file_size() && !HasFailure();
           at += step, ++flips) {
        const testing::Flip flip(file.path(), at, static_cast<unsigned>(at / step % 8));
        if (named(folder, log, flips)) continue;
        ++harmless;
        const auto found = opened(folder);
        EXPECT_EQ(found ? "" : found.error().line(), "") << file.path() << " at " << at;
        EXPECT_TRUE(found && *found == *whole) << file.path() << " at " << at;
      }
    }
    EXPECT_GE(tables, rocks::kFamilies - 1);
    EXPECT_LT(harmless, flips / 4);
    std::cout << flips << " bytes of " << tables << " tables, " << harmless << " harmless\n";
  }

  // Where the description of a table ends that RocksDB calls its properties: a list at the end of
  // the file gives its offset and size behind that name, as varints.
  [[nodiscard]] static std::size_t end_of_properties(const std::string& table) {
    constexpr std::string_view kName = "rocksdb.properties";
    std::size_t at = table.rfind(kName) + kName.size();
    std::size_t end = 0;
    for (int number = 0; number < 2; ++number) {
      for (unsigned shift = 0; shift < 63; shift += 7) {
        const auto byte = static_cast<unsigned char>(table.at(at++));
        end += std::size_t{byte & 0x7FU} << shift;
        if (byte < 0x80) break;
      }
    }
    return end;
  }

  const std::uint64_t seed_ = testing::chosen_seed();
  const testing::DamageStage stage_{seed_, kFewSubmissions};
};

TEST_F(DamagedTables, AnyByteOfAStoppedLogIsNamedOrHarmless) {
  flip_every_byte(stage_.closed(), stage_.log());
}

// RocksDB takes the properties apart before it compares their checksum. The highest bit of their
// last byte says that a list follows of which there is none: that ended the process.
TEST_F(DamagedTables, WhatDescribesATableIsCheckedBeforeItIsTakenApart) {
  std::size_t tables = 0;
  const auto folder = stage_.closed();
  for (const auto& file : std::filesystem::directory_iterator(rocks::database_folder(folder))) {
    if (file.path().extension() != ".sst") continue;
    ++tables;
    const std::size_t end = end_of_properties(testing::read_file(file.path()));
    const testing::Flip flip(file.path(), end - 1, 7);
    const std::string name = file.path().filename().string();
    EXPECT_NE(audited(folder, stage_.log()).find(name), std::string::npos);
    EXPECT_NE(checked(folder), "") << name;
    const auto found = opened(folder);
    ASSERT_FALSE(found) << "a broker opens " << name;
    EXPECT_NE(found.error().line().find(name), std::string::npos) << found.error().line();
  }
  EXPECT_GE(tables, rocks::kFamilies - 1);
}

// The same, of what RocksDB is given to open.
TEST_F(DamagedTables, ATableOpensOnlyIfWhatDescribesItIsWhole) {
  const auto files = rocks::with_checked_tables(*rocksdb::Env::Default());
  const auto opens = [&](const std::filesystem::path& table) {
    std::unique_ptr<rocksdb::RandomAccessFile> file;
    return files->NewRandomAccessFile(table.string(), &file, rocksdb::EnvOptions()).ok();
  };
  for (const auto& file :
       std::filesystem::directory_iterator(rocks::database_folder(stage_.closed()))) {
    if (file.path().extension() != ".sst") continue;
    EXPECT_TRUE(opens(file.path())) << file.path();
    const std::size_t end = end_of_properties(testing::read_file(file.path()));
    const testing::Flip flip(file.path(), end - 1, 7);
    EXPECT_FALSE(opens(file.path())) << file.path();
  }
}

// Filters of tables below the first level are read by nobody until they are needed.
TEST_F(DamagedTables, AnyByteOfAMergedLogIsNamedOrHarmless) {
  ASSERT_TRUE(rocks::compact(stage_.closed()));
  flip_every_byte(stage_.closed(), stage_.log());
}

TEST_F(DamagedTables, AnyByteOfARestoredLogIsNamedOrHarmless) {
  const auto log = stage_.restore("restored");
  flip_every_byte(stage_.folder("restored"), log);
}

}  // namespace
}  // namespace rapporteur
