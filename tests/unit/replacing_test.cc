// Which live submission each part of a new edition takes the place of.
#include "adapters/agency/replacing.h"

#include <gtest/gtest.h>

#include "adapters/agency/planned_file.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

constexpr const char* kDataflow = "RAPPORTEUR:THB(1.0)";

ObservationSet figures(const std::vector<std::pair<std::string, int>>& by_year) {
  ObservationSetBuilder builder;
  for (const auto& [year, value] : by_year) {
    Observation one;
    one.key = {"A", "AT", "_Z", "VIC_IDENT", "_T", "_T", "_T", "_T", "_Z", "PER", year};
    one[Attribute::kObsStatus] = "A";
    one.value = Decimal(value);
    builder.add(one);
  }
  return builder.build();
}

sources::PlannedSubmission planned(const std::vector<std::pair<std::string, int>>& by_year) {
  sources::PlannedSubmission out;
  out.dataflow = kDataflow;
  out.indicator = "VIC_IDENT";
  out.observations = figures(by_year);
  return out;
}

MessageId id_of(int number) {
  MessageId id;
  id.bytes.back() = static_cast<std::byte>(number);
  return id;
}

client::OwnSubmission live(int number, const std::vector<std::pair<std::string, int>>& by_year) {
  client::OwnSubmission out;
  out.message_id = id_of(number);
  out.header.set_dataflow(kDataflow);
  out.header.set_indicator("VIC_IDENT");
  *out.header.mutable_releasability() = wire(sources::Releasability());
  out.body = BodyCodec::encode(figures(by_year), 0);
  return out;
}

TEST(Replacing, APartReplacesTheOneThatHoldsItsKeys) {
  const std::vector parts{planned({{"2006", 5}, {"2007", 6}}), planned({{"2010", 1}})};
  const std::vector published{live(1, {{"2006", 4}, {"2005", 3}}), live(2, {{"2001", 1}})};
  const auto found = match(parts, published);
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(found->replaces, (std::vector<std::optional<MessageId>>{id_of(1), std::nullopt}));
  EXPECT_EQ(found->unchanged, (std::vector<bool>{false, false}));
  ASSERT_EQ(found->left_standing.size(), 1U);
  EXPECT_EQ(found->left_standing[0].message_id, id_of(2));
}

TEST(Replacing, WhatSaysTheSameInAnyOrderIsUnchanged) {
  const std::vector parts{planned({{"2006", 5}, {"2007", 6}})};
  const auto same = match(parts, std::vector{live(1, {{"2007", 6}, {"2006", 5}})});
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->unchanged[0]);
  for (const auto& other : {live(1, {{"2006", 5}}), live(1, {{"2006", 5}, {"2007", 7}})}) {
    const auto found = match(parts, std::vector{other});
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->unchanged[0]);
  }
  auto for_all = live(1, {{"2006", 5}, {"2007", 6}});
  for_all.header.mutable_releasability()->set_audience(v1::AUDIENCE_PUBLIC);
  EXPECT_FALSE(match(parts, std::vector{for_all})->unchanged[0]) << "who may see it counts, too";
}

TEST(Replacing, WhereNobodyCanSayNothingIsGuessed) {
  const std::vector both{planned({{"2006", 5}, {"2007", 6}})};
  const auto of_two = match(both, std::vector{live(1, {{"2006", 5}}), live(2, {{"2007", 6}})});
  ASSERT_FALSE(of_two);
  EXPECT_EQ(of_two.error().kind, ErrorKind::kRefused);
  EXPECT_FALSE(of_two.error().remedy.empty());
  const std::vector apart{planned({{"2006", 5}}), planned({{"2007", 6}})};
  EXPECT_FALSE(match(apart, std::vector{live(1, {{"2006", 5}, {"2007", 6}})}));
}

TEST(Replacing, OtherDataflowsAndIndicatorsAreNoneOfItsBusiness) {
  auto elsewhere = live(1, {{"2006", 5}});
  elsewhere.header.set_dataflow("UNODC:GLOTIP(1.0)");
  const auto found = match(std::vector{planned({{"2006", 5}})}, std::vector{elsewhere});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->replaces[0], std::nullopt);
  EXPECT_TRUE(found->left_standing.empty());
}

}  // namespace
}  // namespace rapporteur::agency
