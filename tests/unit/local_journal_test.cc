#include "store/rocks/local_journal.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"

namespace rapporteur::rocks {
namespace {

using journal::Draft;
using journal::Group;
using journal::JournalReader;
using ::testing::HasSubstr;

constexpr const char* kOrigin = "test.example/log";

crypto::SigningKey signing_key(std::byte seed = std::byte{1}) {
  crypto::SecretBytes bytes;
  bytes.mutable_bytes()[0] = seed;
  return crypto::SigningKey::from_seed(bytes);
}

MessageId message_id(std::uint64_t number) {
  MessageId id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::byte>(number >> (8 * i));
  return id;
}

// A record without time: field 2 (header), of three bytes.
Draft draft(std::uint64_t number) {
  Draft out;
  out.record = std::string("\x12\x03", 2) + "hdr";
  out.salt = std::string(32, static_cast<char>(number));
  out.body = "body " + std::to_string(number);
  out.message = journal::MessageKey{"at", message_id(number)};
  return out;
}

std::vector<Draft> drafts(std::uint64_t first, std::size_t count) {
  std::vector<Draft> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(draft(first + i));
  return out;
}

notes::Checkpoint opened(const std::string& note, const std::string& verifier_key) {
  const auto key = notes::VerifierKey::parse(verifier_key);
  EXPECT_TRUE(key);
  auto checkpoint = notes::open_checkpoint(note, *key);
  EXPECT_TRUE(checkpoint) << checkpoint.error().line();
  return checkpoint ? *checkpoint : notes::Checkpoint{};
}

Digest leaf_of(const journal::StoredEntry& entry) {
  return merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record));
}

class LocalJournalTest : public ::testing::Test {
 protected:
  void create() {
    auto made = LocalJournal::create(folder(), kOrigin, signing_key(), clock);
    ASSERT_TRUE(made) << made.error().line();
    log = std::move(*made);
  }
  void reopen() {
    log.reset();
    auto again = LocalJournal::open(folder(), signing_key(), clock);
    ASSERT_TRUE(again) << again.error().line();
    log = std::move(*again);
  }
  Group append(std::vector<Draft> group) {
    auto appended = log->append(group);
    EXPECT_TRUE(appended) << appended.error().line();
    return appended ? std::move(*appended) : Group{};
  }
  [[nodiscard]] std::filesystem::path folder() const { return temp / "log"; }
  [[nodiscard]] const JournalReader& reader() const { return log->reader(); }
  std::string open_error() {
    auto again = LocalJournal::open(folder(), signing_key(), clock);
    return again ? "opened" : again.error().line();
  }

  testing::TempDir temp;
  fakes::FixedClock clock;
  std::unique_ptr<LocalJournal> log;
};

TEST_F(LocalJournalTest, AGroupIsReadBackAsItWasWritten) {
  create();
  const Group group = append(drafts(0, 3));
  ASSERT_EQ(group.entries.size(), 3U);
  EXPECT_EQ(group.size, TreeSize{3});
  EXPECT_EQ(reader().size(), TreeSize{3});
  for (std::uint64_t i = 0; i < 3; ++i) {
    const auto entry = reader().entry(LogIndex{i});
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->record, group.entries[i].record);
    EXPECT_EQ(entry->nonce, group.entries[i].nonce);
    EXPECT_EQ(entry->body, "body " + std::to_string(i));
    EXPECT_EQ(entry->salt, std::string(32, static_cast<char>(i)));
    EXPECT_EQ(*reader().find({"at", message_id(i)}), LogIndex{i});
  }
  EXPECT_NE(group.entries[0].nonce, group.entries[1].nonce);
  EXPECT_EQ(*reader().find({"at", message_id(3)}), std::nullopt);
  EXPECT_EQ(*reader().find({"be", message_id(0)}), std::nullopt);
  EXPECT_EQ(reader().entry(LogIndex{3}).error().kind, ErrorKind::kNotFound);
}

TEST_F(LocalJournalTest, EveryProofHoldsAgainstTheCheckpointOfItsGroup) {
  create();
  std::uint64_t next = 0;
  for (const std::size_t count : {1U, 2U, 300U, 1U, 700U, 5U}) {
    const Group group = append(drafts(next, count));
    const auto checkpoint = opened(*group.checkpoint, log->verifier_key());
    ASSERT_EQ(checkpoint.size, group.size);
    for (const journal::Appended& entry : group.entries) {
      const Digest leaf = merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record));
      ASSERT_TRUE(
          merkle::verify_inclusion(entry.index, group.size, leaf, entry.proof, checkpoint.root));
    }
    next += count;
  }
}

TEST_F(LocalJournalTest, ProofsOfAnyEntryInAnyTreeAndBetweenCheckpointsHold) {
  create();
  std::vector<notes::Checkpoint> trees;
  std::uint64_t next = 0;
  for (const std::size_t count : {200U, 56U, 1U, 255U, 600U}) {
    const Group group = append(drafts(next, count));
    trees.push_back(opened(*group.checkpoint, log->verifier_key()));
    next += count;
  }
  reopen();
  for (const notes::Checkpoint& tree : trees) {
    for (std::uint64_t index = 0; index < tree.size.value; index += 37) {
      const auto proof = reader().inclusion_proof(LogIndex{index}, tree.size);
      ASSERT_TRUE(proof) << proof.error().line();
      const auto entry = reader().entry(LogIndex{index});
      ASSERT_TRUE(
          merkle::verify_inclusion(LogIndex{index}, tree.size, leaf_of(*entry), *proof, tree.root));
    }
    for (const notes::Checkpoint& later : trees) {
      if (later.size < tree.size) continue;
      const auto proof = reader().consistency_proof(tree.size, later.size);
      ASSERT_TRUE(proof) << proof.error().line();
      EXPECT_TRUE(merkle::verify_consistency(tree.size, later.size, *proof, tree.root, later.root));
    }
  }
  EXPECT_EQ(reader().inclusion_proof(LogIndex{0}, TreeSize{next + 1}).error().kind,
            ErrorKind::kNotFound);
}

TEST_F(LocalJournalTest, GoesOnWhereItStoppedAndKeepsEveryCheckpoint) {
  create();
  std::vector<std::string> given{*reader().checkpoint()};
  for (std::uint64_t i = 0; i < 5; ++i) {
    given.push_back(*append(drafts(i * 100, 100)).checkpoint);
    if (i % 2 == 0) reopen();
    EXPECT_EQ(*reader().checkpoint(), given.back());
    EXPECT_EQ(reader().size(), TreeSize{(i + 1) * 100});
  }
  std::vector<std::string> kept;
  ASSERT_TRUE(reader().checkpoints([&](TreeSize, const std::string& note) {
    kept.push_back(note);
    return true;
  }));
  EXPECT_EQ(kept, given);
}

TEST_F(LocalJournalTest, TimeNeverGoesBackAlsoOverARestart) {
  create();
  const auto time_of = [](const journal::Appended& entry) {
    return entry.record.substr(0, entry.record.find('\x12'));
  };
  clock.set(5'000'000);
  const std::string later = time_of(append(drafts(0, 1)).entries[0]);
  clock.set(4'000'000);
  EXPECT_EQ(time_of(append(drafts(1, 1)).entries[0]), later);
  reopen();
  EXPECT_EQ(time_of(append(drafts(2, 1)).entries[0]), later);
  clock.set(6'000'000);
  EXPECT_NE(time_of(append(drafts(3, 1)).entries[0]), later);
  EXPECT_EQ(later, std::string("\x08\xC0\x96\xB1\x02"));
}

TEST_F(LocalJournalTest, TablesAndStatesFollowTheEntries) {
  create();
  const journal::ResourceId table = journal::resource_named("table");
  std::vector<Draft> group = drafts(0, 3);
  group[1].tables.push_back({table, "value"});
  group[1].state.push_back({"a/2", "first"});
  group[2].state.push_back({"a/2", "second"});
  group[2].state_at = [](LogIndex index) {
    return std::vector<journal::StateWrite>{{"a/1", std::to_string(index.value)}};
  };
  Draft state_only;
  state_only.state = {{"a/3", "third"}, {"b", "other"}};
  group.push_back(state_only);
  const Group written = append(std::move(group));
  EXPECT_EQ(written.entries.size(), 3U);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*reader().table(table), std::string("\0\0\0\0\0\0\0\1value", 13));
    EXPECT_EQ(*reader().state("a/2"), "second");
    const auto states = reader().states("a/");
    ASSERT_EQ(states->size(), 3U);
    EXPECT_EQ((*states)[0].value, "2");
    EXPECT_EQ((*states)[2].name, "a/3");
    reopen();
  }
  Draft clearing = draft(9);
  clearing.tables.push_back({table, ""});
  clearing.state = {{"a/2", ""}};
  append({clearing});
  EXPECT_EQ(*reader().table(table), "");
  EXPECT_EQ(*reader().state("a/2"), "");
  EXPECT_EQ(*reader().table(journal::resource_named("none")), "");
}

TEST_F(LocalJournalTest, StateAloneIsWrittenWithoutAnEntryOrANewCheckpoint) {
  create();
  const auto before = append(drafts(0, 1)).checkpoint;
  Draft only;
  only.state = {{"cursor", "5"}};
  const Group group = append({only});
  EXPECT_TRUE(group.entries.empty());
  EXPECT_EQ(group.size, TreeSize{1});
  EXPECT_EQ(*group.checkpoint, *before);
  reopen();
  EXPECT_EQ(*reader().state("cursor"), "5");
}

TEST_F(LocalJournalTest, ScansStopAtCountAndBytes) {
  create();
  std::vector<Draft> group = drafts(0, 20);
  group[7].salt.clear();
  group[7].body.clear();
  group[9].body = std::string(100'000, 'x');  // larger than a block
  append(std::move(group));
  for (int round = 0; round < 2; ++round) {
    const auto all = reader().entries(LogIndex{0}, 100, SIZE_MAX, true);
    ASSERT_TRUE(all) << all.error().line();
    ASSERT_EQ(all->size(), 20U);
    EXPECT_EQ((*all)[6].body, "body 6");
    EXPECT_EQ((*all)[7].salt + (*all)[7].body, "");
    EXPECT_EQ((*all)[8].body, "body 8");
    EXPECT_EQ((*all)[9].body.size(), 100'000U);
    const auto some = reader().entries(LogIndex{3}, 2, SIZE_MAX, false);
    ASSERT_EQ(some->size(), 2U);
    EXPECT_EQ((*some)[1].index, LogIndex{4});
    EXPECT_EQ((*some)[1].body, "");
    EXPECT_EQ(reader().entries(LogIndex{9}, 5, 10, true)->size(), 1U);
    EXPECT_EQ(reader().entries(LogIndex{0}, 5, 200, true)->size(), 2U);
    EXPECT_EQ(reader().entries(LogIndex{20}, 5, 200, true)->size(), 0U);
    EXPECT_EQ(reader().entries(LogIndex{18}, SIZE_MAX, SIZE_MAX, true)->size(), 2U);
    reopen();
  }
}

TEST_F(LocalJournalTest, IsReadBesideItsWriterAndWhenStopped) {
  create();
  append(drafts(0, 300));
  auto beside = open_for_audit(folder());
  ASSERT_TRUE(beside) << beside.error().line();
  append(drafts(300, 300));
  const auto check = [&](const AuditedLog& audited, std::uint64_t size) {
    EXPECT_EQ(audited.reader->size(), TreeSize{size});
    const auto checkpoint = opened(*audited.reader->checkpoint(), audited.verifier_key);
    EXPECT_EQ(checkpoint.size, TreeSize{size});
    EXPECT_EQ(audited.reader->entries(LogIndex{0}, 1000, SIZE_MAX, true)->size(), size);
    const auto proof = audited.reader->inclusion_proof(LogIndex{7}, checkpoint.size);
    ASSERT_TRUE(proof) << proof.error().line();
    EXPECT_TRUE(merkle::verify_inclusion(LogIndex{7}, checkpoint.size,
                                         leaf_of(*audited.reader->entry(LogIndex{7})), *proof,
                                         checkpoint.root));
  };
  check(*beside, 300);
  auto again = open_for_audit(folder());
  ASSERT_TRUE(again) << again.error().line();
  check(*again, 600);
  ASSERT_TRUE(log->close());
  auto stopped = open_for_audit(folder());
  ASSERT_TRUE(stopped) << stopped.error().line();
  check(*stopped, 600);
  EXPECT_EQ(stopped->verifier_key, beside->verifier_key);
}

TEST_F(LocalJournalTest, ReadersMayReadWhileItGrows) {
  create();
  append(drafts(0, 10));
  std::atomic<bool> done = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const TreeSize size = reader().size();
        const LogIndex last{size.value - 1};
        const auto entry = reader().entry(last);
        ASSERT_TRUE(entry);
        EXPECT_EQ(*reader().find({"at", message_id(last.value)}), last);
        ASSERT_TRUE(reader().inclusion_proof(last, size));
        ASSERT_TRUE(reader().checkpoint());
        ASSERT_TRUE(reader().entries(LogIndex{last.value / 2}, 50, 10'000, true));
      }
    });
  }
  for (std::uint64_t i = 1; i <= 60; ++i) append(drafts(i * 10, 10));
  done = true;
}

TEST_F(LocalJournalTest, ASecondOpenerIsRefused) {
  create();
  EXPECT_THAT(open_error(), HasSubstr("another process has this log open for writing"));
  ASSERT_TRUE(log->close());
  EXPECT_EQ(open_error(), "opened");
}

TEST_F(LocalJournalTest, WhatIsNoLogIsRefusedAndLeftAlone) {
  std::filesystem::create_directory(folder());
  EXPECT_THAT(open_error(), HasSubstr("there is no log in this folder"));
  testing::write_file(folder() / "format", "something else 1\n");
  EXPECT_THAT(open_error(), HasSubstr("not a log of this program"));
  testing::write_file(folder() / "format", "rapporteur-log 3\n");
  EXPECT_THAT(open_error(), HasSubstr("has format 3; this program reads format 2"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "db"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "lock"));
  auto made = LocalJournal::create(folder(), kOrigin, signing_key(), clock);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().line(), HasSubstr("not empty"));
  EXPECT_THAT(open_for_audit(folder()).error().line(), HasSubstr("has format 3"));
  testing::write_file(folder() / "format", "rapporteur-log 1\n");
  EXPECT_THAT(open_error(), HasSubstr("has format 1, in which bodies were not encrypted"));
}

TEST_F(LocalJournalTest, AnotherSigningKeyIsRefused) {
  create();
  ASSERT_TRUE(log->close());
  const auto other = LocalJournal::open(folder(), signing_key(std::byte{2}), clock);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::kConfiguration);
}

TEST_F(LocalJournalTest, AnOriginThatIsNoNameIsRefused) {
  for (const char* origin : {"", "with space", "with+plus"}) {
    const auto made = LocalJournal::create(folder(), origin, signing_key(), clock);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::kConfiguration);
    EXPECT_FALSE(std::filesystem::exists(folder()));
  }
}

// An older copy of the database under a newer checkpoint: what was acknowledged is gone.
TEST_F(LocalJournalTest, ACheckpointGivenOutThatIsAheadOfTheDatabaseRefuses) {
  create();
  append(drafts(0, 10));
  ASSERT_TRUE(log->close());
  const auto copy = temp / "copy";
  std::filesystem::copy(folder() / "db", copy, std::filesystem::copy_options::recursive);
  reopen();
  append(drafts(10, 5));
  ASSERT_TRUE(log->close());
  std::filesystem::remove_all(folder() / "db");
  std::filesystem::copy(copy, folder() / "db", std::filesystem::copy_options::recursive);
  ASSERT_THAT(open_error(), HasSubstr("has 10 entries, but a checkpoint over 15 was given out"));
  EXPECT_THAT(open_for_audit(folder()).error().line(), HasSubstr("over 15 was given out"));
  // A fork that has outgrown the checkpoint is still another log.
  std::filesystem::copy(folder() / "checkpoint", temp / "checkpoint");
  std::filesystem::remove(folder() / "checkpoint");
  EXPECT_THAT(open_error(), HasSubstr("checkpoint"));
}

TEST_F(LocalJournalTest, AForkThatOutgrewACheckpointGivenOutRefuses) {
  create();
  append(drafts(0, 10));
  ASSERT_TRUE(log->close());
  const auto copy = temp / "copy";
  std::filesystem::copy(folder(), copy, std::filesystem::copy_options::recursive);
  reopen();
  append(drafts(10, 5));
  ASSERT_TRUE(log->close());
  const auto given = testing::read_file(folder() / "checkpoint");
  std::filesystem::remove_all(folder());
  std::filesystem::copy(copy, folder(), std::filesystem::copy_options::recursive);
  reopen();
  append(drafts(20, 9));
  ASSERT_TRUE(log->close());
  testing::write_file(folder() / "checkpoint", given);
  EXPECT_THAT(open_error(), HasSubstr("are not those of a checkpoint that was given out"));
}

// All that can be read of the log as one text, or the error.
std::string content_of(const std::filesystem::path& folder, const Clock& clock) {
  auto log = LocalJournal::open(folder, signing_key(), clock);
  if (!log) return "error: " + log.error().line();
  const auto entries = (*log)->reader().entries(LogIndex{0}, SIZE_MAX, SIZE_MAX, true);
  if (!entries) return "error: " + entries.error().line();
  std::string out;
  for (const journal::StoredEntry& entry : *entries) {
    out += entry.nonce + entry.record + entry.salt + entry.body;
    const auto found = (*log)->reader().find({"at", message_id(entry.index.value)});
    if (!found) return "error: " + found.error().line();
    out += *found ? std::to_string((*found)->value) : "none";
  }
  return out;
}

TEST_F(LocalJournalTest, ADamagedFileIsAnErrorAndNeverOtherData) {
  create();
  std::vector<Draft> group = drafts(0, 300);
  for (std::size_t i = 0; i < group.size(); i += 50) group[i].body = std::string(10'000, 'b');
  append(std::move(group));
  ASSERT_TRUE(log->close());
  const std::string whole = content_of(folder(), clock);  // opening wrote the files
  ASSERT_FALSE(whole.starts_with("error"));
  std::size_t noticed = 0;
  const auto files = testing::files_below(folder(), ".sst");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const std::string bytes = testing::read_file(file);
    for (const std::size_t part : {10U, 2U}) {
      std::string damaged = bytes;
      damaged[bytes.size() / part] = static_cast<char>(damaged[bytes.size() / part] ^ 0x20);
      testing::write_file(file, damaged);
      const std::string content = content_of(folder(), clock);
      if (content.starts_with("error")) {
        ++noticed;
      } else {
        EXPECT_EQ(content, whole) << file;
      }
      testing::write_file(file, bytes);
    }
  }
  EXPECT_GE(noticed, 6U);
}

TEST_F(LocalJournalTest, ATornCheckpointSlotIsNoHindrance) {
  create();
  append(drafts(0, 3));
  append(drafts(3, 3));
  ASSERT_TRUE(log->close());
  const std::string whole = testing::read_file(folder() / "checkpoint");
  for (const std::size_t slot : {0U, 4096U}) {
    std::string torn = whole;
    torn[slot + 40] = '#';
    testing::write_file(folder() / "checkpoint", torn);
    EXPECT_EQ(open_error(), "opened");
  }
  std::string both = whole;
  both[40] = both[4096 + 40] = '#';
  testing::write_file(folder() / "checkpoint", both);
  EXPECT_THAT(open_error(), HasSubstr("none signed by this log's key"));
}

}  // namespace
}  // namespace rapporteur::rocks
