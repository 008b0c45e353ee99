#include "broker/core/feed.h"

#include <gtest/gtest.h>

#include "proto/base/limits.h"

namespace rapporteur::core {
namespace {

Chunk chunk(std::uint64_t first, std::uint64_t end, std::size_t item_bytes = 100) {
  Chunk out{LogIndex{first}, LogIndex{end}, {}, 0};
  for (auto i = first; i < end; ++i) {
    auto item = std::make_shared<Item>();
    item->index = LogIndex{i};
    item->field = std::string(item_bytes, 'f');
    add(out, std::move(item));
  }
  return out;
}

TEST(Feed, WhatJustCameIsInMemory) {
  Feed feed(TreeSize{10}, {100'000, 100'000});
  feed.grow(chunk(10, 20));
  feed.grow(chunk(20, 25));
  const auto run = feed.run(LogIndex{12});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->items.front()->index.value, 12U);
  EXPECT_FALSE(feed.run(LogIndex{25}));
  EXPECT_FALSE(feed.missing(LogIndex{25})) << "the end of the log is not missing";
}

TEST(Feed, TheWindowIsBoundedByBytes) {
  Feed feed(TreeSize{0}, {50'000, 100'000});
  for (std::uint64_t i = 0; i < 1'000; i += 100) feed.grow(chunk(i, i + 100));
  EXPECT_FALSE(feed.run(LogIndex{0}));
  EXPECT_TRUE(feed.run(LogIndex{950}));
}

TEST(Feed, WhatIsMissingIsAskedForOnceAndShared) {
  Feed feed(TreeSize{5'000}, {50'000, 10'000'000});
  const auto piece = feed.missing(LogIndex{1'500});
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->first.value, 1'500U);
  EXPECT_EQ(piece->second.value, 2'048U) << "to the end of its block";
  EXPECT_FALSE(feed.missing(LogIndex{1'500})) << "on its way already";
  feed.keep(chunk(1'500, 2'048));
  EXPECT_FALSE(feed.missing(LogIndex{1'600}));
  const auto run = feed.run(LogIndex{1'600});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->items.size(), 448U);
}

TEST(Feed, ReadsUnderWayAndChunksKeptAreBounded) {
  Feed feed(TreeSize{1'000'000}, {50'000, 200'000});
  std::size_t asked = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    if (feed.missing(LogIndex{i * 1'024})) ++asked;
  }
  EXPECT_EQ(asked, limits::kChunkReads);
  for (std::uint64_t i = 0; i < asked; ++i) feed.keep(chunk(i * 1'024, i * 1'024 + 1'024));
  EXPECT_TRUE(feed.run(LogIndex{(asked - 1) * 1'024})) << "the newest stays";
  EXPECT_FALSE(feed.run(LogIndex{0})) << "the oldest made room";
}

TEST(Feed, AFailedReadCanBeAskedForAgain) {
  Feed feed(TreeSize{100}, {50'000, 50'000});
  ASSERT_TRUE(feed.missing(LogIndex{0}));
  feed.failed(LogIndex{0});
  EXPECT_TRUE(feed.missing(LogIndex{0}));
}

TEST(Feed, EntriesThatAreNotDeliveredLeaveNoHole) {
  Feed feed(TreeSize{0}, {50'000, 50'000});
  feed.grow(Chunk{LogIndex{0}, LogIndex{7}, {}, 0});
  const auto run = feed.run(LogIndex{3});
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->items.empty());
  EXPECT_EQ(run->end.value, 7U);
}

}  // namespace
}  // namespace rapporteur::core
