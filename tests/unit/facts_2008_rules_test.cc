// The figures of COM(2008) 657 pass the rules, and what the document got wrong does not.
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using ::testing::IsEmpty;

std::vector<rules::Finding> errors_of(std::vector<rules::Finding> findings) {
  std::erase_if(findings,
                [](const auto& finding) { return finding.severity == rules::Severity::kWarning; });
  return findings;
}

std::string text_of(const std::vector<rules::Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += finding.code + " " + std::to_string(finding.row) + " " + finding.field + " " +
            finding.key + ": " + finding.detail_en + "\n";
  }
  return text;
}

FiguresFile whole_document() {
  FiguresFile file;
  file.whole_file = true;
  file.parts = parts_of(facts_of_2008());
  return file;
}

TEST(FactsOf2008, All200PassAtTheDefaultPolicyWithoutAnError) {
  const FiguresFile file = whole_document();
  std::size_t rows = 0;
  std::vector<rules::Submission> submissions;
  for (std::size_t i = 0; i < file.parts.size(); ++i) {
    const rules::Submission submission = file.submission(i);
    rows += submission.observations.rows();
    submissions.push_back(submission);
    const auto errors = errors_of(rules::judge(submission, file.policy, file.published));
    EXPECT_THAT(errors, IsEmpty()) << text_of(errors);
    const auto small = disclosure::check_small_cells(submission, file.policy, file.published);
    EXPECT_THAT(small, IsEmpty()) << text_of(small);
    const auto given_away =
        disclosure::check_release(submission, file.policy, file.published, file.published);
    EXPECT_THAT(given_away, IsEmpty()) << text_of(given_away);
  }
  EXPECT_EQ(rows, 200U);
  const auto errors = errors_of(rules::judge_file(submissions, file.policy, file.published));
  EXPECT_THAT(errors, IsEmpty()) << text_of(errors);
}

TEST(FactsOf2008, TheDocumentsOddFiguresAreWarnings) {
  const FiguresFile file = whole_document();
  std::vector<rules::Submission> submissions;
  std::multiset<std::string> found;
  for (std::size_t i = 0; i < file.parts.size(); ++i) {
    submissions.push_back(file.submission(i));
    for (const auto& finding : rules::judge(submissions.back(), file.policy, file.published)) {
      found.insert(finding.code);
    }
  }
  const auto over_the_file = rules::judge_file(submissions, file.policy, file.published);
  for (const auto& finding : over_the_file) found.insert(finding.code);
  // Belgium and Bulgaria with 291 each.
  EXPECT_EQ(found.count("IDENTICAL_FIGURES"), 1U);
  // Italy's protected and reintegrated victims, 2005 and 2006.
  EXPECT_EQ(found.count("SAME_FIGURE_TWICE"), 2U);
  // Poland issues no permits, which last six months.
  EXPECT_EQ(found.count("CONTRADICTION"), 1U);
  // The United Kingdom assists many victims, how many is not said.
  EXPECT_EQ(found.count("ASSIST_WITHOUT_FIGURE"), 1U);
  EXPECT_EQ(found.count("MIXED_INVESTIGATIONS"), 1U);
  EXPECT_GE(found.count("BREAKDOWN_MISSING"), 2U);
  EXPECT_GE(found.count("UNRELIABLE"), 1U);
  // 2002 and 2004 of the Union's series are said to be missing.
  EXPECT_EQ(found.count("SILENT_YEARS"), 0U);
  EXPECT_EQ(found.count("IMPLAUSIBLE_JUMP"), 0U) << text_of(over_the_file);
}

TEST(FactsOf2008, LatviasOneProtectedVictimBySexIsASmallCell) {
  const FiguresFile file =
      parse_figures(R"(INDICATOR,REF_AREA,TIME_PERIOD,SEX,AGE,UNIT_MEASURE,OBS_VALUE,OBS_STATUS
VIC_PROT,LV,_U,_T,_T,PER,1,A
VIC_PROT,LV,_U,F,_T,PER,1,A
VIC_PROT,LV,_U,M,_T,PER,0,A
)");
  const auto submission = file.submission(0);
  EXPECT_THAT(errors_of(rules::judge(submission, file.policy, file.published)), IsEmpty());
  const auto found = disclosure::check_small_cells(submission, file.policy, file.published);
  ASSERT_EQ(found.size(), 2U) << text_of(found);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_EQ(found[i].code, "SMALL_CELL");
    EXPECT_EQ(found[i].row, i + 2);
    EXPECT_EQ(found[i].key, submission.observations.key_text(i + 1));
  }
}

}  // namespace
}  // namespace rapporteur::testing
