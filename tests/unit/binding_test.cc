// What rows say, once a mapping has given them the hub's words.
#include "adapters/sources/binding.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "adapters/sources/plan.h"

namespace rapporteur::sources {
namespace {

struct Bound {
  FindingLog log{"f.csv"};
  std::optional<BoundFigures> figures;

  Bound(const std::string& text, const std::string& toml, const BindOptions& options = {}) {
    const auto mapping = Mapping::parse(toml, "m.toml");
    if (!mapping) {
      ADD_FAILURE() << mapping.error().line();
      return;
    }
    run(text, *mapping, options);
  }
  explicit Bound(const std::string& text) { run(text, Mapping::identity(), {}); }

  void run(const std::string& text, const Mapping& mapping, const BindOptions& options) {
    auto source = open_source_text("f.csv", text, mapping.open_options(), log);
    ASSERT_TRUE(source) << source.error().line();
    auto bound = bind(**source, mapping, options, log);
    ASSERT_TRUE(bound) << bound.error().line();
    figures = std::move(*bound);
  }
  [[nodiscard]] std::string errors() const {
    std::string out;
    for (const auto& finding : log.findings()) {
      if (finding.severity == Severity::kError) out += finding.code + ' ';
    }
    return out;
  }
  [[nodiscard]] const Finding& first_error() const {
    return *std::find_if(log.findings().begin(), log.findings().end(), [](const Finding& finding) {
      return finding.severity == Severity::kError;
    });
  }
};

const std::string kColumns = R"toml(
  dataflow = "RAPPORTEUR:THB(1.0)"
  [columns]
  ind = "INDICATOR"
  geo = "REF_AREA"
  period = "TIME_PERIOD"
  [[measures]]
  column = "value"
)toml";
const std::string kHeader = "ind,geo,period,value\n";

TEST(Binding, AliasesOfAreasAreMappedAndRecorded) {
  const Bound b(kHeader + "VIC_REG,GR,2006,1\nVIC_REG,GB,2006,1\nVIC_REG,EL,2006,1\n", kColumns);
  ASSERT_EQ(b.errors(), "");
  EXPECT_EQ(b.figures->code(Dimension::kRefArea, 0), "EL");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 0), "GR");
  EXPECT_EQ(b.figures->code(Dimension::kRefArea, 1), "UK");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 1), "GB");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 2), "");
}

TEST(Binding, AnUnknownCodeIsAFindingWithTheNearestAndNeverGuessed) {
  const Bound b(kHeader + "VIC_RGE,AT,2006,1\nVIC_REG,AT,2006,1\n", kColumns);
  EXPECT_EQ(b.errors(), "UNKNOWN_CODE ");
  EXPECT_EQ(b.first_error().line, 2U);
  EXPECT_EQ(b.first_error().column, 1U);
  EXPECT_EQ(b.first_error().text, "VIC_RGE");
  EXPECT_NE(b.first_error().remedy.find("VIC_REG"), std::string::npos);
  EXPECT_EQ(b.figures->rows(), 1U);
  ASSERT_EQ(b.figures->unbound().size(), 1U);
  EXPECT_EQ(b.figures->unbound()[0].ref_area, "AT");
}

TEST(Binding, UnknownCodesMayGoOnToBeJudgedByTheHub) {
  const Bound b(kHeader + "VIC_RGE,AT,2006,1\n", kColumns + "[constants]\nUNIT_MEASURE = \"PER\"\n",
                {.unknown_codes = UnknownCodes::kKeep});
  EXPECT_EQ(b.errors(), "");
  EXPECT_EQ(b.log.warnings(), 1U);
  ASSERT_EQ(b.figures->rows(), 1U);
  EXPECT_EQ(b.figures->code(Dimension::kIndicator, 0), "VIC_RGE");
}

TEST(Binding, CodesAreMappedAndTheOriginalKept) {
  const Bound b(
      "ind,geo,period,value,form,s\nVIC_REG,AT,2006,1,sexual,male\n"
      "VIC_REG,AT,2006,1,sexual,F\nVIC_REG,AT,2006,1,LAB,F\n",
      R"toml(
    dataflow = "RAPPORTEUR:THB(1.0)"
    [columns]
    ind = "INDICATOR"
    geo = "REF_AREA"
    period = "TIME_PERIOD"
    form = "EXPL_FORM"
    s = "SEX"
    [[measures]]
    column = "value"
    [codes.EXPL_FORM]
    sexual = "SEX"
    [codes.SEX]
    male = "M"
  )toml");
  ASSERT_EQ(b.errors(), "");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 0), "EXPL_FORM=sexual;SEX=male");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 1), "sexual");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 2), "");
}

TEST(Binding, ABlankDimensionIsNeverATotal) {
  const std::string toml = R"toml(
    dataflow = "RAPPORTEUR:THB(1.0)"
    [columns]
    ind = "INDICATOR"
    geo = "REF_AREA"
    period = "TIME_PERIOD"
    s = "SEX"
    [[measures]]
    column = "value"
  )toml";
  const std::string text = "ind,geo,period,value,s\nVIC_REG,AT,2006,1,\n";
  const Bound refused(text, toml);
  EXPECT_EQ(refused.errors(), "MISSING_DIMENSION ");
  EXPECT_EQ(refused.first_error().column_name, "SEX");
  const Bound said(text, toml + "[codes.SEX]\n\"\" = \"_U\"\n");
  EXPECT_EQ(said.errors(), "");
  EXPECT_EQ(said.figures->code(Dimension::kSex, 0), "_U");
}

TEST(Binding, FrequencyAndUnitFollow) {
  const Bound b(kHeader + "VIC_REG,AT,2006-Q3,1\nVIC_REG,AT,2006/2007,1\nCJ_INV,AT,2006-05,1\n",
                kColumns);
  ASSERT_EQ(b.errors(), "");
  EXPECT_EQ(b.figures->observation(0).key_text(), "Q.AT._Z.VIC_REG._T._T._T._T._T.PER.2006-Q3");
  EXPECT_EQ(b.figures->code(Dimension::kFreq, 1), "_U");
  EXPECT_EQ(b.figures->observation(2).key_text(), "M.AT._Z.CJ_INV._T._Z._Z._Z._Z.CASE.2006-05");
}

// The promise that nothing is ambiguous: no blank becomes a zero.
TEST(Binding, BlankZeroAndMarkersStayDifferentThings) {
  const std::string toml = kColumns + R"toml(
    [values.markers]
    ":" = "O"
    "-" = "0"
    ".." = "L"
    "x" = "Q"
  )toml";
  const Bound b(kHeader +
                    "VIC_REG,AT,2001,\nVIC_REG,AT,2002,0\nVIC_REG,AT,2003,:\n"
                    "VIC_REG,AT,2004,-\nVIC_REG,AT,2005,..\nVIC_REG,AT,2006,x\n",
                toml);
  ASSERT_EQ(b.errors(), "");
  std::string said;
  for (std::size_t row = 0; row < b.figures->rows(); ++row) {
    const auto& value = b.figures->value(row);
    said += (value ? value->text() : "none") + b.figures->code(Attribute::kObsStatus, row) + ' ';
  }
  EXPECT_EQ(said, "noneO 0A noneO 0A noneL noneQ ");
}

TEST(Binding, AGivenStatusIsNotTouchedEvenIfItContradicts) {
  const Bound b(
      "REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nAT,VIC_REG,2006,,A\n"
      "AT,VIC_REG,2007,,L\nAT,VIC_REG,2008,5,\n",
      "dataflow = \"RAPPORTEUR:THB(1.0)\"\nby_name = true\n");
  ASSERT_EQ(b.errors(), "");
  EXPECT_EQ(b.figures->code(Attribute::kObsStatus, 0), "A");
  EXPECT_FALSE(b.figures->value(0));
  EXPECT_EQ(b.figures->code(Attribute::kObsStatus, 1), "L");
  EXPECT_EQ(b.figures->code(Attribute::kObsStatus, 2), "A");
}

TEST(Binding, QualifiersAndThousandsInCells) {
  const Bound b(kHeader +
                    "VIC_REG,AT,2001,<5\nVIC_REG,AT,2002,\"1,389\"\n"
                    "VIC_REG,AT,2003,~7\nVIC_REG,AT,2004,\"13,89\"\n",
                kColumns + "[values]\nthousands = \",\"\nqualifiers = true\n");
  EXPECT_EQ(b.errors(), "BAD_NUMBER ");
  ASSERT_EQ(b.figures->rows(), 3U);
  EXPECT_EQ(b.figures->value(0)->text(), "5");
  EXPECT_EQ(b.figures->code(Attribute::kValueQualifier, 0), "<");
  EXPECT_EQ(b.figures->value(1)->text(), "1389");
  EXPECT_EQ(b.figures->code(Attribute::kValueQualifier, 1), "");
  EXPECT_EQ(b.figures->code(Attribute::kValueQualifier, 2), "~");
}

TEST(Binding, DecimalCommaOfALocalisedFileIsOneMarkForTheWholeFile) {
  const std::string header =
      "STRUCTURE;STRUCTURE_ID;ACTION;INDICATOR;REF_AREA;TIME_PERIOD;UNIT_MEASURE;OBS_VALUE\n";
  const std::string row = "dataflow;RAPPORTEUR:THB(1.0);I;FUND_AMOUNT;EU;";
  const Bound b(header + row + "2006;EUR;12,4\n" + row + "2007;EUR;3\n" + row + "2008;EUR;1.5\n");
  EXPECT_EQ(b.errors(), "BAD_NUMBER ");
  ASSERT_EQ(b.figures->rows(), 2U);
  EXPECT_EQ(b.figures->value(0)->text(), "12.4");
}

TEST(Binding, SeveralMeasuresOfARowAreSeveralFigures) {
  const Bound b("geo,period,women,men\nAT,2006,3,4\n", R"toml(
    dataflow = "RAPPORTEUR:THB(1.0)"
    [columns]
    geo = "REF_AREA"
    period = "TIME_PERIOD"
    [constants]
    INDICATOR = "VIC_REG"
    [[measures]]
    column = "women"
    SEX = "F"
    [[measures]]
    column = "men"
    SEX = "M"
  )toml");
  ASSERT_EQ(b.errors(), "");
  ASSERT_EQ(b.figures->rows(), 2U);
  EXPECT_EQ(b.figures->code(Dimension::kSex, 1), "M");
  EXPECT_EQ(b.figures->value(1)->text(), "4");
  EXPECT_EQ(b.figures->line(1), 2U);
}

TEST(Binding, ColumnsThatAreNotCarriedAreSaidSoOnce) {
  const std::string text = "ind,geo,period,value,note\nVIC_REG,AT,2006,1,x\nVIC_REG,AT,2007,1,y\n";
  EXPECT_EQ(Bound(text, kColumns).log.warnings(), 1U);
  EXPECT_EQ(Bound(text, "ignore = [\"note\"]\n" + kColumns).log.warnings(), 0U);
}

TEST(Binding, LabelsAreReadOnlyWhereTheMappingSaysSo) {
  const std::string text = kHeader + "VIC_REG,austria,2006,1\n";
  const Bound unread(text, kColumns);
  EXPECT_EQ(unread.errors(), "UNKNOWN_CODE ");
  EXPECT_NE(unread.first_error().remedy.find("label of AT"), std::string::npos);
  EXPECT_NE(unread.first_error().remedy.find("read_labels = true"), std::string::npos);
  const Bound b(text, "read_labels = true\n" + kColumns);
  ASSERT_EQ(b.errors(), "");
  EXPECT_EQ(b.figures->code(Dimension::kRefArea, 0), "AT");
  EXPECT_EQ(b.figures->code(Attribute::kSourceCode, 0), "austria");
}

TEST(Binding, DeleteRowsBecomeDeletionsWithHoles) {
  const std::string header =
      "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,TIME_PERIOD,OBS_VALUE,COMMENT_OBS\n";
  const std::string d = "dataflow,RAPPORTEUR:THB(1.0),D,";
  const Bound b(header + d + "VIC_REG,AT,2006,-,\n" + d + "VIC_REG,,,,\n" + d +
                "VIC_REG,AT,2007,,-\n");
  EXPECT_EQ(b.errors(), "CANNOT_DELETE_ATTRIBUTE ");
  ASSERT_EQ(b.figures->deletions().size(), 2U);
  EXPECT_EQ(b.figures->deletions()[0].key[static_cast<std::size_t>(Dimension::kTimePeriod)],
            "2006");
  EXPECT_EQ(b.figures->deletions()[1].key[static_cast<std::size_t>(Dimension::kRefArea)], "");
}

TEST(Plan, RefusedRowsRefuseThePlanUnlessTheyAreSkipped) {
  Bound b(kHeader + "VIC_REG,AT,2006,1\nVIC_REG,AT,2007,x\nCJ_INV,AT,2007,1\nNOPE,AT,2007,1\n",
          kColumns);
  const auto refused = plan_submissions(*b.figures, {}, b.log);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  const auto plan = plan_submissions(*b.figures, {.skip_refused_rows = true}, b.log);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->rows_left_out, 2U);
  ASSERT_EQ(plan->submissions.size(), 2U);
  EXPECT_EQ(plan->submissions[0].indicator, "CJ_INV");
  EXPECT_EQ(plan->submissions[0].rows_left_out, 1U) << "the row of which nobody knows";
  EXPECT_EQ(plan->submissions[1].indicator, "VIC_REG");
  EXPECT_EQ(plan->submissions[1].rows_left_out, 2U);
  EXPECT_EQ(plan->submissions[1].lines, (std::vector<std::uint64_t>{2}));
}

TEST(Plan, RowsOfOneKeyAreKeptOnceIfEqualAndNeverIfNot) {
  Bound b(kHeader +
              "VIC_REG,AT,2006,1\nVIC_REG,AT,2006,1\nVIC_REG,BE,2006,1\nVIC_REG,BE,2006,2\n"
              "VIC_REG,BG,2006,3\n",
          kColumns);
  const auto plan = plan_submissions(*b.figures, {.skip_refused_rows = true}, b.log);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->submissions.size(), 1U);
  EXPECT_EQ(plan->submissions[0].lines, (std::vector<std::uint64_t>{2, 6}));
  EXPECT_EQ(plan->submissions[0].rows_left_out, 2U);
  EXPECT_EQ(b.log.errors(), 2U);
  EXPECT_EQ(b.log.warnings(), 1U);
}

TEST(Plan, LargeGroupsAreCutByAreaThenByPeriod) {
  std::string text = kHeader;
  for (const char* area : {"AT", "BE"}) {
    for (int year = 2000; year < 2004; ++year) {
      text += std::string("VIC_REG,") + area + ',' + std::to_string(year) + ",1\n";
    }
  }
  text += "VIC_REG,BG,2000,1\n";
  Bound b(text, kColumns);
  const auto by_area = plan_submissions(*b.figures, {.most_observations = 4}, b.log);
  ASSERT_TRUE(by_area);
  EXPECT_EQ(by_area->submissions.size(), 3U);
  const auto by_period = plan_submissions(*b.figures, {.most_observations = 3}, b.log);
  ASSERT_TRUE(by_period);
  ASSERT_EQ(by_period->submissions.size(), 9U);
  EXPECT_EQ(by_period->submissions[8].ref_areas, (std::vector<std::string>{"BG"}));
  const auto by_bytes = plan_submissions(*b.figures, {.most_body_bytes = 10}, b.log);
  ASSERT_FALSE(by_bytes);
  EXPECT_EQ(plan_submissions(*b.figures, {.most_areas = 2}, b.log)->submissions.size(), 3U);
}

// A cause that all rows share is said once, at the first of them.
TEST(Binding, WhatIsWrongWithTheWholeFileIsSaidOnce) {
  std::string text = "country,year,number\n";
  for (int year = 1800; year < 2000; ++year) text += "AT," + std::to_string(year) + ",7\n";
  const Bound bound(text);
  EXPECT_EQ(bound.errors(), "UNKNOWN_DATAFLOW NO_MEASURE MISSING_DIMENSION ");
  for (const auto& finding : bound.log.findings()) {
    if (finding.severity != Severity::kError) continue;
    EXPECT_EQ(finding.line, 2U);
    EXPECT_EQ(finding.more_rows, 199U);
    EXPECT_NE(finding.to_line().find(", and 199 more rows"), std::string::npos);
  }
  EXPECT_EQ(bound.figures->unbound().size(), 200U);
}

TEST(Binding, AColumnOneSlipAwayFromAComponentIsNotLostInSilence) {
  const std::string rest =
      ",REF_AREA,INDICATOR,SEX,TIME_PERIOD,OBS_VALUE\nA,AT,VIC_REG,_T,2006,5\n";
  for (const char* name : {"OBS_STATSU", "OBS_STAUS", "OBS_STATUSS", "0BS_STATUS", "obs_status"}) {
    FindingLog log("f.csv");
    const Mapping identity = Mapping::identity();
    auto source = open_source_text("f.csv", name + rest, identity.open_options(), log);
    ASSERT_TRUE(source);
    const auto bound = bind(**source, identity, {}, log);
    ASSERT_FALSE(bound) << name;
    EXPECT_EQ(log.findings().back().code, "COLUMN_MISSPELT");
    EXPECT_NE(bound.error().remedy.find("did you mean OBS_STATUS?"), std::string::npos);
  }
  // Named as left out, or no slip at all.
  const Bound ignored("OBS_STATSU" + rest,
                      "by_name = true\nignore = [\"OBS_STATSU\"]\n"
                      "dataflow = \"RAPPORTEUR:THB(1.0)\"\n");
  EXPECT_EQ(ignored.errors(), "");
  const Bound other("OBS_SOURCE" + rest, "by_name = true\ndataflow = \"RAPPORTEUR:THB(1.0)\"\n");
  EXPECT_EQ(other.errors(), "");
}

}  // namespace
}  // namespace rapporteur::sources
