#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proto/base/limits.h"
#include "store/tables/bytes.h"
#include "store/tables/message_state.h"
#include "store/tables/table.h"

namespace rapporteur::tables {
namespace {

// As the journal stores what an entry writes.
std::string stored_by(LogIndex index, const std::string& value) {
  if (value.empty()) return value;
  std::string out;
  append_number(out, index.value, kNumberBytes);
  return out + value;
}

using Model = std::map<std::uint64_t, std::set<std::uint64_t>>;  // hash -> holders

void expect_same(const Table& table, const Model& model) {
  std::size_t cells = 0;
  std::set<std::uint64_t> holders;
  for (const auto& [hash, held_by] : model) {
    cells += held_by.size();
    holders.insert(held_by.begin(), held_by.end());
    std::vector<LogIndex> expected;
    for (const std::uint64_t holder : held_by) expected.push_back(LogIndex{holder});
    RC_ASSERT(table.find(hash) == expected);
  }
  RC_ASSERT(table.size() == cells);
  std::vector<LogIndex> expected;
  for (const std::uint64_t holder : holders) expected.push_back(LogIndex{holder});
  RC_ASSERT(table.holders() == expected);
}

// A chain of entries, each of which takes some earlier submission out and puts cells in. Few
// hashes, so that different submissions meet in one; now and then many holders, so that their place
// in the list takes two bytes.
RC_GTEST_PROP(Tables, AgreeWithAMapOverAnyHistory, ()) {
  const auto entries = *rc::gen::inRange(1, 12);
  Model model;
  std::string stored;
  std::uint64_t index = *rc::gen::inRange<std::uint64_t>(0, 1U << 20U);
  for (int i = 0; i < entries; ++i) {
    index += *rc::gen::inRange<std::uint64_t>(1, 5);
    auto table = Table::parse(stored);
    RC_ASSERT(table.has_value());
    const auto live = table->holders();
    if (!live.empty() && *rc::gen::inRange(0, 3) == 0) {
      const LogIndex gone = *rc::gen::elementOf(live);
      table->remove(gone);
      for (auto& [hash, holders] : model) holders.erase(gone.value);
      std::erase_if(model, [](const auto& cell) { return cell.second.empty(); });
    }
    const auto hashes =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::weightedOneOf<std::uint64_t>(
            {{1, rc::gen::inRange<std::uint64_t>(1, 9)}, {3, rc::gen::nonZero<std::uint64_t>()}}));
    RC_ASSERT(table->insert(hashes).has_value());
    for (const std::uint64_t hash : hashes) model[hash].insert(index);
    stored = stored_by(LogIndex{index}, table->encode());
  }
  const auto table = Table::parse(stored);
  RC_ASSERT(table.has_value());
  expect_same(*table, model);
  // What was read and not changed is written as it was, but for the entry that writes it.
  const auto again = Table::parse(stored_by(LogIndex{index + 1}, table->encode()));
  RC_ASSERT(again.has_value());
  expect_same(*again, model);
}

RC_GTEST_PROP(Tables, ACellThatIsTakenOverHasOneHolderTheLast, ()) {
  Table table;
  std::map<std::uint64_t, std::uint64_t> model;
  const auto rounds = *rc::gen::inRange<std::uint64_t>(1, 8);
  for (std::uint64_t holder = 1; holder <= rounds; ++holder) {
    const auto hashes =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 9));
    table.take_over(hashes, LogIndex{holder});
    for (const std::uint64_t hash : hashes) model[hash] = holder;
  }
  const auto read = Table::parse(stored_by(LogIndex{99}, table.encode()));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == model.size());
  for (const auto& [hash, holder] : model) {
    RC_ASSERT(read->find(hash) == std::vector{LogIndex{holder}});
  }
}

TEST(Tables, WhereThereIsNoRoomTheOldestGiveUpWhatTheyHeld) {
  Table table;
  std::vector<std::uint64_t> hashes(limits::kCellsPerTable - 1);
  std::iota(hashes.begin(), hashes.end(), 1);
  const std::span<const std::uint64_t> all(hashes);
  table.take_over(all.first(10), LogIndex{3});
  table.take_over(all.subspan(10), LogIndex{7});
  table.take_over(std::vector<std::uint64_t>{hashes.size() + 1, hashes.size() + 2}, LogIndex{9});
  EXPECT_EQ(table.size(), limits::kCellsPerTable - 9);
  EXPECT_EQ(table.holders(), (std::vector{LogIndex{7}, LogIndex{9}}));
}

TEST(Tables, KeepApartMoreHoldersThanOneByteCounts) {
  constexpr std::uint64_t kHolders = 300;
  std::string stored;
  for (std::uint64_t i = 0; i < kHolders; ++i) {
    auto table = Table::parse(stored);
    ASSERT_TRUE(table);
    const std::vector<std::uint64_t> hashes{i * 3 + 1, 1'000'000};
    ASSERT_TRUE(table->insert(hashes));
    stored = stored_by(LogIndex{i + 5}, table->encode());
  }
  const auto table = Table::parse(stored);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->holders().size(), kHolders);
  EXPECT_EQ(table->find(1'000'000).size(), kHolders);
  for (std::uint64_t i = 0; i < kHolders; ++i) {
    EXPECT_EQ(table->find(i * 3 + 1), std::vector{LogIndex{i + 5}});
  }
}

RC_GTEST_PROP(Tables, BytesThatAreNoTableAreAnErrorNotATable, (const std::string& noise)) {
  const auto table = Table::parse(noise);
  RC_ASSERT(noise.empty() || !table.has_value() || !table->empty());
}

RC_GTEST_PROP(Tables, ATruncatedTableIsAnError, ()) {
  Table table;
  RC_ASSERT(table.insert(*rc::gen::nonEmpty<std::vector<std::uint64_t>>()).has_value());
  std::string stored = stored_by(LogIndex{7}, table.encode());
  stored.resize(*rc::gen::inRange<std::size_t>(1, stored.size()));
  RC_ASSERT(!Table::parse(stored).has_value());
}

TEST(Tables, HoldAtMostTheLimitAndStayAsTheyWere) {
  std::vector<std::uint64_t> hashes(limits::kCellsPerTable);
  for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = i * 0x9E3779B97F4A7C15U;
  Table table;
  ASSERT_TRUE(table.insert(hashes));
  const std::string before = table.encode();
  EXPECT_TRUE(table.insert(hashes));  // all there already
  const std::vector<std::uint64_t> one_more{1};
  const auto refused = table.insert(one_more);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(table.encode(), before);
  EXPECT_LT(before.size(), limits::kCellsPerTable * 10);
}

TEST(Tables, PartsOfANameDoNotRunTogether) {
  EXPECT_NE(table_id({"D", "at", "X", "AT", "2006"}), table_id({"Da", "t", "X", "AT", "2006"}));
  EXPECT_NE(table_id({"D", "at", "X", "AT", "2006"}), table_id({"D", "at", "X", "AT2006", ""}));
  EXPECT_EQ(table_id({"D", "at", "X", "AT", "2006"}), table_id({"D", "at", "X", "AT", "2006"}));
}

TEST(MessageState, SaysWhatEndedAMessageAndWhere) {
  const journal::MessageKey message{"at", MessageId{}};
  for (const Ending ending : {Ending::kReplaced, Ending::kWithdrawn}) {
    const journal::TableWrite write = end_message(message, ending);
    EXPECT_EQ(write.table, head_id(message));
    const auto end = parse_message_end(stored_by(LogIndex{513}, write.value));
    ASSERT_TRUE(end && *end);
    EXPECT_EQ((*end)->ending, ending);
    EXPECT_EQ((*end)->by, LogIndex{513});
  }
  const auto live = parse_message_end("");
  ASSERT_TRUE(live);
  EXPECT_FALSE(*live);
  EXPECT_FALSE(parse_message_end("R"));
  EXPECT_FALSE(parse_message_end("00000001X"));
  EXPECT_NE(head_id(message), message.resource());
}

}  // namespace
}  // namespace rapporteur::tables
