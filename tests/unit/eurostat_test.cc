// Eurostat's dialect of SDMX-CSV 1.0: flags of both eras become statuses, and none is lost.
#include <gtest/gtest.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/source.h"
#include "tests/support/paths.h"

namespace rapporteur::sources {
namespace {

constexpr std::string_view kHeader =
    "DATAFLOW,LAST UPDATE,freq,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n";
constexpr std::string_view kRow = "ESTAT:CRIM_THB_SEX(1.0),28/04/25 23:00:00,A,F,AT,2022,";

struct Reading {
  FindingLog findings{"estat.csv"};
  std::unique_ptr<Source> source;
  RowBlock block;
  bool ok = false;

  explicit Reading(const std::string& text) {
    auto opened = open_source_text("estat.csv", text, {}, findings);
    if (!opened) return;
    source = std::move(*opened);
    ok = source->read(block, findings).has_value();
  }
  [[nodiscard]] std::string cell(std::size_t row, std::string_view id) const {
    return std::string(block.cell(row, source->dataset().find(id)->column));
  }
};

std::string file(const std::vector<std::string>& ends) {
  std::string out(kHeader);
  for (const auto& end : ends) out += std::string(kRow) + end + "\n";
  return out;
}

TEST(Eurostat, AFileIsReadWithItsRoles) {
  const Reading r(file({"12,"}));
  ASSERT_TRUE(r.ok);
  const Dataset& dataset = r.source->dataset();
  EXPECT_EQ(dataset.structures.front().id, "ESTAT:CRIM_THB_SEX(1.0)");
  EXPECT_EQ(dataset.find("LAST UPDATE")->role, ComponentRole::kCustom);
  for (const char* id : {"freq", "sex", "geo", "TIME_PERIOD"}) {
    EXPECT_EQ(dataset.find(id)->role, ComponentRole::kDimension) << id;
  }
  EXPECT_EQ(dataset.find("OBS_FLAG")->role, ComponentRole::kAttribute);
  EXPECT_EQ(r.cell(0, "OBS_VALUE"), "12");
  EXPECT_EQ(r.cell(0, "OBS_STATUS"), "");
}

TEST(Eurostat, FlagsOfBothErasHaveTheirMeaning) {
  const Reading r(file({"12,i", "12,s", ",m", ",z", "12,c", "12,C", "12,N", "12,r"}));
  ASSERT_TRUE(r.ok);
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"I", ""}, {"I", ""}, {"M", ""}, {"M", ""}, {"", "C"}, {"", "C"}, {"", "N"}, {"", ""}};
  ASSERT_EQ(r.block.rows(), wanted.size());
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    EXPECT_EQ(r.cell(row, "OBS_STATUS"), wanted[row].first) << row;
    EXPECT_EQ(r.cell(row, "CONF_STATUS"), wanted[row].second) << row;
  }
  EXPECT_EQ(r.cell(7, "SOURCE_CODE"), "OBS_FLAG=r");
}

TEST(Eurostat, CombinedFlagsGiveTheStrongestStatusAndAreKept) {
  const Reading r(file({"12,bep", "12,pe", ",cz"}));
  ASSERT_TRUE(r.ok);
  EXPECT_EQ(r.cell(0, "OBS_STATUS"), "B");
  EXPECT_EQ(r.cell(0, "SOURCE_CODE"), "OBS_FLAG=bep");
  EXPECT_EQ(r.cell(0, "OBS_FLAG"), "bep");
  EXPECT_EQ(r.cell(1, "OBS_STATUS"), "E");
  EXPECT_EQ(r.cell(2, "OBS_STATUS"), "M");
  EXPECT_EQ(r.cell(2, "CONF_STATUS"), "C");
}

TEST(Eurostat, SpecialValuesAreNeitherZeroNorLost) {
  const Reading r(file({":,", ":,c", "0n,", "0,"}));
  ASSERT_TRUE(r.ok);
  EXPECT_EQ(r.cell(0, "OBS_VALUE") + r.cell(0, "OBS_STATUS"), "O");
  EXPECT_EQ(r.cell(0, "SOURCE_CODE"), "OBS_VALUE=:");
  EXPECT_EQ(r.cell(1, "OBS_STATUS") + r.cell(1, "CONF_STATUS"), "OC");
  EXPECT_EQ(r.cell(1, "SOURCE_CODE"), "OBS_FLAG=c OBS_VALUE=:");
  EXPECT_EQ(r.cell(2, "OBS_VALUE") + r.cell(2, "OBS_STATUS"), "0N");
  EXPECT_EQ(r.cell(3, "OBS_VALUE") + r.cell(3, "OBS_STATUS"), "0");
}

TEST(Eurostat, AnUnknownFlagLeavesItsRowOut) {
  const Reading r(file({"12,b", "12,y", "12,p"}));
  ASSERT_TRUE(r.ok);
  EXPECT_EQ(r.block.rows(), 2U);
  ASSERT_EQ(r.source->left_out().size(), 1U);
  EXPECT_EQ(r.source->left_out()[0].line, 3U);
  ASSERT_EQ(r.findings.errors(), 1U);
  EXPECT_EQ(r.findings.findings()[0].code, "UNKNOWN_FLAG");
  EXPECT_EQ(r.findings.findings()[0].column, 8U);
}

// Every flag of the published list is known, in both of its columns.
TEST(Eurostat, ThePublishedListIsKnownWhole) {
  const auto folder = rapporteur::testing::real_data();
  if (!folder) GTEST_SKIP() << "RAPPORTEUR_REAL_DATA names no folder";
  for (const auto& entry : std::filesystem::directory_iterator(*folder / "codelists")) {
    if (!entry.path().filename().string().starts_with("eurostat_flags")) continue;
    FindingLog findings(entry.path().string());
    auto list = open_source(entry.path().string(), {.format = "aggregate_csv"}, findings);
    ASSERT_TRUE(list);
    RowBlock rows;
    ASSERT_TRUE((*list)->read(rows, findings));
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      const std::string kind(rows.cell(row, 0));
      if (kind == "VALUE") continue;
      for (const std::size_t column : {std::size_t{1}, std::size_t{3}}) {
        const std::string flag(rows.cell(row, column));
        if (flag.size() != 1) continue;
        const Reading r(file({"12," + flag}));
        ASSERT_TRUE(r.ok) << flag;
        EXPECT_TRUE(r.source->left_out().empty()) << flag;
        const std::string wanted(rows.cell(row, 4));
        if (wanted.size() != 1) continue;
        EXPECT_EQ(r.cell(0, kind == "CONF_STATUS" ? "CONF_STATUS" : "OBS_STATUS"), wanted) << flag;
      }
    }
  }
}

}  // namespace
}  // namespace rapporteur::sources
