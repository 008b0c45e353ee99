// A watched folder: what counts as complete, where files go, and that a kill sends nothing twice.
#include "adapters/agency/watch_folder.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_log.h"
#include "tests/support/paths.h"

namespace rapporteur::agency {
namespace {

using namespace std::chrono_literals;
using client::ItemState;
using ::testing::HasSubstr;
using testing::read_file;
using testing::write_file;

constexpr std::string_view kHeader = "REF_AREA,INDICATOR,SEX,TIME_PERIOD,OBS_VALUE,DATAFLOW\n";

class WatchFolderTest : public ::testing::Test {
 protected:
  WatchFolderTest() {
    program_.folder = root_ / "at";
    EXPECT_TRUE(client::Agency::create(program_.folder, "at"));
    const client::HubAddress hub{"hub", "tcp://127.0.0.1:1",
                                 crypto::generate_curve_key_pair().public_key,
                                 testing::FakeLog().verifier_key().text()};
    EXPECT_TRUE(client::Agency::open(program_.folder)->pin(hub));
    begin();
  }
  // As another process would, with what is on disk alone.
  void begin() {
    watch_.reset();
    desk_.reset();
    desk_ = Desk::open(program_).value();
    watch_.emplace(WatchFolder::open(*desk_, program_, folder(), [&](const WatchFolder::Moved& m) {
                     moved_.push_back((m.accepted ? "done " : "refused ") + m.file);
                   }).value());
  }
  std::filesystem::path folder() const { return root_ / "inbox"; }
  void drop(const std::string& name, const std::string& rows) {
    write_file(folder() / name, std::string(kHeader) + rows);
  }
  void look_at(std::chrono::milliseconds time) {
    ASSERT_TRUE(watch_->look(MonotonicTime(1h + time)));
  }
  std::vector<client::Item> items() { return desk_->outbox.list().value(); }
  // As the courier does with the hub's answer.
  void answer(bool accepted) {
    const auto waiting = desk_->outbox.to_send({}, 100, 1U << 30U).value();
    ASSERT_TRUE(desk_->outbox.mark_sent(waiting));
    v1::Outcome outcome;
    outcome.set_accepted(accepted);
    for (const auto& item : waiting) ASSERT_TRUE(desk_->outbox.settle(item.id, outcome));
  }

  testing::TempDir root_;
  Program program_;
  std::unique_ptr<Desk> desk_;
  std::optional<WatchFolder> watch_;
  std::vector<std::string> moved_;
};

const std::string kRow = "AT,VIC_REG,_T,2006,42,RAPPORTEUR:THB(1.0)\n";

TEST_F(WatchFolderTest, AFileIsTakenWhenItHasStoppedChanging) {
  drop("a.csv", kRow);
  drop("b.csv.part", kRow);
  drop(".hidden.csv", kRow);
  look_at(0ms);
  EXPECT_TRUE(items().empty());
  drop("a.csv", kRow + "AT,VIC_REG,_T,2007,43,RAPPORTEUR:THB(1.0)\n");
  look_at(1'500ms);
  EXPECT_TRUE(items().empty());
  look_at(3'000ms);
  ASSERT_EQ(items().size(), 1U);
  EXPECT_EQ(items().front().rows, 2U);
  look_at(4'000ms);
  EXPECT_EQ(items().size(), 1U) << "taken once";
  EXPECT_TRUE(moved_.empty()) << "the hub has not answered";
  answer(true);
  look_at(5'000ms);
  EXPECT_EQ(moved_, std::vector<std::string>{"done a.csv"});
  EXPECT_THAT(read_file(folder() / "done/a.csv.report.txt"), HasSubstr("receipted"));
  EXPECT_FALSE(std::filesystem::exists(folder() / "a.csv"));
  EXPECT_TRUE(std::filesystem::exists(folder() / "b.csv.part"));
}

TEST_F(WatchFolderTest, AKillBetweenTakingAndAnsweringSendsNothingTwice) {
  drop("a.csv", kRow);
  look_at(0ms);
  look_at(2'000ms);
  ASSERT_EQ(items().size(), 1U);
  begin();
  look_at(3'000ms);
  look_at(5'000ms);
  EXPECT_EQ(items().size(), 1U);
  answer(true);
  begin();
  look_at(6'000ms);
  look_at(8'000ms);
  EXPECT_EQ(moved_, std::vector<std::string>{"done a.csv"});
  EXPECT_EQ(items().size(), 1U);
  // The same file once more is another one, and gets a name of its own.
  drop("a.csv", kRow);
  look_at(9'000ms);
  look_at(11'000ms);
  EXPECT_EQ(items().size(), 2U);
  answer(true);
  look_at(12'000ms);
  EXPECT_TRUE(std::filesystem::exists(folder() / "done/a.2.csv.report.txt"));
}

TEST_F(WatchFolderTest, WhatIsRefusedHereOrThereHasItsReport) {
  drop("bad.csv", "AT,VIC_REG,_T,2006,many,RAPPORTEUR:THB(1.0)\n");
  look_at(0ms);
  look_at(2'000ms);
  EXPECT_TRUE(items().empty());
  EXPECT_EQ(moved_, std::vector<std::string>{"refused bad.csv"});
  const std::string report = read_file(folder() / "refused/bad.csv.report.txt");
  EXPECT_THAT(report, HasSubstr("bad.csv:2:5: error BAD_NUMBER"));
  EXPECT_THAT(report, Not(HasSubstr("synced"))) << "nothing was checked";
  drop("no.csv", kRow);
  look_at(3'000ms);
  look_at(5'000ms);
  answer(false);
  look_at(6'000ms);
  EXPECT_EQ(moved_.back(), "refused no.csv");
  EXPECT_THAT(read_file(folder() / "refused/no.csv.report.txt"), HasSubstr("refused"));
}

}  // namespace
}  // namespace rapporteur::agency
