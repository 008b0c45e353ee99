// Registers and tables as they are read: what is counted, and what is said of what is not.
#include <gtest/gtest.h>

#include "adapters/anonymise/alternatives.h"
#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/certificate_json.h"
#include "adapters/anonymise/detail.h"
#include "adapters/anonymise/release.h"
#include "adapters/anonymise/report.h"
#include "adapters/sinks/hub_dataset.h"
#include "tests/support/paths.h"

namespace rapporteur::anonymise {
namespace {

const std::string kHead =
    "dataflow = \"RAPPORTEUR:THB(1.0)\"\nindicator = \"VIC_IDENT\"\nunit = \"PER\"\n"
    "ref_area = \"AT\"\n";
const std::string kYear = "time = \"2024\"\n";
const std::string kSex =
    "[[dimensions]]\nname = \"SEX\"\ncolumn = \"sex\"\ncodes = { woman = \"F\", man = \"M\" }\n";
const std::string kAge =
    "[[dimensions]]\nname = \"AGE\"\ncolumn = \"age\"\nbands = [\"Y_LT18\", \"Y18T24\", "
    "\"Y_GE25\"]\n";
const std::string kCitizen =
    "[[dimensions]]\nname = \"CITIZEN\"\ncolumn = \"citizen\"\n"
    "groups = { EU27_2020 = [\"RO\", \"BG\"] }\n";

struct Given {
  testing::TempDir folder;
  Spec spec;
  explicit Given(const std::string& toml) {
    auto parsed = Spec::parse(toml, "s.toml");
    EXPECT_TRUE(parsed) << parsed.error().line();
    if (parsed) spec = std::move(*parsed);
  }
  Result<Cases> read(const std::string& csv) {
    testing::write_file(folder / "in.csv", csv);
    return read_cases(spec, (folder / "in.csv").string());
  }
};

std::string rows(std::size_t number, const std::string& row) {
  std::string out;
  for (std::size_t i = 0; i < number; ++i) out += row + "\n";
  return out;
}

TEST(AnonymiseCases, RowsAreCountedByTheirCodes) {
  Given given(kHead + "time = { column = \"day\", per = \"half-year\" }\n" + kSex + kAge);
  const auto cases = given.read(
      "day;sex;age\n2024-01-05;woman;17\n2024-03;woman;17\n2024-07-01;man;30\n2023;F;Y_LT18\n");
  ASSERT_TRUE(cases) << cases.error().line();
  EXPECT_EQ(cases->rows, 3U);
  EXPECT_EQ(cases->refused, 1U);  // a year is longer than its half
  ASSERT_EQ(cases->slices.size(), 2U);
  EXPECT_EQ(cases->slices[0].period, "2024-S1");
  EXPECT_EQ(cases->leaves[0], (std::vector<std::string>{"F", "M"}));
  EXPECT_EQ(cases->slices[0].counts, (std::map<Key, std::int64_t>{{{0, 2}, 2}}));
}

TEST(AnonymiseCases, OfARowThatCannotBeMappedTheTextIsNeverSaid) {
  Given given(kHead + kYear + kSex + kAge);
  const std::string secret = "Maria Musterfrau";
  const auto cases = given.read("sex,age\nwoman,17\n" + secret + ",20\nwoman," + secret +
                                "\nwoman,-4\nwoman\n_T,20\n");
  ASSERT_TRUE(cases) << cases.error().line();
  EXPECT_EQ(cases->rows, 1U);
  EXPECT_EQ(cases->refused, 5U);
  ASSERT_EQ(cases->refused_rows.size(), 5U);
  EXPECT_EQ(cases->refused_rows[0].line, 3U);
  EXPECT_EQ(cases->refused_rows[0].column, "sex");
  EXPECT_EQ(cases->refused_rows[1].column, "age");
  for (const RefusedRow& row : cases->refused_rows) {
    EXPECT_EQ((row.column + row.what).find("Maria"), std::string::npos) << row.what;
  }
}

TEST(AnonymiseCases, AFileThatIsNoneIsSaidWithItsPlaceAlone) {
  Given given(kHead + kYear + kSex);
  const struct {
    std::string csv;
    std::string says;
  } bad[] = {
      {"", "empty"},
      {"sex\n", "no row"},
      {"sexe\nwoman\n", "did you mean sexe"},
      {"sex\n\"Maria\" Musterfrau\"\n", "in.csv:2"},
      {std::string("sex\nMar\xFFia\n"), "in.csv:2"},
  };
  for (const auto& one : bad) {
    const auto cases = given.read(one.csv);
    ASSERT_FALSE(cases) << one.csv;
    EXPECT_NE(cases.error().line().find(one.says), std::string::npos) << cases.error().line();
    EXPECT_EQ(cases.error().line().find("Maria"), std::string::npos) << cases.error().line();
  }
}

TEST(AnonymiseCases, TotalsOfATableAreWhatTheirPartsAddUpTo) {
  Given given("input = \"table\"\ncount = \"n\"\n" + kHead + kYear + kSex + kCitizen);
  const std::string leaves = "sex,citizen,n\nF,RO,16\nM,BG,3\nM,NG,20\n";
  const auto adds = given.read(leaves + "_T,_T,39\n_T,EU27_2020,19\nM,_T,23\n");
  ASSERT_TRUE(adds) << adds.error().line();
  const auto wrong = given.read(leaves + "_T,EU27_2020,18\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where.substr(wrong.error().where.size() - 2), ":5");
  EXPECT_NE(wrong.error().what.find("CITIZEN=EU27_2020: its parts are 16 + 3 = 19, not 18"),
            std::string::npos)
      << wrong.error().what;
  const auto twice = given.read(leaves + "F,RO,16\n");
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().what.find("second time"), std::string::npos);
  const auto half = given.read("sex,citizen,n\nF,RO,1.5\n");
  ASSERT_TRUE(half);
  EXPECT_EQ(half->refused, 1U);
}

TEST(AnonymiseCases, PeriodsOfDifferentLengthsAreNotOneTable) {
  Given given(kHead + "time = { column = \"t\" }\n" + kSex);
  const auto cases = given.read("t,sex\n2024,woman\n2024-Q1,man\n");
  ASSERT_FALSE(cases);
  EXPECT_NE(cases.error().what.find("different lengths"), std::string::npos);
}

Result<Release> release_of(const Given& given, const Cases& cases) {
  return release({given.spec, cases.axes(), cases.slices});
}

const ReleasedRow* row_at(const Release& release, const std::vector<std::string>& codes) {
  for (const ReleasedRow& row : release.slices.front().rows) {
    bool same = true;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      same = same && release.axes[i].codes[row.codes[i]].code == codes[i];
    }
    if (same) return &row;
  }
  return nullptr;
}

TEST(AnonymiseRelease, ZerosOfSexAndAgeArePublishedBesideCounts) {
  Given given(kHead + kYear + kSex + kAge);
  const auto cases = given.read("sex,age\n" + rows(20, "woman,30") + rows(15, "woman,10"));
  ASSERT_TRUE(cases);
  const auto released = release_of(given, *cases);
  ASSERT_TRUE(released) << released.error().line();
  for (const auto& codes :
       {std::vector<std::string>{"M", "_T"}, {"F", "Y18T24"}, {"_T", "Y18T24"}, {"M", "Y_GE25"}}) {
    const ReleasedRow* row = row_at(*released, codes);
    ASSERT_NE(row, nullptr);
    EXPECT_FALSE(row->hidden);
    EXPECT_EQ(row->count, 0);
  }
}

TEST(AnonymiseRelease, UnderASmallTotalAllIsHiddenAndNothingTellsWhoItIs) {
  Given given(kHead + kYear + kSex + kAge + kCitizen);
  const auto of = [&](const std::string& csv) {
    const auto cases = given.read("sex,age,citizen\n" + csv);
    EXPECT_TRUE(cases);
    return release_of(given, *cases);
  };
  const auto women = of(rows(7, "woman,30,RO"));
  const auto men = of(rows(4, "man,12,RO") + rows(3, "man,20,RO"));
  ASSERT_TRUE(women && men);
  EXPECT_EQ(sinks::sdmx_csv_of("x", observations_of(given.spec, *women)),
            sinks::sdmx_csv_of("x", observations_of(given.spec, *men)));
  const ReleasedSlice& slice = women->slices.front();
  EXPECT_EQ(slice.rows.size(), 12U);  // (F M _T) by (three bands and _T)
  EXPECT_EQ(slice.variables.size(), 11U);
  EXPECT_TRUE(not_shown(slice.targets, slice.witnesses, given.spec.rule).empty());
}

TEST(AnonymiseRelease, SensitiveZerosAreHiddenOverAllCombinations) {
  Given given("zeros = \"sensitive\"\n" + kHead + kYear + kSex + kAge);
  const auto cases = given.read("sex,age\n" + rows(40, "woman,30") + rows(30, "man,30") +
                                rows(25, "woman,20") + rows(33, "man,10"));
  ASSERT_TRUE(cases);
  const auto released = release_of(given, *cases);
  ASSERT_TRUE(released) << released.error().line();
  EXPECT_EQ(released->slices.front().rows.size(), 12U);
  EXPECT_TRUE(row_at(*released, {"M", "Y18T24"})->hidden);
  EXPECT_TRUE(row_at(*released, {"F", "Y_LT18"})->hidden);
}

TEST(AnonymiseRelease, WhatIsToBeHiddenIsAndWhatIsToBeKeptStays) {
  const std::string csv = "sex,age\n" + rows(40, "woman,30") + rows(30, "man,30") +
                          rows(25, "woman,20") + rows(33, "man,10") + rows(21, "man,20") +
                          rows(18, "woman,10");
  Given hide(kHead + kYear + kSex + kAge + "[[hide]]\nSEX = \"F\"\nAGE = \"Y18T24\"\n" +
             "[[keep]]\nSEX = \"F\"\nAGE = \"Y_GE25\"\n");
  const auto cases = hide.read(csv);
  ASSERT_TRUE(cases);
  const auto released = release_of(hide, *cases);
  ASSERT_TRUE(released) << released.error().line();
  EXPECT_TRUE(row_at(*released, {"F", "Y18T24"})->hidden);
  EXPECT_FALSE(row_at(*released, {"F", "Y_GE25"})->hidden);
  EXPECT_GE(released->slices.front().variables.size(), 4U);

  Given keep(kHead + kYear + kSex + kAge + "[[keep]]\nSEX = \"M\"\nAGE = \"Y_LT18\"\n");
  const auto small = keep.read("sex,age\n" + rows(40, "woman,30") + rows(3, "man,10"));
  ASSERT_TRUE(small);
  const auto refused = release_of(keep, *small);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().line().find("AT 2024: a cell that is to be kept must be hidden"),
            std::string::npos)
      << refused.error().line();
}

TEST(AnonymiseRelease, SmallCountsLeaveNoTraceInWhatIsWritten) {
  Given given(kHead + kYear + kSex + kAge + kCitizen);
  std::string csv = "sex,age,citizen\n";
  for (const char* citizen : {"RO", "BG", "NG"}) {
    for (const char* sex : {"woman", "man"}) {
      for (const char* age : {"10", "20", "30"}) {
        const bool small = std::string(citizen) == "BG" && std::string(age) == "20";
        csv += rows(small ? 4 : 23, std::string(sex) + "," + age + "," + citizen);
      }
    }
  }
  const auto cases = given.read(csv);
  ASSERT_TRUE(cases);
  const auto released = release_of(given, *cases);
  ASSERT_TRUE(released) << released.error().line();
  const ObservationSet out = observations_of(given.spec, *released);
  for (std::size_t row = 0; row < out.rows(); ++row) {
    const bool hidden = !out.value(row).has_value();
    EXPECT_EQ(out.code(Attribute::kObsStatus, row), hidden ? "Q" : "A");
    // Nothing tells which of the hidden ones is small.
    EXPECT_EQ(out.code(Attribute::kConfStatus, row), hidden ? "C" : "F");
    EXPECT_TRUE(hidden || *out.value(row) == Decimal(0) || *out.value(row) > Decimal(9));
  }
  const ReleasedSlice& slice = released->slices.front();
  EXPECT_TRUE(not_shown(slice.targets, slice.witnesses, given.spec.rule).empty());
  const ReleaseReport report = report_on(given.spec, *cases, *released, true);
  EXPECT_EQ(report.alternatives.size(), 2U);
  EXPECT_GT(report.detail.primary, 0U);
  for (const std::string& file :
       {certificate_json(given.spec, *released, "x"), report_json(report),
        report_html(report, Language::kEnglish), report_html(report, Language::kFrench)}) {
    EXPECT_EQ(file.find("primary"), std::string::npos);
    EXPECT_EQ(file.find("for their own sake"), std::string::npos);
  }
}

TEST(AnonymiseAlternatives, NeighbouringBandsAndCountriesAreMerged) {
  Given given(kHead + kYear + kSex + kAge + kCitizen);
  const auto cases = given.read("sex,age,citizen\nwoman,10,RO\nwoman,20,AT\nman,30,NG\n");
  ASSERT_TRUE(cases);
  const auto ages = with_coarser_ages(*cases);
  ASSERT_TRUE(ages);
  EXPECT_EQ(ages->leaves[1], (std::vector<std::string>{"Y_GE25", "Y_LT25"}));
  const auto citizens = with_coarser_citizens(*cases);
  ASSERT_TRUE(citizens);
  EXPECT_EQ(citizens->leaves[2], (std::vector<std::string>{"AT", "EU27_2020", "_O"}));
  EXPECT_EQ(citizens->slices[0].counts.size(), 3U);
}

}  // namespace
}  // namespace rapporteur::anonymise
