// What anybody can work out of a published table: what follows, by which sum, and what is counted.
#include "broker/disclosure/published_sums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using disclosure::PublishedSums;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "EXPL_FORM,SEX,AGE,CITIZEN,VALUE,STATUS,QUALIFIER"
using Rows = std::vector<std::string>;

PublishedSums sums_of(const Rows& rows, const std::set<std::string, std::less<>>& incomplete = {},
                      const std::string& indicator = "VIC_REG") {
  std::string text =
      "INDICATOR,REF_AREA,TIME_PERIOD,UNIT_MEASURE,EXPL_FORM,SEX,AGE,CITIZEN,OBS_VALUE,OBS_STATUS,"
      "VALUE_QUALIFIER\n";
  for (const std::string& row : rows) text += indicator + ",AT,2020,PER," + row + "\n";
  const FiguresFile file = parse_figures(text);
  rules::CellPool pool;
  pool.add(file.parts[0].observations, 0);
  return disclosure::add_up(std::move(pool), incomplete);
}

Rows told(const PublishedSums& sums) {
  Rows out;
  for (const auto& one : sums.told) {
    out.push_back(std::to_string(one.row) + " " + std::to_string(one.count) + " " + one.proof);
  }
  return out;
}

Rows violated(const PublishedSums& sums) {
  Rows out;
  for (const auto& one : sums.violated) {
    out.push_back((one.row ? std::to_string(*one.row) : "-") + " " + one.equation);
  }
  return out;
}

PublishedSums::Counts along(const PublishedSums& sums, Dimension d) {
  const auto found = sums.counts.find({"VIC_REG", d});
  return found == sums.counts.end() ? PublishedSums::Counts{} : found->second;
}

using Counts = PublishedSums::Counts;

TEST(PublishedSums, OnePartIsTheTotalLessTheOthers) {
  const auto sums =
      sums_of({"_T,_T,_T,_T,12,A,=", "_T,_T,Y_GE18,_T,9,A,=", "_T,_T,Y_LT18,_T,5,A,<"});
  EXPECT_THAT(told(sums), ElementsAre("2 3 AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 12 − 9 = 3"));
  EXPECT_EQ(sums.hidden, 1U);
  EXPECT_EQ(along(sums, Dimension::kAge), (Counts{0, 0, 1, 1, 0}));
}

TEST(PublishedSums, WhateverHidesIt) {
  for (const char* hidden : {"_T,M,_T,_T,,Q,", "_T,M,_T,_T,,O,", "_T,M,_T,_T,1,A,>"}) {
    const auto sums = sums_of({"_T,_T,_T,_T,18,A,=", "_T,F,_T,_T,16,A,=", hidden});
    EXPECT_THAT(told(sums), ElementsAre("2 2 SEX=M: M = _T − F = 18 − 16 = 2")) << hidden;
  }
}

TEST(PublishedSums, ATotalIsTheSumOfItsParts) {
  const auto sums = sums_of({"_T,_T,_T,_T,,Q,", "_T,F,_T,_T,16,A,=", "_T,M,_T,_T,2,A,="});
  EXPECT_THAT(told(sums), ElementsAre("0 18 _T: _T = F + M = 16 + 2 = 18"));
  EXPECT_EQ(along(sums, Dimension::kSex), Counts{});
}

TEST(PublishedSums, OverSeveralBreakdowns) {
  // Women under 18 take two sums: girls and boys are 7, and boys are what is left of men.
  const auto sums = sums_of({"_T,M,_T,_T,20,A,=", "_T,M,Y_GE18,_T,17,A,=", "_T,M,Y_LT18,_T,5,A,<",
                             "_T,_T,Y_LT18,_T,7,A,=", "_T,F,Y_LT18,_T,5,A,<"});
  EXPECT_THAT(told(sums),
              ElementsAre("2 3 SEX=M AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 20 − 17 = 3",
                          "4 4 SEX=F AGE=Y_LT18: [SEX=F AGE=Y_LT18] = [SEX=M AGE=Y_GE18] + "
                          "[AGE=Y_LT18] − [SEX=M] = 17 + 7 − 20 = 4"));
}

// Of those of another sex nobody gives ages, and the ages of the two make up all.
TEST(PublishedSums, WhatFollowsFromNoFigureIsToldByItsEquations) {
  Rows rows{"_T,_O,_T,_T,5,A,<"};
  for (const char* sex : {"_T", "F", "M"}) {
    for (const char* age : {"_T", "Y_GE18", "Y_LT18"}) {
      rows.push_back("_T," + std::string(sex) + "," + age + ",_T,,Q,");
    }
  }
  EXPECT_THAT(
      told(sums_of(rows)),
      ElementsAre("0 0 SEX=_O = 0 follows from [AGE=Y_GE18] = [SEX=F AGE=Y_GE18] + [SEX=M "
                  "AGE=Y_GE18]; [AGE=Y_LT18] = [SEX=F AGE=Y_LT18] + [SEX=M AGE=Y_LT18]; [_T] = "
                  "[SEX=F] + [SEX=M] + [SEX=_O] (<5); [SEX=F] = [SEX=F AGE=Y_GE18] + [SEX=F "
                  "AGE=Y_LT18]; [SEX=M] = [SEX=M AGE=Y_GE18] + [SEX=M AGE=Y_LT18]; [_T] = "
                  "[AGE=Y_GE18] + [AGE=Y_LT18]"));
}

TEST(PublishedSums, TwoThatHideEachOtherAreNotTold) {
  const auto sums =
      sums_of({"_T,_T,_T,_T,12,A,=", "_T,_T,Y_GE18,_T,5,A,<", "_T,_T,Y_LT18,_T,5,A,<"});
  EXPECT_THAT(told(sums), IsEmpty());
  EXPECT_EQ(along(sums, Dimension::kAge), Counts{});
  // 12 is no sum of two below 5.
  EXPECT_THAT(violated(sums), ElementsAre("0 _T (12) = Y_GE18 (<5) + Y_LT18 (<5)"));
}

TEST(PublishedSums, WhatDoesNotAddUpTellsNothing) {
  const auto sums = sums_of({"_T,_T,_T,_T,18,A,=", "_T,F,_T,_T,16,A,=", "_T,M,_T,_T,3,A,=",
                             "_T,F,Y_GE18,_T,9,A,=", "_T,F,Y_LT18,_T,5,A,<"});
  EXPECT_THAT(told(sums), IsEmpty());
  EXPECT_THAT(violated(sums),
              ElementsAre("0 _T (18) = F (16) + M (3)", "1 _T (16) = Y_GE18 (9) + Y_LT18 (<5)"));
  EXPECT_EQ(along(sums, Dimension::kSex), (Counts{1, 1, 0, 0, 0}));
  EXPECT_EQ(along(sums, Dimension::kAge), (Counts{0, 0, 1, 0, 1}));
}

TEST(PublishedSums, ABreakdownThatAddsUpIsCountedAndTellsNothing) {
  const auto sums = sums_of({"_T,_T,_T,_T,18,A,=", "_T,F,_T,_T,16,A,=", "_T,M,_T,_T,2,A,="});
  EXPECT_THAT(told(sums), IsEmpty());
  EXPECT_THAT(violated(sums), IsEmpty());
  EXPECT_EQ(sums.hidden, 0U);
  EXPECT_EQ(along(sums, Dimension::kSex), (Counts{1, 0, 0, 0, 0}));
}

TEST(PublishedSums, APartThatNobodySentMayHoldTheRest) {
  const auto one_sex = sums_of({"_T,_T,_T,_T,18,A,=", "_T,F,_T,_T,,Q,"});
  const auto gap = sums_of({"_T,_T,_T,_T,18,A,=", "_T,_T,Y_GE25,_T,9,A,=", "_T,_T,Y_LT18,_T,,Q,"});
  const auto none_left =
      sums_of({"_T,F,_T,_T,18,A,=", "_T,M,_T,_T,7,A,=", "_T,_T,Y_GE18,_T,5,A,<"});
  for (const auto& sums : {one_sex, gap, none_left}) {
    EXPECT_THAT(told(sums), IsEmpty());
    EXPECT_THAT(violated(sums), IsEmpty());
    EXPECT_THAT(sums.counts, IsEmpty());
  }
}

// Unknown in both respects: in no other part of either breakdown.
TEST(PublishedSums, WhoIsUnknownAltogetherIsAPartOfBoth) {
  const auto sums =
      sums_of({"_T,_T,_T,_T,30,A,=", "_T,F,_T,_T,20,A,=", "_T,M,_T,_T,5,A,<",
               "_T,_U,_U,_T,7,A,=", "_T,_T,Y_GE18,_T,5,A,<", "_T,_T,Y_LT18,_T,19,A,="});
  EXPECT_THAT(told(sums), ElementsAre("2 3 SEX=M: [SEX=M] = [_T] − [SEX=F] − [SEX=_U AGE=_U] = "
                                      "30 − 20 − 7 = 3",
                                      "4 4 AGE=Y_GE18: [AGE=Y_GE18] = [_T] − [AGE=Y_LT18] − "
                                      "[SEX=_U AGE=_U] = 30 − 19 − 7 = 4"));
}

TEST(PublishedSums, CategoriesAreAllThatTheTableHas) {
  const Rows rows{"_T,_T,_T,_T,20,A,=", "SEX,_T,_T,_T,12,A,=", "LAB,_T,_T,_T,5,A,<",
                  "OTH,_T,_T,_T,6,A,=", "_T,F,_T,_T,11,A,=",   "SEX,F,_T,_T,9,A,=",
                  "LAB,F,_T,_T,5,A,<"};
  // Women: of OTH nobody says anything.
  EXPECT_THAT(told(sums_of(rows)),
              ElementsAre("2 2 EXPL_FORM=LAB: LAB = _T − OTH − SEX = 20 − 6 − 12 = 2"));
  EXPECT_THAT(told(sums_of(rows, {"VIC_REG"})), IsEmpty());
  EXPECT_EQ(told(sums_of(rows, {"CJ_CONV"})).size(), 1U);
}

TEST(PublishedSums, PartsThatAreNotAllSomewhereAreNotAllInThatTable) {
  const auto sums = sums_of({"_T,_T,_T,_T,20,A,=", "SEX,_T,_T,_T,12,A,=", "LAB,_T,_T,_T,7,A,=",
                             "_T,F,_T,_T,11,A,=", "SEX,F,_T,_T,9,A,=", "LAB,F,_T,_T,5,A,<"});
  EXPECT_THAT(told(sums), IsEmpty());
  EXPECT_EQ(along(sums, Dimension::kExplForm), (Counts{1, 1, 1, 0, 0}));
}

TEST(PublishedSums, CountriesAndTheirGroupsAreNoBreakdown) {
  const auto sums = sums_of({"_T,_T,_T,_T,20,A,=", "_T,_T,_T,RO,12,A,=", "_T,_T,_T,EU27_2020,,Q,"});
  EXPECT_THAT(told(sums), IsEmpty());
}

// Each of two sums fits; together they say that there are 2 and 3 girls.
TEST(PublishedSums, WhereSumsDisagreeNeitherIsBelieved) {
  const auto sums = sums_of({"_T,F,_T,_T,12,A,=", "_T,F,Y_GE18,_T,9,A,=", "_T,F,Y_LT18,_T,5,A,<",
                             "_T,_T,Y_LT18,_T,8,A,=", "_T,M,Y_LT18,_T,6,A,="});
  EXPECT_THAT(told(sums), IsEmpty());
  EXPECT_THAT(violated(sums), IsEmpty());
  EXPECT_EQ(sums.contradictory, 1U);
}

// Girls are 3 by the ages of women, boys 0 by those of men, and both together more than their sum.
TEST(PublishedSums, WhatOnlyContradictsTogetherIsLookedAtOneByOne) {
  const auto sums = sums_of({"_T,F,_T,_T,12,A,=", "_T,F,Y_GE18,_T,9,A,=", "_T,F,Y_LT18,_T,5,A,<",
                             "_T,M,_T,_T,8,A,=", "_T,M,Y_GE18,_T,8,A,=", "_T,M,Y_LT18,_T,5,A,<",
                             "_T,_T,Y_LT18,_T,7,A,="});
  // So does the total by its sexes that by its ages.
  EXPECT_EQ(sums.contradictory, 2U);
  EXPECT_THAT(told(sums), ElementsAre("2 3 SEX=F AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 12 − 9 = 3",
                                      "5 0 SEX=M AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 8 − 8 = 0"));
}

TEST(PublishedSums, TheOrderOfRowsIsNoMatter) {
  Rows rows{"_T,M,_T,_T,20,A,=",     "_T,M,Y_GE18,_T,17,A,=", "_T,M,Y_LT18,_T,5,A,<",
            "_T,_T,Y_LT18,_T,7,A,=", "_T,F,Y_LT18,_T,5,A,<",  "_T,_U,_U,_T,5,A,<"};
  const auto proofs = [](const PublishedSums& sums) {
    std::set<std::string> out;
    for (const auto& one : sums.told) out.insert(one.key + one.proof);
    return out;
  };
  const auto first = proofs(sums_of(rows));
  EXPECT_EQ(first.size(), 2U);
  for (std::size_t turn = 1; turn < rows.size(); ++turn) {
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
    EXPECT_EQ(proofs(sums_of(rows)), first);
  }
}

}  // namespace
}  // namespace rapporteur::testing
