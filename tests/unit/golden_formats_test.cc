// What the database holds is read for ever, too: tests/fixtures/golden/<version>/formats.hex has
// one line for each binary format of FORMAT.md, "Database layout": its name, and in hexadecimal
// what this version writes. A new format needs a new line; a line of a released version never
// changes.
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "broker/core/subscription.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "store/journal/sequences.h"
#include "store/rocks/layout.h"
#include "store/tables/message_state.h"
#include "store/tables/table.h"
#include "tests/support/paths.h"

namespace rapporteur {
namespace {

using Formats = std::map<std::string, std::string>;

const MessageId kMessage = *MessageId::from("0123456789abcdef");
const journal::MessageKey kMessageKey{"at", kMessage};
const tables::TableName kTable{"RAPPORTEUR:THB(1.0)", "at", "VIC_REG", "AT", "2024"};

std::string index_bytes(std::uint64_t index) {
  const auto bytes = rocks::layout::number(index);
  return {bytes.data(), bytes.size()};
}

std::string id_bytes(const journal::ResourceId& id) {
  return index_bytes(id.high) + index_bytes(id.low);
}

std::string table_of_one() {
  auto table = tables::Table::parse("").value();
  const std::uint64_t cells[] = {0x0102030405060708, 3, 0xFFFFFFFFFFFFFFFF};
  EXPECT_TRUE(table.insert(cells));
  return index_bytes(5) + table.encode();
}

// The cells of entry 5, and others of the entry 300 that writes it.
std::string table_of_two() {
  auto table = tables::Table::parse(table_of_one()).value();
  const std::uint64_t cells[] = {4};
  EXPECT_TRUE(table.insert(cells));
  return index_bytes(300) + table.encode();
}

std::vector<merkle::Tile> edge() {
  return {{{1, 2}, {crypto::sha256("a"), crypto::sha256("b")}}, {{2, 0}, {crypto::sha256("c")}}};
}

core::Subscription subscription() {
  v1::SubscriptionFilter filter;
  filter.set_indicator("CJ_*");
  v1::ReceiveRight right;
  right.set_dataflow("*");
  right.set_indicator("*");
  right.set_sender("*");
  right.set_from_index(2);
  return core::Subscription({"no", "all"}, filter, LogIndex{7}, {right});
}

std::string ending(tables::Ending how) {
  return index_bytes(9) + tables::end_message(kMessageKey, how).value;
}

Formats formats_of_today() {
  journal::Sequences sequences;
  const KeyId key = *KeyId::from("12345678");
  const journal::StateWrite sequence = sequences.use(key);
  return {{"messages.key", rocks::layout::message_key(kMessageKey)},
          {"tiles.key", rocks::layout::tile_key({3, 258})},
          {"records.time", rocks::layout::time_prefix(1'700'000'000'000)},
          {"default.edge", rocks::layout::encode_edge(edge())},
          {"tables.key", id_bytes(tables::table_id(kTable))},
          {"tables.one_holder", table_of_one()},
          {"tables.two_holders", table_of_two()},
          {"head.key", id_bytes(tables::head_id(kMessageKey))},
          {"head.replaced", ending(tables::Ending::kReplaced)},
          {"head.withdrawn", ending(tables::Ending::kWithdrawn)},
          {"states.sequence.name", sequence.name},
          {"states.sequence.value", sequence.value},
          {"states.cursor.name", core::state_name({"no", "all"})},
          {"states.cursor.value", subscription().state()}};
}

Formats recorded(const std::filesystem::path& file) {
  Formats out;
  std::istringstream lines(testing::read_file(file));
  for (std::string name, hex; lines >> name >> hex;) {
    const auto bytes = crypto::parse_hex(hex);
    EXPECT_TRUE(bytes) << file << ": " << name;
    if (bytes) out[name] = *bytes;
  }
  return out;
}

std::filesystem::path newest_version() {
  return testing::fixtures() / "golden/v1/formats.hex";
}

TEST(GoldenFormats, AreWrittenAsTheyWere) {
  const Formats golden = recorded(newest_version());
  const Formats today = formats_of_today();
  for (const auto& [name, bytes] : today) {
    const auto found = golden.find(name);
    EXPECT_TRUE(found != golden.end() && found->second == bytes)
        << name << ' ' << crypto::hex(bytes_of(bytes));
  }
  EXPECT_EQ(golden.size(), today.size()) << "a format is gone";
}

TEST(GoldenFormats, AreReadAsTheyWereMeant) {
  const Formats golden = recorded(newest_version());
  const auto table = tables::Table::parse(golden.at("tables.two_holders"));
  ASSERT_TRUE(table);
  EXPECT_EQ(table->size(), 4U);
  EXPECT_EQ(table->find(3), std::vector{LogIndex{5}});
  EXPECT_EQ(table->find(4), std::vector{LogIndex{300}});
  for (const auto& [name, how] : {std::pair("head.replaced", tables::Ending::kReplaced),
                                  std::pair("head.withdrawn", tables::Ending::kWithdrawn)}) {
    const auto end = tables::parse_message_end(golden.at(name));
    ASSERT_TRUE(end && *end) << name;
    EXPECT_EQ((*end)->by, LogIndex{9});
    EXPECT_EQ((*end)->ending, how);
  }
  const auto tiles = rocks::layout::decode_edge(golden.at("default.edge"));
  ASSERT_TRUE(tiles);
  ASSERT_EQ(tiles->size(), 2U);
  EXPECT_EQ((*tiles)[0].id.number, 2U);
  EXPECT_EQ((*tiles)[0].hashes, edge()[0].hashes);
  EXPECT_EQ(rocks::layout::parse_time_prefix(golden.at("records.time")).value(),
            1'700'000'000'000U);
  EXPECT_EQ(journal::next_sequence(golden.at("states.sequence.value")).value(), Sequence{2});
  const auto cursor = core::Subscription::restore(golden.at("states.cursor.value"));
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->name().subscription, "all");
  EXPECT_EQ(cursor->filter().indicator(), "CJ_*");
  EXPECT_EQ(cursor->acknowledged().next, LogIndex{7});
  EXPECT_EQ(cursor->rights().at(0).from_index(), 2U);
}

}  // namespace
}  // namespace rapporteur
