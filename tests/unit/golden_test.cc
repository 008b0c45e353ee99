// The wire of every released version is read for ever: tests/fixtures/golden/<version> holds the
// bytes of each message with its text form. A new field or message needs golden files: remove those
// of a version that is not released yet, or name a folder for the next one, and run
// test_make_golden on it. Files of a released version never change.
#include <set>
#include <sstream>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "tests/support/golden_messages.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

std::vector<std::filesystem::path> golden_files() {
  return files_below(fixtures() / "golden", ".golden");
}

TEST(GoldenMessages, DecodeToWhatWasRecordedAndEncodeToTheSameBytes) {
  ASSERT_FALSE(golden_files().empty());
  for (const auto& file : golden_files()) {
    const GoldenFile golden = read_golden(read_file(file));
    const auto decoded = message_named(file.stem().string());
    const auto recorded = message_named(file.stem().string());
    ASSERT_NE(decoded, nullptr) << file << ": the message is gone";
    ASSERT_TRUE(decoded->ParseFromString(golden.bytes)) << file;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(golden.text, recorded.get())) << file;
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*decoded, *recorded)) << file;
    EXPECT_EQ(decoded->SerializeAsString(), golden.bytes) << file;
  }
}

TEST(GoldenMessages, EveryFieldOfEveryMessageHasGoldenBytes) {
  std::set<std::string> known;
  for (const auto& file : golden_files()) {
    known.insert(file.stem().string() + ' ' + read_golden(read_file(file)).bytes);
  }
  for (const auto& golden : golden_messages()) {
    EXPECT_TRUE(known.contains(golden.name + ' ' + golden.message->SerializeAsString()))
        << golden.name << " has a field without golden bytes: see the head of this file";
  }
}

TEST(GoldenMessages, NoGoldenFileIsChangedOrLost) {
  std::size_t versions = 0;
  for (const auto& version : std::filesystem::directory_iterator(fixtures() / "golden")) {
    EXPECT_EQ(golden_digests(version.path()), read_golden_list(version.path())) << version.path();
    ++versions;
  }
  EXPECT_GT(versions, 0U);
}

TEST(GoldenMessages, ValuesOfEnumerationsKeepTheirNumbers) {
  const auto today = enum_values();
  std::set<std::string> known;
  for (const auto& file : files_below(fixtures() / "golden", ".txt")) {
    std::istringstream lines(read_file(file));
    std::string name;
    for (int number = 0; lines >> name >> number;) {
      known.insert(name);
      ASSERT_TRUE(today.contains(name)) << name << " is gone";
      EXPECT_EQ(today.at(name), number) << name;
    }
  }
  for (const auto& [name, number] : today) EXPECT_TRUE(known.contains(name)) << name;
}

}  // namespace
}  // namespace rapporteur::testing
