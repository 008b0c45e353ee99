// The bulk file of GLOTIP, with the traps of its editions; all figures here are made up.
#include "adapters/sources/glotip/glotip.h"

#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "proto/codelists/code_lists.h"
#include "tests/unit/glotip_fixture.h"

namespace rapporteur::sources {
namespace {

using namespace glotip_test;

TEST(Glotip, ARowBecomesAnObservation) {
  const Read r(kHeader + line({.sex = "Female", .age = "0 to 17 years"}));
  EXPECT_EQ(r.codes(), "");
  ASSERT_EQ(r.figures->rows(), 1U);
  EXPECT_EQ(r.key(), "A.AT._Z.VIC_REG._T.F.Y_LT18._T._T.PER.2019");
  EXPECT_EQ(r.figures->dataflow(0), "UNODC:GLOTIP(1.0)");
  EXPECT_EQ(r.figures->value(0), Decimal(7));
  EXPECT_EQ(r.figures->code(Attribute::kObsStatus, 0), "A");
  EXPECT_EQ(r.figures->code(Attribute::kMethod, 0), "GLOTIP");
  EXPECT_EQ(r.figures->code(Attribute::kSourceCode, 0),
            "REF_AREA=AUT;INDICATOR=Detected trafficking victims;SEX=Female;AGE=0 to 17 years");
}

TEST(Glotip, LinesOfTitleMayStandBeforeTheHeader) {
  for (const std::string title : {"", "Trafficking in persons\nData extracted; see notes; 2025\n",
                                  "\xEF\xBB\xBF\"Title, quoted\"\r\n\r\nsecond | line\r\n"}) {
    const Read r(title + kHeader + line({}));
    EXPECT_EQ(r.codes(), "") << title;
    EXPECT_EQ(r.figures->rows(), 1U) << title;
  }
}

TEST(Glotip, OtherTablesAreNotTakenForIt) {
  EXPECT_FALSE(recognises_glotip(""));
  EXPECT_FALSE(recognises_glotip("Iso3_code,Indicator,Dimension,Sex,Age,Year,txtVALUE\n"));
  EXPECT_FALSE(recognises_glotip("STRUCTURE,STRUCTURE_ID,ACTION\n"));
  EXPECT_TRUE(recognises_glotip(kHeader));
  EXPECT_TRUE(
      recognises_glotip("txtVALUE;Year;Age;Sex;\"Category\";Dimension;Indicator;Iso3_code"));
}

TEST(Glotip, ColumnsMayStandInAnotherOrderAndSomeMayBeAbsent) {
  const Read r(
      "txtVALUE;Year;Age;Sex;Category;Dimension;Indicator;Iso3_code\n"
      "12;2018;Total;Male;Total;Total;Persons convicted;GRC\n");
  EXPECT_EQ(r.codes(), "");
  EXPECT_EQ(r.key(), "A.EL._Z.CJ_CONV._T.M._T._T._T.PER.2018");
  EXPECT_EQ(r.figures->code(Attribute::kMethod, 0), "");
}

TEST(Glotip, ColumnsOfANewEditionAreReportedOrBound) {
  const std::string text =
      "Iso3_code,Indicator,Dimension,Category,Sex,Age,Year,txtVALUE,Footnote\n"
      "AUT,Persons convicted,Total,Total,Total,Total,2018,12,provisional\n";
  const Read reported(text);
  ASSERT_EQ(reported.codes(), "COLUMN_NOT_CARRIED ");
  EXPECT_EQ(reported.finding().column, 9U);
  const auto mapping = Mapping::parse(R"toml(
    by_name = true
    [columns]
    Footnote = "COMMENT_OBS"
  )toml",
                                      "m.toml");
  ASSERT_TRUE(mapping) << mapping.error().line();
  const Read bound(text, *mapping);
  EXPECT_EQ(bound.codes(), "");
  EXPECT_EQ(bound.figures->code(Attribute::kCommentObs, 0), "provisional");
}

TEST(Glotip, EveryNameHasACodeOfItsList) {
  FindingLog log("g.csv");
  const auto source = open_source_text("g.csv", kHeader + line({}), {}, log);
  ASSERT_TRUE(source);
  std::size_t names = 0;
  for (const Component& component : (*source)->dataset().components) {
    for (const CodeName& name : component.names) {
      ++names;
      EXPECT_EQ(find_name(component.names, name.name), &name) << name.name;
      const auto dimension = dimension_named(component.id);
      ASSERT_TRUE(dimension) << component.id;
      EXPECT_TRUE(name.code.empty() || codelists::valid(*dimension, name.code)) << name.name;
    }
  }
  EXPECT_GT(names, 1'000U);
  EXPECT_EQ(find_name((*source)->dataset().find("CITIZEN")->names, "Atlantis"), nullptr);
}

TEST(Glotip, AreasAreEurostats) {
  const std::map<std::string, std::string> areas{
      {"GRC", "EL"}, {"GBR", "UK"}, {"FRA", "FR"}, {"NOR", "NO"}, {"XKX", "XK"}};
  for (const auto& [iso3, code] : areas) {
    const Read r(kHeader + line({.iso3 = iso3}));
    EXPECT_EQ(r.figures->code(Dimension::kRefArea, 0), code);
  }
  EXPECT_EQ(Read(kHeader + line({.iso3 = "QQQ"})).codes(), "UNKNOWN_CODE NOTHING_LEFT ");
}

TEST(Glotip, EveryIndicatorHasItsCode) {
  const std::map<std::string, std::string> keys{
      {kVictims, "A.AT._Z.VIC_REG._T._T._T._T._T.PER.2019"},
      {"Persons brought into formal contact", "A.AT._Z.CJ_SUSP._T._T._T._T._T.PER.2019"},
      {"Persons prosecuted", "A.AT._Z.CJ_PROS._T._T._T._T._T.PER.2019"},
      {"Persons convicted", "A.AT._Z.CJ_CONV._T._T._T._T._T.PER.2019"},
      // Cases are not broken down by the sex or citizenship of anybody.
      {"Offences of trafficking in persons", "A.AT._Z.CJ_CASE_REC._T._Z._T._Z._Z.CASE.2019"}};
  for (const auto& [indicator, key] : keys) {
    const Read r(kHeader + line({.indicator = indicator}));
    EXPECT_EQ(r.codes(), "") << indicator;
    EXPECT_EQ(r.key(), key);
  }
}

TEST(Glotip, ACategoryGoesToTheComponentOfItsBreakdown) {
  const Read r(kHeader + citizenship("Nigeria") +
               line({.dimension = "by form of exploitation", .category = "Forced labour"}) +
               line({.dimension = "by country of repatriation", .category = "Albania"}));
  EXPECT_EQ(r.codes(), "");
  EXPECT_EQ(r.key(0), "A.AT._Z.VIC_REG._T._T._T.NG._T.PER.2019");
  EXPECT_EQ(r.key(1), "A.AT._Z.VIC_REG.LAB._T._T._T._T.PER.2019");
  EXPECT_EQ(r.key(2), "A.AT.AL.VIC_RETURN._T._T._T._T._T.PER.2019");
}

TEST(Glotip, OnlyVictimsAreTakenBackToACountry) {
  const Read r(kHeader + line({.indicator = "Persons convicted",
                               .dimension = "by country of repatriation",
                               .category = "Albania"}));
  EXPECT_EQ(r.codes(), "UNKNOWN_CODE NOTHING_LEFT ");
  EXPECT_EQ(r.finding().column, 5U);
  EXPECT_EQ(r.finding().text, "Persons convicted by country of repatriation");
}

TEST(Glotip, SexAndAgeAreSaidInWords) {
  const Read r(kHeader + line({.sex = "Other", .age = "18 years or over"}) +
               line({.sex = "Unknown", .age = "Unknown"}));
  EXPECT_EQ(r.codes(), "");
  EXPECT_EQ(r.key(0), "A.AT._Z.VIC_REG._T._O.Y_GE18._T._T.PER.2019");
  EXPECT_EQ(r.key(1), "A.AT._Z.VIC_REG._T._U._U._T._T.PER.2019");
}

TEST(Glotip, FewerThanFiveIsFiveWithItsQualifier) {
  const Read r(kHeader + line({.year = "2017", .value = "<5"}) + line({.value = "1,234"}) +
               line({.year = "2018", .value = "0"}) + line({.year = "2016", .value = ""}));
  EXPECT_EQ(r.codes(), "");
  EXPECT_EQ(r.figures->value(0), Decimal(5));
  EXPECT_EQ(r.figures->code(Attribute::kValueQualifier, 0), "<");
  EXPECT_EQ(r.figures->code(Attribute::kObsStatus, 0), "A");
  EXPECT_EQ(r.figures->value(1), Decimal(1234));
  EXPECT_EQ(r.figures->code(Attribute::kValueQualifier, 1), "");
  EXPECT_EQ(r.figures->value(2), Decimal(0));
  EXPECT_EQ(r.figures->value(3), std::nullopt);
  EXPECT_EQ(r.figures->code(Attribute::kObsStatus, 3), "O");
}

TEST(Glotip, WhatIsNoFigureIsLeftOut) {
  for (const std::string value : {"n/a", "12,34", "<", "1.2.3", "5<"}) {
    const Read r(kHeader + line({.value = value}));
    EXPECT_EQ(r.codes(), "BAD_NUMBER NOTHING_LEFT ") << value;
    EXPECT_EQ(r.finding().column, 12U);
    EXPECT_EQ(r.finding().text, value);
    EXPECT_EQ(r.figures->unbound().at(0).indicator, "VIC_REG");
    EXPECT_EQ(r.figures->unbound().at(0).ref_area, "AT");
  }
}

TEST(Glotip, NamesAndAdjectivesOfCountriesAreKnownExactly) {
  const std::map<std::string, std::string> names{
      {"Romania", "RO"},    {"Romanian", "RO"},      {"NIGERIA", "NG"},    {"Nigerians", "NG"},
      {"Niger", "NE"},      {"Viet Nam", "VN"},      {"vietnamese", "VN"}, {"Kosovo", "XK"},
      {"Nationals", "NAT"}, {"Stateless", "STLS"},   {"Unknown", "_U"},    {"Africa", "AFRICA"},
      {"Greece", "EL"},     {"United Kingdom", "UK"}};
  for (const auto& [name, code] : names) {
    const Read r(kHeader + citizenship(name));
    ASSERT_EQ(r.codes(), "") << name;
    EXPECT_EQ(r.figures->code(Dimension::kCitizen, 0), code) << name;
  }
}

TEST(Glotip, AnUnknownNameIsProposedAndNeverGuessed) {
  const std::map<std::string, std::string> proposed{{"Abania", "Albania (AL)?"},
                                                    {"Albanie", "Albania (AL)"},
                                                    {"Hongrie", "Hungary (HU)"},
                                                    {"Sweeden", "Sweden (SE)"}};
  for (const auto& [name, nearest] : proposed) {
    const Read r(kHeader + citizenship(name) + citizenship("Romania") + citizenship(name));
    ASSERT_EQ(r.codes(), "UNKNOWN_CODE ") << name;
    EXPECT_EQ(r.finding().column, 7U);
    EXPECT_EQ(r.finding().column_name, "CITIZEN");
    EXPECT_EQ(r.finding().text, name);
    EXPECT_EQ(r.finding().more_rows, 1U);
    EXPECT_NE(r.finding().remedy.find(nearest), std::string::npos) << r.finding().remedy;
    EXPECT_EQ(r.figures->rows(), 1U);
    EXPECT_EQ(r.plan->rows_left_out, 2U);
    EXPECT_EQ(r.plan->submissions.at(0).rows_left_out, 2U);
  }
}

TEST(Glotip, AMappingSettlesANameAndIsAskedFirst) {
  const auto mapping = Mapping::parse(R"toml(
    by_name = true
    releasability = "PUBLIC"
    [codes.CITIZEN]
    "Abania" = "AL"
    "Former Yugoslavia" = "_U"
  )toml",
                                      "m.toml");
  ASSERT_TRUE(mapping) << mapping.error().line();
  const Read r(kHeader + citizenship("Abania") + citizenship("Former Yugoslavia"), *mapping);
  EXPECT_EQ(r.codes(), "");
  EXPECT_EQ(r.figures->code(Dimension::kCitizen, 0), "AL");
  EXPECT_NE(r.figures->code(Attribute::kSourceCode, 0).find("CITIZEN=Abania"), std::string::npos);
  EXPECT_EQ(r.figures->code(Dimension::kCitizen, 1), "_U");
}

TEST(Glotip, WhatNoCodeIsRightForIsLeftOutWithTheReason) {
  for (const std::string name : {"0", "Congolese", "Former Yugoslavia", "EU-28 others"}) {
    const Read r(kHeader + citizenship(name));
    EXPECT_EQ(r.codes(), "NO_CODE_FITS NOTHING_LEFT ") << name;
  }
  const Read abroad(kHeader +
                    line({.dimension = "by country of repatriation", .category = "Abroad"}));
  EXPECT_EQ(abroad.codes(), "NO_CODE_FITS NOTHING_LEFT ");
  EXPECT_EQ(abroad.figures->unbound().at(0).indicator, "VIC_RETURN");
  // An adjective says whose citizen somebody is, not where to.
  const Read adjective(kHeader +
                       line({.dimension = "by country of repatriation", .category = "Romanian"}));
  EXPECT_EQ(adjective.codes(), "UNKNOWN_CODE NOTHING_LEFT ");
}

TEST(Glotip, RowsThatNobodyCanPlaceAreLeftOut) {
  const std::vector<std::pair<RowWords, std::string>> rows{
      {{.dimension = "by citizenshp", .category = "Albania"}, "UNKNOWN_BREAKDOWN"},
      {{.dimension = "", .category = "Albania"}, "UNKNOWN_BREAKDOWN"},
      {{.category = "Albania"}, "UNKNOWN_CATEGORY"},
      {{.dimension = "by citizenship", .category = ""}, "BLANK_CELL"},
      {{.sex = ""}, "BLANK_CELL"},
      {{.age = ""}, "BLANK_CELL"},
      {{.unit = "Rate per 100 000"}, "UNKNOWN_UNIT"}};
  for (const auto& [row, code] : rows) {
    const Read r(kHeader + line({.indicator = "Persons convicted"}) + line(row));
    EXPECT_EQ(r.codes(), code + ' ');
    EXPECT_EQ(r.figures->rows(), 1U);
    EXPECT_EQ(r.plan->rows_left_out, 1U);
    EXPECT_EQ(r.plan->submissions.at(0).rows_left_out, 1U);
  }
  const Read year(kHeader + line({.year = "20x9"}));
  EXPECT_EQ(year.codes(), "BAD_PERIOD NOTHING_LEFT ");
}

TEST(Glotip, RaggedAndUnplacedRowsAreLeftOutInTheOrderOfTheFile) {
  const std::string text =
      kHeader + line({.sex = ""}) + "AUT,short\n" + line({.age = ""}) + line({}) + "AUT,short\n";
  FindingLog log("g.csv");
  auto source = open_source_text("g.csv", text, {}, log);
  ASSERT_TRUE(source);
  RowBlock block;
  while (*(*source)->read(block, log)) {
  }
  std::vector<std::uint64_t> lines;
  for (const auto& row : (*source)->left_out()) lines.push_back(row.line);
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{2, 3, 4, 6}));
}

TEST(Glotip, ARepeatedRowIsTakenOnceAndReported) {
  const Read r(kHeader + line({.value = "<5"}) + line({.value = "<5"}) + line({.year = "2018"}));
  EXPECT_EQ(r.codes(), "DUPLICATE_KEY ");
  EXPECT_EQ(r.finding().severity, Severity::kWarning);
  EXPECT_EQ(r.plan->rows_bound, 2U);
  EXPECT_EQ(r.plan->rows_left_out, 0U);
}

TEST(Glotip, RowsThatContradictEachOtherAreAllLeftOut) {
  const Read r(kHeader + line({.value = "<5"}) + line({.value = "22"}) + line({.value = "<5"}) +
               line({.year = "2018"}));
  EXPECT_EQ(r.codes(), "DUPLICATE_KEY DUPLICATE_KEY DUPLICATE_KEY ");
  EXPECT_EQ(r.finding().severity, Severity::kError);
  EXPECT_EQ(r.plan->rows_bound, 1U);
  EXPECT_EQ(r.plan->rows_left_out, 3U);
}

// Two names of one country may be two lists that were put together, or one figure said twice.
TEST(Glotip, TwoNamesOfOneCountryContradictEachOther) {
  const Read r(kHeader + citizenship("Albania") + citizenship("Albanian"));
  EXPECT_EQ(r.codes(), "DUPLICATE_KEY DUPLICATE_KEY NOTHING_LEFT ");
  EXPECT_EQ(r.plan->rows_left_out, 2U);
}

TEST(Glotip, MayBeNamed) {
  FindingLog log("g.csv");
  EXPECT_TRUE(open_source_text("g.csv", kHeader + line({}), {.format = "glotip"}, log));
  const auto other = open_source_text("g.csv", "a,b\n1,2\n", {.format = "glotip"}, log);
  ASSERT_FALSE(other);
  EXPECT_EQ(log.findings().back().code, "COLUMN_MISSING");
  // A mapping of one's own reads the columns as they stand.
  const auto plain =
      open_source_text("g.csv", kHeader + line({}), {.format = "aggregate_csv"}, log);
  ASSERT_TRUE(plain);
  EXPECT_NE((*plain)->dataset().find("txtVALUE"), nullptr);
}

}  // namespace
}  // namespace rapporteur::sources
