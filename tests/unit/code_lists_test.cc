#include "proto/codelists/code_lists.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "tests/support/paths.h"

namespace rapporteur::codelists {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array kLists{ListId::kFreq,      ListId::kArea,       ListId::kCounterpartArea,
                            ListId::kCitizen,   ListId::kRegOrg,     ListId::kIndicator,
                            ListId::kExplForm,  ListId::kSex,        ListId::kUnitMeasure,
                            ListId::kObsStatus, ListId::kConfStatus, ListId::kValueQualifier,
                            ListId::kUnitMult};

TEST(CodeLists, EveryCodeIsFoundAndHasBothLabels) {
  for (const ListId id : kLists) {
    ASSERT_FALSE(list(id).empty());
    EXPECT_TRUE(std::is_sorted(list(id).begin(), list(id).end(),
                               [](const Code& a, const Code& b) { return a.code < b.code; }));
    for (const Code& code : list(id)) {
      EXPECT_EQ(find(id, code.code), &code);
      EXPECT_FALSE(code.label_en.empty()) << code.code;
      EXPECT_FALSE(code.label_fr.empty()) << code.code;
      EXPECT_LE(code.code.size(), limits::kCodeBytes);
    }
    EXPECT_EQ(find(id, ""), nullptr);
    EXPECT_EQ(find(id, "nothing like this"), nullptr);
  }
}

TEST(CodeLists, WhatMayStandInEachDimension) {
  for (const char* area :
       {"AT", "EL", "UK", "SL", "EU", "EU27_2007", "EU27_2007_X_ES_LU", "EU28", "EU27_2020",
        "EUROPE", "WORLD", "EUROPOL", "EUROJUST", "RESP_ALL", "RESP_OTH", "RESP_MANY", "RESP5"}) {
    EXPECT_TRUE(valid(Dimension::kRefArea, area)) << area;
  }
  for (const char* none : {"GR", "GB", "_Z", "_T", "_U", "STLS", "at", "A", "AT ", ""}) {
    EXPECT_FALSE(valid(Dimension::kRefArea, none)) << none;
  }
  for (const Dimension d : {Dimension::kCounterpartArea, Dimension::kCitizen, Dimension::kRegOrg}) {
    for (const char* code : {"AT", "_T", "_U", "_O", "_Z", "NAT", "FOR", "EXT_EU27_2020"}) {
      EXPECT_TRUE(valid(d, code)) << name(d) << ' ' << code;
    }
    EXPECT_FALSE(valid(d, "RESP_ALL"));
  }
  EXPECT_TRUE(valid(Dimension::kCitizen, "STLS"));
  for (const char* form : {"_T", "SEX", "LAB", "BEG", "CRIM", "ORG", "MARR", "DOM", "ADOPT", "SURR",
                           "OTH", "COMB", "_U", "_Z"}) {
    EXPECT_TRUE(valid(Dimension::kExplForm, form)) << form;
  }
  EXPECT_TRUE(valid(Dimension::kTimePeriod, "2006/2007"));
  EXPECT_FALSE(valid(Dimension::kTimePeriod, "2006-13"));
  EXPECT_TRUE(valid(Dimension::kAge, "Y_LT18"));
  EXPECT_TRUE(valid(Dimension::kAge, "_T"));
  EXPECT_FALSE(valid(Dimension::kAge, "18"));
  EXPECT_FALSE(valid(Dimension::kSex, "_N"));
}

TEST(CodeLists, WhatMayStandInEachAttribute) {
  EXPECT_TRUE(valid(Attribute::kObsStatus, "A"));
  EXPECT_FALSE(valid(Attribute::kObsStatus, ""));
  EXPECT_FALSE(valid(Attribute::kObsStatus, "X"));
  EXPECT_TRUE(valid(Attribute::kConfStatus, ""));
  EXPECT_FALSE(valid(Attribute::kConfStatus, "f"));
  EXPECT_TRUE(valid(Attribute::kValueQualifier, "<"));
  EXPECT_FALSE(valid(Attribute::kValueQualifier, "<="));
  EXPECT_TRUE(valid(Attribute::kUnitMult, "-3"));
  EXPECT_TRUE(valid(Attribute::kCommentObs, "anything"));
}

TEST(CodeLists, AliasesLeadToKnownAreasAndAreNone) {
  EXPECT_EQ(area_alias("GR"), "EL");
  EXPECT_EQ(area_alias("GB"), "UK");
  EXPECT_FALSE(area_alias("EL").has_value());
}

TEST(AgeBands, AreReadWithBothEndsIn) {
  const auto is = [](std::string_view code, int first, int last) {
    const auto band = parse_age_band(code);
    return band && band->first == first && band->last == last;
  };
  EXPECT_TRUE(is("Y_LT18", 0, 17));
  EXPECT_TRUE(is("Y_GE18", 18, AgeBand::kNoUpperEnd));
  EXPECT_TRUE(is("Y12T17", 12, 17));
  EXPECT_TRUE(is("Y0T0", 0, 0));
  for (const char* none :
       {"",       "Y",         "Y_LT",    "Y_LT0",           "Y_GE0",  "Y_LT018", "Y_LT-1",
        "Y_LT+1", "Y_LT1 ",    "Y_LT151", "Y_LT99999999999", "Y17T12", "Y12",     "Y12T",
        "YT12",   "Y12T17T18", "Y012T17", "y_LT18",          "Y_GT18", "Y12-17",  "_T",
        "_U",     "_Z"}) {
    EXPECT_FALSE(parse_age_band(none).has_value()) << none;
  }
}

TEST(Nearest, FindsWhatWasProbablyMeant) {
  EXPECT_EQ(nearest(ListId::kIndicator, "CJ_IVN").front(), "CJ_INV");
  EXPECT_EQ(nearest(ListId::kIndicator, "cj_inv").front(), "CJ_INV");
  EXPECT_EQ(nearest(ListId::kArea, "Sloveni").front(), "SI");
  EXPECT_EQ(nearest(ListId::kArea, "Allemagne").front(), "DE");
  EXPECT_THAT(nearest(ListId::kSex, "N"), ElementsAre("F", "M"));
  EXPECT_EQ(nearest(ListId::kExplForm, "SEXUAL", 1).size(), 1U);
}

TEST(Nearest, SaysNothingWhereNothingIsNear) {
  EXPECT_THAT(nearest(ListId::kSex, "zzzzzzzzzzzzzzzz"), IsEmpty());
  EXPECT_THAT(nearest(ListId::kArea, std::string(kNearestInputBytes + 1, 'A')), IsEmpty());
  EXPECT_THAT(nearest(ListId::kArea, "AT", 0), IsEmpty());
}

TEST(Indicators, AreCompleteAndReferToKnownCodes) {
  EXPECT_EQ(indicators().size(), 65U);
  for (const Indicator& indicator : indicators()) {
    EXPECT_EQ(find_indicator(indicator.code), &indicator);
    EXPECT_FALSE(indicator.units.empty());
    for (const auto unit : indicator.units) EXPECT_TRUE(valid(Dimension::kUnitMeasure, unit));
    EXPECT_THAT(indicator.dimensions, Contains(Dimension::kRefArea));
    EXPECT_THAT(indicator.dimensions, Contains(Dimension::kTimePeriod));
    for (const Dimension expected : indicator.expected_breakdowns) {
      EXPECT_THAT(indicator.dimensions, Contains(expected)) << indicator.code;
    }
  }
  EXPECT_THAT(find_indicator("VIC_REG")->parts, ElementsAre("VIC_IDENT", "VIC_PRES"));
  EXPECT_TRUE(find_indicator("VIC_PROT")->is_protected);
  EXPECT_FALSE(find_indicator("CJ_INV")->is_protected);
  EXPECT_EQ(find_indicator("CJ_IN"), nullptr);
}

TEST(Dataflows, AreTheTwoThatExist) {
  ASSERT_NE(find_dataflow("RAPPORTEUR:THB(1.0)"), nullptr);
  EXPECT_EQ(find_dataflow("RAPPORTEUR:THB(1.0)")->policy.k, 10U);
  EXPECT_NE(find_dataflow("UNODC:GLOTIP(1.0)"), nullptr);
  EXPECT_EQ(find_dataflow("RAPPORTEUR:THB"), nullptr);
}

std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    auto& row = rows.emplace_back();
    std::istringstream fields(line + ",");
    for (std::string field; std::getline(fields, field, ',');) row.push_back(field);
  }
  return rows;
}

TEST(FactsOf2008, AllFitTheCatalogue) {
  const auto rows =
      rows_of(rapporteur::testing::read_file(rapporteur::testing::fixtures() / "com-2008-657.csv"));
  ASSERT_EQ(rows.size(), 201U);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const Indicator* indicator = find_indicator(row[1]);
    ASSERT_NE(indicator, nullptr) << row[1];
    EXPECT_TRUE(valid(Dimension::kRefArea, row[2])) << row[2];
    EXPECT_TRUE(valid(Dimension::kTimePeriod, row[3])) << row[3];
    EXPECT_THAT(indicator->units, Contains(row[7])) << row[1];
    EXPECT_TRUE(valid(Attribute::kValueQualifier, row[8])) << row[8];
    EXPECT_TRUE(valid(Attribute::kObsStatus, row[10])) << row[10];
    for (const auto& [dimension, column] : {std::pair{Dimension::kExplForm, std::size_t{4}},
                                            {Dimension::kSex, 5},
                                            {Dimension::kAge, 6}}) {
      const std::string& code = row[column];
      EXPECT_TRUE(valid(dimension, code)) << code;
      if (code == "_T" || code == "_Z") continue;
      EXPECT_THAT(indicator->dimensions, Contains(dimension)) << row[1] << ' ' << code;
    }
  }
}

TEST(FactsOf2008, AreThoseOfTheSourceWithoutItsQuotations) {
  const auto data = rapporteur::testing::real_data();
  if (!data) GTEST_SKIP() << "no folder of real data";
  const auto ours =
      rows_of(rapporteur::testing::read_file(rapporteur::testing::fixtures() / "com-2008-657.csv"));
  const auto source = rows_of(rapporteur::testing::read_file(*data / "com-2008-657-figures.csv"));
  ASSERT_EQ(ours.size(), source.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(ours[i].size(), 11U);
    EXPECT_TRUE(std::equal(ours[i].begin(), ours[i].end(), source[i].begin())) << "row " << i;
  }
}

}  // namespace
}  // namespace rapporteur::codelists
