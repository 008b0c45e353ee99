#include "broker/core/feed.h"

#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/exchange.pb.h"

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

// Accepted submissions with a body each, as they come from the log.
Chunk submissions(std::uint64_t first, std::uint64_t end) {
  Chunk out{LogIndex{first}, LogIndex{end}, {}, 0};
  v1::Record record;
  record.mutable_accepted();
  record.set_header(v1::Header().SerializeAsString());
  const std::string bytes = record.SerializeAsString();
  for (auto i = first; i < end; ++i) {
    add(out, *make_item({LogIndex{i}, std::string(32, 'n'), bytes, std::string(32, 's'), "body"}));
  }
  return out;
}

v1::Delivery delivery_of(const Item& item) {
  v1::Deliver field;
  v1::Delivery delivery;
  EXPECT_TRUE(field.ParseFromString(item.field));
  EXPECT_TRUE(delivery.ParseFromString(field.deliveries(0)));
  return delivery;
}

v1::Delivery shown(Feed& feed, std::uint64_t index) {
  const auto run = feed.run(LogIndex{index});
  EXPECT_TRUE(run && !run->items.empty());
  return delivery_of(*run->items.front());
}

// Promise: who catches up after an erasure gets the record alone, from wherever it is read.
TEST(Feed, AnErasedBodyIsNotShownAnyMore) {
  Feed feed(TreeSize{1'024}, {10'000'000, 10'000'000});
  feed.grow(submissions(1'024, 1'030));
  ASSERT_TRUE(feed.missing(LogIndex{0}));
  feed.keep(submissions(0, 512));
  ASSERT_TRUE(feed.missing(LogIndex{512})) << "this piece is being read";
  feed.erase({LogIndex{5}, LogIndex{600}, LogIndex{1'027}});
  feed.keep(submissions(512, 1'024));
  for (const std::uint64_t index : {5U, 600U, 1'027U}) {
    const v1::Delivery erased = shown(feed, index);
    EXPECT_EQ(erased.index(), index);
    EXPECT_EQ(erased.salt() + erased.body(), "") << index;
    EXPECT_EQ(erased.nonce(), std::string(32, 'n'));
    EXPECT_FALSE(erased.record().empty());
    EXPECT_EQ(shown(feed, index - 1).body(), "body");
  }
}

}  // namespace
}  // namespace rapporteur::core
