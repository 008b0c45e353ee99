// Every rule has a file that breaks it and one that does not.
#include <algorithm>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "broker/disclosure/certificate.h"
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "broker/rules/rule_book.h"
#include "tests/support/figures_csv.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

// MORE_FINDINGS is about the report, not the data; rule_book_test has it. TOO_COMPLEX takes more
// than a file of a few rows; release_check_test has it.
constexpr std::string_view kNotInFiles[] = {"MORE_FINDINGS", "TOO_COMPLEX"};

std::string altered(const std::string& bytes) {
  disclosure::Certificate certificate = disclosure::decode_certificate(bytes).value();
  ++certificate.witnesses.at(0).numerators.at(0);
  return disclosure::encode(certificate).value();
}

// As the file says.
std::string certificate_of(const FiguresFile& file, const rules::Submission& submission) {
  if (file.certificate.empty()) return {};
  const rules::NothingPublished nothing;
  const bool elsewhere = file.certificate == "elsewhere";
  std::string bytes;
  const auto make = [&](const disclosure::CertificateTask& task) {
    auto made = anonymise::certify(task);
    if (made) bytes = made->bytes;
    return made;
  };
  static_cast<void>(disclosure::check_release(
      submission, file.policy,
      elsewhere ? static_cast<const rules::PublishedFigures&>(nothing) : file.published,
      file.before, make));
  return file.certificate == "altered" ? altered(bytes) : bytes;
}

std::vector<rules::Finding> all_findings(const FiguresFile& file) {
  std::vector<rules::Finding> findings;
  const auto append = [&](std::vector<rules::Finding> more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings));
  };
  std::vector<rules::Submission> submissions;
  for (std::size_t i = 0; i < file.parts.size(); ++i) {
    submissions.push_back(file.submission(i));
    append(rules::judge(submissions.back(), file.policy, file.published));
    append(disclosure::check_small_cells(submissions.back(), file.policy, file.published,
                                         file.before));
    append(disclosure::check_release(
        submissions.back(), file.policy, file.published, file.before,
        disclosure::given_certificate(certificate_of(file, submissions.back()))));
  }
  if (file.whole_file) append(rules::judge_file(submissions, file.policy, file.published));
  return findings;
}

class RuleFixture : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::vector<rules::Finding> findings_of(const std::string& file) const {
    return all_findings(read_figures(fixtures() / "rules" / GetParam() / file));
  }
  [[nodiscard]] std::ptrdiff_t raised(const std::vector<rules::Finding>& findings) const {
    return std::count_if(findings.begin(), findings.end(),
                         [](const auto& finding) { return finding.code == GetParam(); });
  }
};

TEST_P(RuleFixture, FailingFileRaisesItWithPlaceAndWords) {
  const auto findings = findings_of("fail.csv");
  ASSERT_GE(raised(findings), 1);
  const rules::Rule* rule = rules::find_rule(GetParam());
  ASSERT_NE(rule, nullptr);
  for (const auto& finding : findings) {
    if (finding.code != GetParam()) continue;
    EXPECT_EQ(finding.severity, rule->severity);
    EXPECT_FALSE(finding.field.empty());
    EXPECT_FALSE(finding.detail_en.empty());
    EXPECT_FALSE(finding.detail_fr.empty());
    EXPECT_EQ(finding.remedy, rule->remedy_en);
    EXPECT_EQ(finding.key.empty(), finding.row == 0);
  }
}

TEST_P(RuleFixture, PassingFileDoesNotAndHasNoErrorAtAll) {
  const auto findings = findings_of("pass.csv");
  EXPECT_EQ(raised(findings), 0);
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.severity, rules::Severity::kWarning) << finding.code << finding.detail_en;
  }
}

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixtures() / "rules")) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleFixture, ::testing::ValuesIn(folders()),
                         [](const auto& param) { return param.param; });

TEST(RuleFixtures, EveryRuleHasAFolderAndEveryFolderARule) {
  std::set<std::string> of_rules;
  for (const rules::Rule& rule : rules::rules()) of_rules.emplace(rule.code);
  for (const std::string_view code : kNotInFiles) of_rules.erase(std::string(code));
  const auto names = folders();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), of_rules);
}

}  // namespace
}  // namespace rapporteur::testing
