// The small-cell rule, case by case.
#include "broker/disclosure/small_cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kHeader =
    "INDICATOR,REF_AREA,TIME_PERIOD,EXPL_FORM,SEX,AGE,UNIT_MEASURE,OBS_VALUE,OBS_STATUS,"
    "VALUE_QUALIFIER,UNIT_MULT\n";

std::vector<rules::Finding> found_in(const std::string& rows, const std::string& policy = "k=10") {
  const FiguresFile file =
      parse_figures("# policy: " + policy + "\n" + std::string(kHeader) + rows);
  return disclosure::check_small_cells(file.submission(0), file.policy, file.published,
                                       file.before);
}

// "row code" of each finding.
std::vector<std::string> places(const std::vector<rules::Finding>& findings) {
  std::vector<std::string> out;
  for (const auto& finding : findings) {
    out.push_back(std::to_string(finding.row) + " " + finding.code);
  }
  return out;
}

std::string cell(std::string_view sex, std::string_view age, std::string_view value,
                 std::string_view status = "A", std::string_view qualifier = "",
                 std::string_view multiplier = "", std::string_view indicator = "VIC_ASSIST") {
  std::string out(indicator);
  out.append(",LV,2007,_T,").append(sex).append(",").append(age).append(",PER,").append(value);
  out.append(",").append(status).append(",").append(qualifier).append(",").append(multiplier);
  return out + "\n";
}

TEST(SmallCell, OneToNineInABreakdown) {
  EXPECT_THAT(places(found_in(cell("F", "_T", "1") + cell("M", "_T", "9") + cell("_U", "_T", "10") +
                              cell("_O", "_T", "0"))),
              ElementsAre("1 SMALL_CELL", "2 SMALL_CELL"));
}

TEST(SmallCell, NationalTotalsAndUnprotectedIndicatorsPass) {
  EXPECT_THAT(found_in(cell("_T", "_T", "1") + cell("_Z", "_Z", "2")), IsEmpty());
  EXPECT_THAT(found_in(cell("F", "_T", "1", "A", "", "", "CJ_INV")), IsEmpty());
}

TEST(SmallCell, DepthDecidesWhatIsProtected) {
  const std::string rows = cell("_T", "_T", "1") + cell("F", "_T", "12") +
                           cell("M", "Y_LT18", "3") + cell("M", "_T", "4");
  EXPECT_THAT(places(found_in(rows, "depth_from=2")), ElementsAre("3 SMALL_CELL"));
  EXPECT_THAT(places(found_in(rows, "depth_from=0")),
              ElementsAre("1 SMALL_CELL", "3 SMALL_CELL", "4 SMALL_CELL"));
}

TEST(SmallCell, AZeroUnderASmallTotalShowsTheOtherPart) {
  const std::string hidden = cell("F", "_T", "", "Q");
  EXPECT_THAT(places(found_in(cell("_T", "_T", "7") + hidden + cell("M", "_T", "0"))),
              ElementsAre("3 SMALL_CELL"));
  EXPECT_THAT(found_in(cell("_T", "_T", "10") + hidden + cell("M", "_T", "0")), IsEmpty());
  EXPECT_THAT(found_in(cell("_T", "_T", "0") + cell("F", "_T", "0") + cell("M", "_T", "0")),
              IsEmpty());
  // The whole breakdown may stay hidden.
  EXPECT_THAT(found_in(cell("_T", "_T", "7") + hidden + cell("M", "_T", "", "Q")), IsEmpty());
}

TEST(SmallCell, TheTotalMayBePublishedAlreadyOrFurtherUp) {
  EXPECT_THAT(places(found_in(cell("M", "Y_LT18", "0") + "# published\n" + cell("_T", "_T", "7"))),
              ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(
      places(found_in(cell("M", "Y_LT18", "0") + "# published\n" + cell("_T", "Y_LT18", "7"))),
      ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(found_in(cell("M", "Y_LT18", "0") + "# published\n" + cell("F", "_T", "7")),
              IsEmpty());
}

TEST(SmallCell, QualifiersThatSayAsMuch) {
  EXPECT_THAT(places(found_in(cell("F", "_T", "5", "A", "<") + cell("M", "_T", "10", "A", "<") +
                              cell("_U", "_T", "11", "A", "<") + cell("_O", "_T", "3", "A", "~"))),
              ElementsAre("1 SMALL_CELL", "2 SMALL_CELL", "4 SMALL_CELL"));
  EXPECT_THAT(found_in(cell("F", "_T", "3", "A", ">")), IsEmpty());
}

TEST(SmallCell, AMultiplierHidesNothing) {
  EXPECT_THAT(places(found_in(cell("F", "_T", "0.3", "A", "", "1"))), ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(found_in(cell("F", "_T", "3", "A", "", "1")), IsEmpty());
}

TEST(SmallCell, SensitiveZeros) {
  EXPECT_THAT(places(found_in(cell("F", "_T", "0"), "zeros_sensitive=yes")),
              ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(found_in(cell("_T", "_T", "0"), "zeros_sensitive=yes"), IsEmpty());
}

TEST(SmallCell, WhatWasPublicBeforeIsAWarningUnlessMoreIsSaid) {
  const auto replaced = [](const std::string& now, const std::string& then) {
    return places(found_in(now + "# replaced\n" + then));
  };
  EXPECT_THAT(replaced(cell("F", "_T", "3"), cell("F", "_T", "3")),
              ElementsAre("1 ALREADY_PUBLIC"));
  EXPECT_THAT(replaced(cell("F", "_T", "3"), cell("F", "_T", "12")), ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(replaced(cell("F", "_T", "3"), cell("F", "_T", "5", "A", "<")),
              ElementsAre("1 SMALL_CELL"));
  EXPECT_THAT(replaced(cell("M", "_T", "3"), cell("F", "_T", "3")), ElementsAre("1 SMALL_CELL"));
  const std::string both = cell("_T", "_T", "7") + cell("M", "_T", "0");
  EXPECT_THAT(replaced(both, both), ElementsAre("2 ALREADY_PUBLIC"));
}

TEST(SmallCell, TheFindingNamesTheCell) {
  const auto found = found_in(cell("F", "Y_LT18", "2"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "A.LV._Z.VIC_ASSIST._T.F.Y_LT18._Z._Z.PER.2007");
  EXPECT_EQ(found[0].detail_en, "SEX=F AGE=Y_LT18: 2 is below k = 10");
  EXPECT_EQ(found[0].detail_fr, "SEX=F AGE=Y_LT18: 2 est inférieur à k = 10");
}

}  // namespace
}  // namespace rapporteur::testing
