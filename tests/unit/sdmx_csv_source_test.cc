// SDMX-CSV 2.0 as the field guide and real files write it.
#include <algorithm>

#include <gtest/gtest.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/source.h"
#include "tests/support/paths.h"

namespace rapporteur::sources {
namespace {

struct Reading {
  FindingLog findings{"t.csv"};
  std::unique_ptr<Source> source;
  RowBlock block;

  explicit Reading(std::string text) {
    auto opened = open_source_text("t.csv", std::move(text), {}, findings);
    if (!opened) return;
    source = std::move(*opened);
    ok = source->read(block, findings).has_value();
  }
  [[nodiscard]] std::string_view cell(std::size_t row, std::string_view id) const {
    return block.cell(row, source->dataset().find(id)->column);
  }
  [[nodiscard]] std::string codes() const {
    std::string out;
    for (const auto& finding : findings.findings()) out += finding.code + ' ';
    return out;
  }
  bool ok = false;
};

TEST(SdmxCsv, ColumnsStandInAnyOrder) {
  Reading r(
      "STRUCTURE,OBS_VALUE,STRUCTURE_ID,SEX,ACTION,UPDATED\n"
      "dataflow,12.4,A:B(1.0),F,I,2021\n");
  ASSERT_TRUE(r.ok) << r.codes();
  EXPECT_EQ(r.source->dataset().format, "sdmx_csv");
  EXPECT_EQ(r.cell(0, "OBS_VALUE"), "12.4");
  EXPECT_EQ(r.cell(0, "SEX"), "F");
  EXPECT_EQ(r.source->dataset().structures[0].id, "A:B(1.0)");
  EXPECT_EQ(r.source->dataset().find("UPDATED")->role, ComponentRole::kCustom);
}

TEST(SdmxCsv, LocalisedSeparatorsAndLabelsInTheCells) {
  Reading r(
      "\xEF\xBB\xBFSTRUCTURE[|];STRUCTURE_ID;ACTION;SERIES_KEY;OBS_KEY;SEX: Sexe;"
      "OBS_VALUE: Valeur;M[]: Méthodes\n"
      "dataflow;A:B(1.0): Un titre: long;I;F;F.2014;F: Femmes;12,4;x|y\n");
  ASSERT_TRUE(r.ok) << r.codes();
  const Dataset& dataset = r.source->dataset();
  EXPECT_EQ(dataset.labels, Labels::kBoth);
  EXPECT_EQ(dataset.sub_field_separator, "|");
  EXPECT_EQ(dataset.decimal_mark, '\0');
  EXPECT_EQ(dataset.structures[0].id, "A:B(1.0)");
  EXPECT_EQ(dataset.structures[0].label, "Un titre: long");
  EXPECT_EQ(dataset.find("SEX")->label, "Sexe");
  EXPECT_EQ(dataset.find("M")->shape, ValueShape::kMultiple);
  EXPECT_EQ(dataset.find("SERIES_KEY")->role, ComponentRole::kKey);
  EXPECT_EQ(r.cell(0, "SEX"), "F: Femmes");
}

TEST(SdmxCsv, NamesInColumnsOfTheirOwn) {
  Reading r(
      "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,SEX,Sex,OBS_VALUE,Observation value,UPDATED\n"
      "dataflow,A:B(1.0),Title,I,F,Females,12.4,,2021\n");
  ASSERT_TRUE(r.ok) << r.codes();
  const Dataset& dataset = r.source->dataset();
  EXPECT_EQ(dataset.labels, Labels::kName);
  EXPECT_EQ(dataset.structures[0].label, "Title");
  EXPECT_EQ(dataset.find("SEX")->label, "Sex");
  EXPECT_EQ(dataset.find("Sex"), nullptr);
  EXPECT_EQ(dataset.find("UPDATED")->role, ComponentRole::kCustom);
}

TEST(SdmxCsv, EveryActionAndNoneAreRead) {
  Reading r(
      "STRUCTURE,STRUCTURE_ID,ACTION,SEX\n"
      "dataflow,A:B,I,F\ndataflow,A:B,A,F\ndataflow,A:B,R,F\ndataflow,A:B,D,\n"
      "dataflow,A:B,M,F\ndataflow,A:B,,F\ndataflow,A:B,X,F\n");
  ASSERT_TRUE(r.ok);
  ASSERT_EQ(r.block.rows(), 6U);
  EXPECT_EQ(r.block.action(1), Action::kAppend);
  EXPECT_EQ(r.block.action(2), Action::kReplace);
  EXPECT_EQ(r.block.action(3), Action::kDelete);
  EXPECT_EQ(r.block.action(4), Action::kMerge);
  EXPECT_EQ(r.block.action(5), Action::kInformation);
  EXPECT_EQ(r.codes(), "BAD_ACTION ");
  ASSERT_EQ(r.source->left_out().size(), 1U);
  EXPECT_EQ(r.source->left_out()[0].line, 8U);
}

TEST(SdmxCsv, VersionOneHasADataflowAndNoActions) {
  Reading r(
      "DATAFLOW,ACTION,OBS_VALUE,SEX\nA:B(1.0): Title,x,1,F\nA:B(1.0): Title,y,,M\nB,z,1,F\n");
  ASSERT_TRUE(r.ok) << r.codes();
  EXPECT_EQ(r.source->dataset().structures[0].id, "A:B(1.0)");
  EXPECT_EQ(r.source->dataset().structures[0].label, "Title");
  EXPECT_EQ(r.block.rows(), 2U);
  EXPECT_EQ(r.cell(0, "ACTION"), "x") << "a column like any other";
  EXPECT_EQ(r.codes(), "BAD_STRUCTURE ");
}

TEST(SdmxCsv, WhatIsMissingOnPurposeIsABlankWithItsStatus) {
  FindingLog log("t.csv");
  auto source = open_source_text("t.csv",
                                 "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE,"
                                 "OBS_STATUS,COMMENT_OBS\n"
                                 "dataflow,RAPPORTEUR:THB(1.0),M,AT,2006,NaN,L,#N/A\n"
                                 "dataflow,RAPPORTEUR:THB(1.0),M,BE,2006,NaN,,x\n",
                                 {}, log);
  ASSERT_TRUE(source);
  const auto mapping = Mapping::parse("by_name = true\n[constants]\nINDICATOR = \"CJ_INV\"", "m");
  ASSERT_TRUE(mapping);
  const auto figures = bind(**source, *mapping, {}, log);
  ASSERT_TRUE(figures);
  ASSERT_EQ(figures->rows(), 2U);
  EXPECT_FALSE(figures->value(0));
  EXPECT_EQ(figures->code(Attribute::kObsStatus, 0), "L");
  EXPECT_EQ(figures->code(Attribute::kCommentObs, 0), "");
  EXPECT_FALSE(figures->value(1));
  EXPECT_EQ(figures->code(Attribute::kObsStatus, 1), "O");
}

TEST(SdmxCsv, RowsNameStructuresOfTheirOwn) {
  Reading r(
      "STRUCTURE,STRUCTURE_ID,ACTION,SEX\n"
      "dataflow,A:B(1.0),I,F\ndatastructure,A:C(2.0),I,F\ndataprovision,A:D,I,F\n"
      "dataflow,A:B(1.0),I,F\ntable,A:B,I,F\ndataflow,no reference,I,F\n");
  ASSERT_TRUE(r.ok);
  ASSERT_EQ(r.block.rows(), 4U);
  EXPECT_EQ(r.source->dataset().structures.size(), 3U);
  EXPECT_EQ(r.block.structure(3), 0U);
  EXPECT_EQ(r.codes(), "BAD_STRUCTURE BAD_STRUCTURE ");
}

TEST(SdmxCsv, MultilineFieldsKeepTheirLinesAndNumbering) {
  Reading r(
      "STRUCTURE,STRUCTURE_ID,ACTION,COMMENT_OBS\r\n"
      "dataflow,A:B(1.0),I,\"<p>some \"\"xhtml\"\"\r\nbreak</p>\"\r\n"
      "dataflow,A:B(1.0),I, blanks stay \r\n");
  ASSERT_TRUE(r.ok) << r.codes();
  EXPECT_EQ(r.cell(0, "COMMENT_OBS"), "<p>some \"xhtml\"\r\nbreak</p>");
  EXPECT_EQ(r.cell(1, "COMMENT_OBS"), " blanks stay ");
  EXPECT_EQ(r.block.line(0), 2U);
  EXPECT_EQ(r.block.line(1), 4U);
}

TEST(SdmxCsv, SurplusDelimitersOfDeleteRowsAreTolerated) {
  Reading r("STRUCTURE,STRUCTURE_ID,ACTION,SEX\ndataflow,A:B,D,F,,\ndataflow,A:B,D,F,x\n");
  ASSERT_TRUE(r.ok);
  EXPECT_EQ(r.block.rows(), 1U);
  EXPECT_EQ(r.codes(), "RAGGED_ROW ");
}

TEST(SdmxCsv, SeveralValuesOfACellComeApart) {
  const Component many{.id = "A", .shape = ValueShape::kMultiple};
  const auto plain = split_values(many, ";", "M, N & O;P & Q");
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, (MultipleValues{{{"", "M, N & O"}}, {{"", "P & Q"}}}));
  const auto nested = split_values(many, ";", R"("a;b";;"c;d")");
  ASSERT_TRUE(nested);
  EXPECT_EQ(*nested, (MultipleValues{{{"", "a"}, {"", "b"}}, {}, {{"", "c"}, {"", "d"}}}));
  const Component spoken{.id = "A", .shape = ValueShape::kMultilingual};
  const auto one = split_values(spoken, ";", "en:Any Value;fr:N'importe quelle Valeur");
  ASSERT_TRUE(one);
  EXPECT_EQ(*one, (MultipleValues{{{"en", "Any Value"}, {"fr", "N'importe quelle Valeur"}}}));
  const auto two = split_values(spoken, ";", R"("en:V1;fr:V2";"en:V3;de:V4")");
  ASSERT_TRUE(two);
  EXPECT_EQ(*two, (MultipleValues{{{"en", "V1"}, {"fr", "V2"}}, {{"en", "V3"}, {"de", "V4"}}}));
  EXPECT_FALSE(split_values(spoken, ";", "no language"));
  EXPECT_FALSE(split_values(many, ";", "\"open"));
  EXPECT_FALSE(split_values(many, ";", "\"a\"b"));
}

// Every file of the published examples and of folders like it: read, or refused with a reason.
TEST(SdmxCsvRealData, EveryFileIsReadAndEveryRowIsAccountedFor) {
  const auto data = rapporteur::testing::real_data();
  if (!data) GTEST_SKIP() << "no real data folder";
  const auto files = rapporteur::testing::files_below(*data / "sdmx" / "csv-2.0", ".csv");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    FindingLog findings(file.string());
    const auto figures = read_figures(file.string(), nullptr, {}, findings);
    if (!figures) {
      EXPECT_GT(findings.errors(), 0U) << figures.error().line();
      continue;
    }
    EXPECT_GT(figures->rows() + figures->unbound().size() + figures->deletions().size(), 0U);
    // One cause of many rows is said once, with their number.
    const auto all = findings.findings();
    std::uint64_t said_elsewhere = 0;
    for (const Finding& finding : all) {
      if (finding.severity == Severity::kError) said_elsewhere += finding.more_rows;
    }
    for (const auto& row : figures->unbound()) {
      const bool said = std::any_of(all.begin(), all.end(), [&](const Finding& finding) {
        return finding.line == row.line && finding.severity == Severity::kError;
      });
      if (said) continue;
      ASSERT_GT(said_elsewhere, 0U) << "line " << row.line << " has no reason";
      --said_elsewhere;
    }
  }
}

// The first examples bind whole once a mapping says what their columns are.
TEST(SdmxCsvRealData, ExampleFilesBindThroughAMapping) {
  const auto data = rapporteur::testing::real_data();
  if (!data) GTEST_SKIP() << "no real data folder";
  const auto mapping = Mapping::parse(R"toml(
    dataflow = "RAPPORTEUR:THB(1.0)"
    [columns]
    DIM_1 = "EXPL_FORM"
    DIM_2 = "SEX"
    DIM_3 = "TIME_PERIOD"
    ATTR_3 = "COMMENT_OBS"
    [constants]
    REF_AREA = "EU"
    INDICATOR = "VIC_REG"
    [codes.EXPL_FORM]
    A = "LAB"
    [codes.SEX]
    B = "F"
    [[measures]]
    column = "OBS_VALUE"
  )toml",
                                      "examples.toml");
  ASSERT_TRUE(mapping) << mapping.error().line();
  for (const char* name : {"example-01.csv", "example-04.csv", "example-06.csv"}) {
    SCOPED_TRACE(name);
    const auto file = *data / "sdmx" / "csv-2.0" / name;
    if (!std::filesystem::exists(file)) continue;
    FindingLog findings(name);
    const auto figures = read_figures(file.string(), &*mapping, {}, findings);
    ASSERT_TRUE(figures) << figures.error().line();
    EXPECT_EQ(findings.errors(), 0U);
    ASSERT_EQ(figures->rows(), 2U);
    EXPECT_EQ(figures->value(0)->text(), "12.4");
    EXPECT_EQ(figures->observation(0).key_text(), "M.EU._Z.VIC_REG.LAB.F._T._T._T.PER.2014-01");
    EXPECT_EQ(figures->code(Attribute::kSourceCode, 0), "EXPL_FORM=A;SEX=B");
    EXPECT_FALSE(figures->code(Attribute::kCommentObs, 0).empty());
  }
}

}  // namespace
}  // namespace rapporteur::sources
