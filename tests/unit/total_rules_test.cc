// Totals and parts: which equations are judged, and how a failing one reads.
#include <gtest/gtest.h>

#include "broker/rules/rule_book.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

constexpr std::string_view kHeader =
    "INDICATOR,REF_AREA,TIME_PERIOD,EXPL_FORM,SEX,AGE,CITIZEN,UNIT_MEASURE,OBS_VALUE,OBS_STATUS,"
    "VALUE_QUALIFIER\n";

// Details of NON_ADDITIVE, in order.
std::vector<std::string> equations_in(const std::string& rows) {
  const FiguresFile file = parse_figures(std::string(kHeader) + rows);
  std::vector<std::string> details;
  for (const auto& finding : rules::judge(file.submission(0), file.policy, file.published)) {
    if (finding.code == "NON_ADDITIVE") details.push_back(finding.field + " " + finding.detail_en);
  }
  return details;
}

std::string row(std::string_view form, std::string_view sex, std::string_view age,
                std::string_view value, std::string_view status = "A",
                std::string_view indicator = "VIC_REG") {
  std::string out(indicator);
  out.append(",LV,2007,").append(form).append(",").append(sex).append(",").append(age);
  out.append(",_T,PER,").append(value).append(",").append(status).append(",\n");
  return out;
}

using Details = std::vector<std::string>;

TEST(Totals, TheFailingEquationIsNamed) {
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "18") + row("_T", "M", "_T", "3") +
                         row("_T", "F", "_T", "16")),
            Details{"SEX _T = F + M: 18 = 16 + 3 does not hold"});
}

TEST(Totals, ResidualsCountWhenTheyAreSupplied) {
  const std::string three =
      row("_T", "_T", "_T", "50") + row("_T", "F", "_T", "30") + row("_T", "M", "_T", "12");
  EXPECT_EQ(equations_in(three), Details{"SEX _T = F + M: 50 = 30 + 12 does not hold"});
  EXPECT_EQ(equations_in(three + row("_T", "_U", "_T", "8")), Details{});
  EXPECT_EQ(equations_in(three + row("_T", "_U", "_T", "5") + row("_T", "_O", "_T", "3")),
            Details{});
}

TEST(Totals, AnEquationWithAHiddenOrMissingPartIsNotJudged) {
  const std::string two = row("_T", "_T", "_T", "50") + row("_T", "F", "_T", "30");
  EXPECT_EQ(equations_in(two), Details{});
  EXPECT_EQ(equations_in(two + row("_T", "M", "_T", "", "Q")), Details{});
  EXPECT_EQ(equations_in(two + row("_T", "M", "_T", "", "K")), Details{});
  // What cannot exist is nothing.
  EXPECT_EQ(equations_in(two + row("_T", "M", "_T", "", "M")),
            Details{"SEX _T = F: 50 = 30 does not hold"});
}

TEST(Totals, NoPartIsAboveItsTotal) {
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "18") + row("_T", "F", "_T", "20")),
            Details{"SEX F = 20 is above its total _T = 18"});
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "18") + row("LAB", "_T", "_T", "20")),
            Details{"EXPL_FORM LAB = 20 is above its total _T = 18"});
}

TEST(Totals, AgesAddUpWhenTheBandsCoverAllOnce) {
  const std::string total = row("_T", "_T", "_T", "100");
  const std::string minors = row("_T", "_T", "Y_LT18", "30");
  EXPECT_EQ(equations_in(total + minors + row("_T", "_T", "Y_GE18", "60")),
            Details{"AGE _T = Y_GE18 + Y_LT18: 100 = 60 + 30 does not hold"});
  EXPECT_EQ(
      equations_in(total + minors + row("_T", "_T", "Y_GE18", "60") + row("_T", "_T", "_U", "10")),
      Details{});
  // A gap from 18 to 20.
  EXPECT_EQ(equations_in(total + minors + row("_T", "_T", "Y_GE21", "60")), Details{});
}

TEST(Totals, NestedBandsAddUpToTheWiderOne) {
  const std::string rows = row("_T", "_T", "_T", "100") + row("_T", "_T", "Y_LT18", "30") +
                           row("_T", "_T", "Y_LT12", "10") + row("_T", "_T", "Y12T17", "19") +
                           row("_T", "_T", "Y_GE18", "70");
  EXPECT_EQ(equations_in(rows),
            Details{"AGE Y_LT18 = Y12T17 + Y_LT12: 30 = 19 + 10 does not hold"});
}

TEST(Totals, FormsAddUpOnlyWhenAllAreSupplied) {
  std::string rows = row("_T", "_T", "_T", "130");
  const Details forms{"LAB", "BEG", "CRIM", "ORG", "MARR", "DOM", "ADOPT", "SURR", "OTH", "COMB"};
  for (const std::string& form : forms) rows += row(form, "_T", "_T", "11");
  EXPECT_EQ(equations_in(rows), Details{});
  EXPECT_EQ(equations_in(rows + row("SEX", "_T", "_T", "20")), Details{});
  EXPECT_EQ(equations_in(rows + row("SEX", "_T", "_T", "21")).size(), 1U);
}

TEST(Totals, QualifiedFiguresAreNoNumbersOfAnEquation) {
  const std::string rows = row("_T", "_T", "_T", "18") + row("_T", "F", "_T", "16") +
                           "VIC_REG,LV,2007,_T,M,_T,_T,PER,30,A,<\n";
  EXPECT_EQ(equations_in(rows), Details{});
}

TEST(Totals, PublishedPartsOfTheSameSenderCount) {
  EXPECT_EQ(equations_in(row("_T", "M", "_T", "13") + "# published\n" +
                         row("_T", "_T", "_T", "50") + row("_T", "F", "_T", "36")),
            Details{"SEX _T = F + M: 50 = 36 + 13 does not hold (published: _T, F)"});
  // An equation of published figures alone is no finding of this submission.
  EXPECT_EQ(
      equations_in(row("LAB", "M", "_T", "13") + "# published\n" + row("_T", "_T", "_T", "50") +
                   row("_T", "F", "_T", "30") + row("_T", "M", "_T", "13")),
      Details{});
}

TEST(Totals, RegisteredVictimsAreIdentifiedAndPresumedOnes) {
  const std::string published = "# published\n" + row("_T", "_T", "_T", "50", "A", "VIC_REG") +
                                row("_T", "_T", "_T", "30", "A", "VIC_IDENT");
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "20", "A", "VIC_PRES") + published), Details{});
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "21", "A", "VIC_PRES") + published),
            Details{"INDICATOR VIC_REG = VIC_IDENT + VIC_PRES: 50 = 30 + 21 does not hold "
                    "(published: VIC_REG, VIC_IDENT)"});
}

// What a submission says anew is judged, whatever is published under the same key.
TEST(Totals, AFigureThatIsPublishedAlreadyIsJudgedAnew) {
  const std::string parts = row("_T", "F", "_T", "120") + row("_T", "M", "_T", "42");
  const std::string published = "# published\n" + row("_T", "_T", "_T", "162") + parts;
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "163") + parts + published),
            Details{"SEX _T = F + M: 163 = 120 + 42 does not hold"});
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "162") + parts + published), Details{});
  EXPECT_EQ(equations_in(row("_T", "_T", "_T", "163") + published),
            Details{"SEX _T = F + M: 163 = 120 + 42 does not hold (published: F, M)"});
  // Which of two rows of one key holds is not for an equation to say.
  EXPECT_EQ(
      equations_in(row("_T", "_T", "_T", "163") + row("_T", "_T", "_T", "162") + parts + published),
      Details{});
}

TEST(Totals, AFileIsJudgedAcrossItsSubmissions) {
  const FiguresFile file = parse_figures(
      "# file\n" + std::string(kHeader) + row("_T", "_T", "_T", "50", "A", "VIC_REG") +
      row("_T", "_T", "_T", "30", "A", "VIC_IDENT") + row("_T", "_T", "_T", "21", "A", "VIC_PRES"));
  std::vector<rules::Submission> submissions;
  for (std::size_t i = 0; i < file.parts.size(); ++i) submissions.push_back(file.submission(i));
  const auto found = rules::judge_file(submissions, file.policy, file.published);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "NON_ADDITIVE");
  EXPECT_EQ(found[0].row, 1U);
  EXPECT_EQ(found[0].detail_fr, "VIC_REG = VIC_IDENT + VIC_PRES : 50 = 30 + 21 est faux");
}

}  // namespace
}  // namespace rapporteur::testing
