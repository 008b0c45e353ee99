// Groups that were committed one after the other reach the core as one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/core/joined.h"

namespace rapporteur::core {
namespace {

using ::testing::ElementsAre;

LogGrew grew(std::uint64_t first, std::uint64_t end) {
  LogGrew out;
  out.added = {LogIndex{first}, LogIndex{end}, {}, 10};
  for (std::uint64_t i = first; i < end; ++i) {
    auto item = std::make_shared<Item>();
    item->index = LogIndex{i};
    out.added.items.push_back(std::move(item));
  }
  out.checkpoint = std::make_shared<const std::string>("over " + std::to_string(end));
  out.answers.resize(1);
  out.answers[0].frame = "answer " + std::to_string(first);
  out.own = {first};
  return out;
}

template <typename... Events>
std::vector<Event> events_of(Events&&... events) {
  std::vector<Event> out;
  (out.emplace_back(std::forward<Events>(events)), ...);
  return out;
}

TEST(Joined, NeighboursBecomeOneInTheirOrder) {
  const auto out = joined(events_of(grew(5, 7), grew(7, 8), grew(8, 11)));
  ASSERT_EQ(out.size(), 1U);
  const auto& all = std::get<LogGrew>(out[0]);
  EXPECT_EQ(all.added.first, LogIndex{5});
  EXPECT_EQ(all.added.end, LogIndex{11});
  EXPECT_EQ(all.added.bytes, 30U);
  ASSERT_EQ(all.added.items.size(), 6U);
  for (std::uint64_t i = 0; i < 6; ++i) EXPECT_EQ(all.added.items[i]->index, LogIndex{5 + i});
  EXPECT_EQ(*all.checkpoint, "over 11");
  ASSERT_EQ(all.answers.size(), 3U);
  EXPECT_EQ(all.answers[1].frame, "answer 7");
  EXPECT_THAT(all.own, ElementsAre(5, 7, 8));
}

TEST(Joined, AChangeOfTheDirectoryKeepsWhatIsBeforeAndAfterItApart) {
  LogGrew change = grew(7, 8);
  change.directory = directory::Directory::founded_by("op", {}, {});
  const auto out = joined(events_of(grew(5, 7), std::move(change), grew(8, 9), grew(9, 10)));
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(std::get<LogGrew>(out[1]).added.end, LogIndex{8});
  EXPECT_EQ(std::get<LogGrew>(out[2]).added.end, LogIndex{10});
}

TEST(Joined, NothingElseMovesAndNothingIsJoinedAcrossIt) {
  const auto out = joined(events_of(grew(1, 2), Tick{}, grew(2, 3), StorageFailed{}, grew(4, 5)));
  ASSERT_EQ(out.size(), 5U);
  EXPECT_TRUE(std::holds_alternative<Tick>(out[1]));
  EXPECT_TRUE(std::holds_alternative<StorageFailed>(out[3]));
}

}  // namespace
}  // namespace rapporteur::core
