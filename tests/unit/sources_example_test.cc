// The commented example mapping binds every fact of the fixture, and the plan cuts them.
#include <set>

#include <gtest/gtest.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/plan.h"
#include "tests/support/paths.h"

namespace rapporteur::sources {
namespace {

const std::string kFixture = rapporteur::testing::fixtures() / "com-2008-657.csv";
const std::string kMapping =
    std::string(RAPPORTEUR_SOURCE_DIR) + "/adapters/sources/examples/com-2008-657.toml";

struct Fixture {
  FindingLog findings{kFixture};
  Result<Mapping> mapping = Mapping::read_file(kMapping);
  Result<BoundFigures> figures = tl::unexpected<Error>(Error{});

  Fixture() {
    if (mapping) figures = read_figures(kFixture, &*mapping, {}, findings);
  }
};

TEST(ComExample, AllTwoHundredRowsBindWithoutAFinding) {
  Fixture fixture;
  ASSERT_TRUE(fixture.mapping) << fixture.mapping.error().line();
  ASSERT_TRUE(fixture.figures) << fixture.figures.error().line();
  for (const auto& finding : fixture.findings.findings()) ADD_FAILURE() << finding.to_line();
  EXPECT_EQ(fixture.figures->rows(), 200U);
  EXPECT_TRUE(fixture.figures->unbound().empty());
}

TEST(ComExample, ARowSaysWhatTheFileSays) {
  Fixture fixture;
  ASSERT_TRUE(fixture.figures);
  const auto& figures = *fixture.figures;
  std::size_t row = 0;
  while (figures.code(Dimension::kIndicator, row) != "CJ_INV") ++row;
  const Observation first = figures.observation(row);
  EXPECT_EQ(first.key_text(), "A.EU._Z.CJ_INV.SEX._Z._Z._Z._Z.CASE.2001");
  EXPECT_EQ(first.value->text(), "195");
  EXPECT_EQ(first[Attribute::kObsStatus], "W");
  EXPECT_EQ(first[Attribute::kValueQualifier], "=");
  EXPECT_EQ(first[Attribute::kMethod], "section 1.3");
  EXPECT_EQ(first[Attribute::kConfStatus], "F");
  EXPECT_EQ(figures.line(row), 17U);
}

TEST(ComExample, PersonsHaveTotalsAndFactsOfOtherKindsHaveNone) {
  Fixture fixture;
  ASSERT_TRUE(fixture.figures);
  for (std::size_t row = 0; row < fixture.figures->rows(); ++row) {
    const bool persons = fixture.figures->code(Dimension::kUnitMeasure, row).starts_with("PER");
    EXPECT_EQ(fixture.figures->code(Dimension::kCitizen, row), persons ? "_T" : "_Z");
    EXPECT_EQ(fixture.figures->code(Dimension::kRegOrg, row), persons ? "_T" : "_Z");
  }
}

TEST(ComExample, BlanksStayMissingAndDecimalsExact) {
  Fixture fixture;
  ASSERT_TRUE(fixture.figures);
  std::size_t missing = 0;
  std::set<std::string> values;
  for (std::size_t row = 0; row < fixture.figures->rows(); ++row) {
    const auto& value = fixture.figures->value(row);
    if (value) {
      values.insert(value->text());
      continue;
    }
    ++missing;
    EXPECT_EQ(fixture.figures->code(Attribute::kObsStatus, row), "O");
  }
  EXPECT_EQ(missing, 6U);
  EXPECT_TRUE(values.contains("3102484.78"));
}

TEST(ComExample, PlanHasOneSubmissionAnIndicator) {
  Fixture fixture;
  ASSERT_TRUE(fixture.figures);
  const auto plan = plan_submissions(*fixture.figures, {}, fixture.findings);
  ASSERT_TRUE(plan) << plan.error().line();
  std::set<std::string> indicators;
  std::size_t rows = 0;
  for (const auto& submission : plan->submissions) {
    EXPECT_TRUE(indicators.insert(submission.indicator).second) << submission.indicator;
    EXPECT_EQ(submission.lines.size(), submission.observations.rows());
    EXPECT_EQ(submission.releasability.text(), "PUBLIC");
    EXPECT_EQ(submission.rows_left_out, 0U);
    rows += submission.observations.rows();
  }
  EXPECT_EQ(rows, 200U);
  EXPECT_EQ(indicators.size(), 58U);
}

}  // namespace
}  // namespace rapporteur::sources
