// The file of the bodies' keys: made ahead in two places, destroyed in both, never in a log's copy.
#include "store/rocks/body_keys.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <sys/resource.h>

#include "tests/support/paths.h"

namespace rapporteur::rocks {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kLog = "test.example/log+01234567+key";

class BodyKeysTest : public ::testing::Test {
 protected:
  void create() { keys_.emplace(must(BodyKeys::create(places_, kLog, files_))); }
  void reopen(TreeSize size) {
    keys_.reset();
    keys_.emplace(must(BodyKeys::open(places_, kLog, size, files_)));
  }
  BodyKeys must(Result<BodyKeys> keys) {
    EXPECT_TRUE(keys) << keys.error().line();
    return std::move(*keys);
  }
  std::string open_error(TreeSize size) {
    const auto opened = BodyKeys::open(places_, kLog, size, files_);
    return opened ? "opened" : opened.error().line();
  }
  static BodyKey slot(const std::filesystem::path& file, std::uint64_t index) {
    const auto reader = BodyKeyReader::open(file, kLog);
    EXPECT_TRUE(reader) << reader.error().line();
    return (*reader)->read(LogIndex{index}, 1)->front();
  }
  static std::string bytes(std::span<const std::byte> key) { return std::string(text_of(key)); }

  testing::TempDir temp_;
  rocksdb::Env& files_ = *rocksdb::Env::Default();
  BodyKeyPlaces places_{temp_ / "log.keys", temp_ / "copy.keys"};
  std::optional<BodyKeys> keys_;
};

TEST_F(BodyKeysTest, EveryKeyIsInBothPlacesBeforeItIsUsed) {
  create();
  std::uint64_t first = 0;
  for (const std::uint64_t count : {1U, 1'000U, 20'000U, 16'384U, 3U}) {
    ASSERT_TRUE(keys_->make_for(LogIndex{first}, TreeSize{first + count}));
    for (const std::uint64_t index : {first, first + count / 2, first + count - 1}) {
      const std::string key = bytes(keys_->fresh(LogIndex{index}));
      EXPECT_EQ(bytes(slot(places_.file, index).bytes), key) << index;
      EXPECT_EQ(bytes(slot(places_.copy, index).bytes), key) << index;
    }
    first += count;
  }
  EXPECT_NE(bytes(slot(places_.file, 0).bytes), bytes(slot(places_.file, 1).bytes));
  EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
}

TEST_F(BodyKeysTest, ADestroyedKeyIsInNeitherPlaceAndSaysWhichEntryDidIt) {
  create();
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{100}));
  const std::string key = bytes(keys_->fresh(LogIndex{17}));
  const std::array<LogIndex, 2> entries{LogIndex{17}, LogIndex{40}};
  ASSERT_TRUE(keys_->destroy(entries, LogIndex{99}));
  for (const auto& file : {places_.file, places_.copy}) {
    EXPECT_EQ(slot(file, 17).destroyed_by(), LogIndex{99});
    EXPECT_EQ(slot(file, 40).destroyed_by(), LogIndex{99});
    EXPECT_EQ(slot(file, 18).destroyed_by(), std::nullopt);
    EXPECT_EQ(testing::read_file(file).find(key), std::string::npos);
  }
  EXPECT_EQ(keys_->destroyed_through(), TreeSize{0}) << "others of its group may follow";
  ASSERT_TRUE(keys_->note_destroyed(TreeSize{100}));
  EXPECT_EQ(keys_->destroyed_through(), TreeSize{100});
  reopen(TreeSize{100});
  EXPECT_EQ(keys_->destroyed_through(), TreeSize{100});
  EXPECT_EQ(slot(places_.file, 17).destroyed_by(), LogIndex{99});
}

TEST_F(BodyKeysTest, OpeningKeepsTheKeysOfTheLogAndMakesTheOthersAnew) {
  create();
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{10}));
  const BodyKey last = slot(places_.file, 9);
  const BodyKey ahead = slot(places_.file, 10);
  reopen(TreeSize{10});
  EXPECT_EQ(slot(places_.file, 9), last);
  EXPECT_NE(slot(places_.file, 10), ahead);
  EXPECT_EQ(bytes(keys_->fresh(LogIndex{10})), bytes(slot(places_.copy, 10).bytes));
}

TEST_F(BodyKeysTest, ACopyThatIsMissingOrBehindIsWrittenAnew) {
  places_.copy.clear();
  create();
  const std::string early = testing::read_file(places_.file);
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{20'000}));
  places_.copy = temp_ / "copy.keys";
  reopen(TreeSize{20'000});
  EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
  keys_.reset();
  testing::write_file(places_.copy, early);
  reopen(TreeSize{20'000});
  EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
}

// The disk of the copy fills up, or the process is killed, in the middle.
TEST_F(BodyKeysTest, ACopyThatWasCutOffIsWrittenAnew) {
  places_.copy.clear();
  create();
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{50'000}));
  places_.copy = temp_ / "copy.keys";
  keys_.reset();
  {
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    rlimit little = old;
    little.rlim_cur = 1'200'000;
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
    const std::string said = open_error(TreeSize{50'000});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_THAT(said, HasSubstr("copy.keys"));
  }
  EXPECT_GT(std::filesystem::file_size(places_.copy), 1'000'000U);
  reopen(TreeSize{50'000});
  EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
}

TEST_F(BodyKeysTest, TheCopyTakesThePlaceOfTheFile) {
  create();
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{30'000}));
  const BodyKey last = slot(places_.file, 29'999);
  keys_.reset();
  std::filesystem::rename(places_.copy, places_.file);
  reopen(TreeSize{30'000});
  EXPECT_EQ(slot(places_.file, 29'999), last);
  EXPECT_EQ(slot(places_.copy, 29'999), last);
}

TEST_F(BodyKeysTest, WhatIsNotTheKeysOfThisLogIsRefused) {
  create();
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{20'000}));
  const std::string whole = testing::read_file(places_.file);
  keys_.reset();
  EXPECT_THAT(open_error(TreeSize{40'000}), HasSubstr("keys for fewer of their bodies are here"));
  testing::write_file(places_.file, whole.substr(0, 100'000));
  EXPECT_THAT(open_error(TreeSize{20'000}), HasSubstr("cut short"));
  testing::write_file(places_.file, "something else");
  EXPECT_THAT(open_error(TreeSize{1}), HasSubstr("this is no file of body keys"));
  std::filesystem::remove(places_.file);
  EXPECT_THAT(open_error(TreeSize{1}), HasSubstr("the keys of the bodies are not here"));
  EXPECT_EQ(BodyKeys::create(places_, kLog, files_).error().kind, ErrorKind::kConfiguration)
      << "the copy is there";
  testing::write_file(places_.file, whole);
  EXPECT_THAT(open_error(TreeSize{1}), HasSubstr("chmod 600"));
  std::filesystem::permissions(places_.file, std::filesystem::perms(0600));
  EXPECT_THAT(BodyKeyReader::open(places_.file, "another/log").error().line(),
              HasSubstr("the body keys of another log"));
}

TEST_F(BodyKeysTest, AFileThatIsOlderThanItsCopyIsRefused) {
  create();
  const std::string early = testing::read_file(places_.file);
  ASSERT_TRUE(keys_->make_for(LogIndex{0}, TreeSize{20'000}));
  keys_.reset();
  testing::write_file(places_.file, early);
  EXPECT_THAT(open_error(TreeSize{10}), HasSubstr("older than their copy"));
}

// The two numbers before and after a write, and what a power cut makes of them: the first bytes
// new, the others old. Of 0x40FF and 0x4101 it makes 0x41FF.
class TornNumbers : public BodyKeysTest {
 protected:
  static constexpr TreeSize kSize{257};
  TornNumbers() {
    create();
    for (const auto& [size, bytes] : {std::pair{TreeSize{255}, &before_}, {kSize, &after_}}) {
      reopen(size);
      EXPECT_TRUE(keys_->note_destroyed(size));
      *bytes = testing::read_file(places_.file);
    }
    keys_.reset();
    EXPECT_LT(before_.size(), after_.size());
  }
  // With the old length of the file, and with the new one.
  std::vector<std::string> torn() const {
    std::vector<std::string> all;
    for (const std::size_t length : {before_.size(), after_.size()}) {
      for (std::size_t old = 0; old <= 16; ++old) {
        std::string one = after_.substr(0, length);
        one.replace(kKeyHeadBytes - old, old, before_, kKeyHeadBytes - old, old);
        all.push_back(std::move(one));
      }
    }
    return all;
  }
  std::string before_;
  std::string after_;
};

TEST_F(TornNumbers, ACopyThatHasThemIsWrittenAnew) {
  for (const std::string& bytes : torn()) {
    testing::write_file(places_.file, after_);
    testing::write_file(places_.copy, bytes);
    reopen(kSize);
    EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
  }
}

TEST_F(TornNumbers, AFileThatHasThemCountsNoMoreThanThereIs) {
  for (const std::string& bytes : torn()) {
    testing::write_file(places_.file, bytes);
    testing::write_file(places_.copy, before_);
    reopen(kSize);
    EXPECT_LE(keys_->destroyed_through(), kSize);
    EXPECT_LE(std::filesystem::file_size(places_.file), after_.size() + crypto::kBodyKeyBytes);
    EXPECT_EQ(testing::read_file(places_.file), testing::read_file(places_.copy));
  }
}

TEST_F(BodyKeysTest, AreTheirOwnersAlone) {
  create();
  for (const auto& file : {places_.file, places_.copy}) {
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600)) << file;
  }
}

TEST(BodyKeyPlacesTest, AreNeverInTheFolderOfTheLog) {
  const testing::TempDir temp;
  EXPECT_EQ(body_key_places(temp / "log", {}, {})->file, temp / "log.keys");
  EXPECT_EQ(body_key_places(temp / "log/", {}, {})->file, temp / "log.keys");
  std::filesystem::create_directory(temp / "logs");
  EXPECT_TRUE(body_key_places(temp / "log", temp / "log2", temp / "logs/keys"));
  for (const std::string inside : {"log/keys", "log/db/keys", "log/../log/keys"}) {
    EXPECT_THAT(body_key_places(temp / "log", temp / inside, {}).error().line(),
                HasSubstr("lie in the log's folder"));
    EXPECT_FALSE(body_key_places(temp / "log", {}, temp / inside));
  }
}

TEST(BodyKeyPlacesTest, ACopyIsAnotherFile) {
  const testing::TempDir temp;
  EXPECT_THAT(body_key_places(temp / "log", {}, temp / "sub/../log.keys").error().line(),
              HasSubstr("the copy of the keys is the file itself"));
  testing::write_file(temp / "log.keys", "keys");
  std::filesystem::create_hard_link(temp / "log.keys", temp / "link");
  EXPECT_FALSE(body_key_places(temp / "log", {}, temp / "link"));
}

}  // namespace
}  // namespace rapporteur::rocks
