// Signed checkpoints of a log, looked up by the size of their trees; and a log whose files were
// merged.
#include <algorithm>

#include <gtest/gtest.h>

#include "store/rocks/compaction.h"
#include "store/rocks/local_journal.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/cosigner.h"
#include "tests/support/paths.h"

namespace rapporteur::rocks {
namespace {

// Three groups of three entries: the checkpoints of sizes 3, 6 and 9.
std::vector<std::string> append_three_groups(LocalJournal& journal) {
  std::vector<std::string> notes;
  for (int group = 0; group < 3; ++group) {
    std::vector<journal::Draft> threesome(3);
    for (auto& one : threesome) one.record = std::string("\x12\x03", 2) + "hdr";
    const auto appended = journal.append(threesome);
    EXPECT_TRUE(appended) << appended.error().line();
    if (appended) notes.push_back(*appended->checkpoint);
  }
  return notes;
}

void expect_found(const journal::JournalReader& reader, const std::vector<std::string>& notes) {
  for (std::uint64_t size = 1; size <= 9; ++size) {
    EXPECT_EQ(reader.checkpoint_from(TreeSize{size}), notes[(size - 1) / 3]) << size;
  }
  EXPECT_EQ(reader.checkpoint_from(TreeSize{10}).error().kind, ErrorKind::kNotFound);
}

TEST(JournalCheckpoints, ThatOfASizeIsFoundOrTheNextLarger) {
  const testing::TempDir temp;
  const fakes::FixedClock clock;
  auto journal =
      LocalJournal::create(temp / "log", "test.example/log", testing::seeded_key(1), clock);
  ASSERT_TRUE(journal) << journal.error().line();
  const auto notes = append_three_groups(**journal);
  ASSERT_EQ(notes.size(), 3U);
  expect_found((*journal)->reader(), notes);
  journal->reset();
  journal = LocalJournal::open(temp / "log", testing::seeded_key(1), clock);
  ASSERT_TRUE(journal) << journal.error().line();
  expect_found((*journal)->reader(), notes);
}

TEST(JournalCompaction, WhatWasAppendedIsThereWhenFilesWereMerged) {
  const testing::TempDir temp;
  const fakes::FixedClock clock;
  auto journal =
      LocalJournal::create(temp / "log", "test.example/log", testing::seeded_key(1), clock);
  ASSERT_TRUE(journal) << journal.error().line();
  const auto notes = append_three_groups(**journal);
  EXPECT_EQ(compact(temp / "log").error().kind, ErrorKind::kOverloaded) << "it is open";
  journal->reset();
  const auto families = compact(temp / "log");
  ASSERT_TRUE(families) << families.error().line();
  EXPECT_TRUE(std::ranges::any_of(*families, [](const FamilyBytes& family) {
    return family.name == "records" && family.bytes > 9 * 32;
  }));
  journal = LocalJournal::open(temp / "log", testing::seeded_key(1), clock);
  ASSERT_TRUE(journal) << journal.error().line();
  EXPECT_EQ((*journal)->reader().size(), TreeSize{9});
  expect_found((*journal)->reader(), notes);
}

}  // namespace
}  // namespace rapporteur::rocks
