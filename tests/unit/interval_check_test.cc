// What a certificate has to show of a release, case by case.
#include "broker/disclosure/interval_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "broker/disclosure/certificate.h"
#include "broker/disclosure/release_check.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kColumns =
    "INDICATOR,REF_AREA,TIME_PERIOD,EXPL_FORM,SEX,AGE,UNIT_MEASURE,OBS_VALUE,OBS_STATUS\n";

FiguresFile table(const std::string& rows, const std::string& policy = "k=10") {
  return parse_figures("# policy: " + policy + "\n" + std::string(kColumns) + rows);
}
std::string cell(const std::string& sex, const std::string& age, const std::string& value) {
  return "VIC_REG,LV,2007,_T," + sex + "," + age + ",PER," + value + "," +
         (value.empty() ? "Q" : "A") + "\n";
}
std::string sex(const std::string& code, const std::string& value) {
  return cell(code, "_T", value);
}

std::vector<std::string> said(const FiguresFile& file,
                              const disclosure::CertificateSource& source) {
  std::vector<std::string> out;
  for (const auto& finding : disclosure::check_release(file.submission(0), file.policy,
                                                       file.published, file.before, source)) {
    out.push_back(std::to_string(finding.row) + " " + finding.code + " " + finding.detail_en);
  }
  return out;
}
std::vector<std::string> said_when_made(const std::string& rows,
                                        const std::string& policy = "k=10") {
  return said(table(rows, policy), anonymise::certify);
}

std::string made_for(const FiguresFile& file) {
  std::string bytes;
  static_cast<void>(said(file, [&](const disclosure::CertificateTask& task) {
    auto made = anonymise::certify(task);
    if (made) bytes = made->bytes;
    return made;
  }));
  return bytes;
}
template <typename Change>
std::vector<std::string> said_of_changed(const std::string& rows, const Change& change) {
  const FiguresFile file = table(rows);
  auto certificate = disclosure::decode_certificate(made_for(file)).value();
  change(certificate);
  return said(file, disclosure::given_certificate(disclosure::encode(certificate).value()));
}

const std::string kHidden = sex("F", "") + sex("M", "");
const std::string kTable = kHidden + sex("_T", "18");
const std::string kPublished = "# published\n";

TEST(IntervalCheck, WhatIsHiddenNeedsACertificate) {
  EXPECT_THAT(said(table(kTable), disclosure::given_certificate({})),
              ElementsAre("0 NEEDS_CERTIFICATE nothing shows that the hidden counts (2) cannot be "
                          "told"));
  EXPECT_THAT(said_when_made(kTable), IsEmpty());
}

TEST(IntervalCheck, NobodyIsAskedWhereNothingProtectedIsHidden) {
  const auto never =
      [](const disclosure::CertificateTask&) -> Result<disclosure::GivenCertificate> {
    ADD_FAILURE() << "asked";
    return disclosure::GivenCertificate{};
  };
  EXPECT_THAT(said(table(sex("F", "16") + sex("M", "20") + sex("_T", "36")), never), IsEmpty());
  EXPECT_THAT(said(table(sex("_T", "")), never), IsEmpty());
  // It follows exactly: that is a finding already.
  EXPECT_THAT(said(table(sex("F", "16") + sex("M", "") + sex("_T", "18")), never),
              ElementsAre(HasSubstr("LINEAR_EXACT")));
}

TEST(IntervalCheck, AnAreaThatTheSubmissionDoesNotTouchIsNotAsked) {
  const std::string other = "VIC_REG,EE,2007,_T,F,_T,PER,20,A\n";
  EXPECT_THAT(said(table(other + kPublished + kTable), disclosure::given_certificate({})),
              IsEmpty());
}

TEST(IntervalCheck, CountsThatBoundsHoldAreNarrow) {
  EXPECT_THAT(
      said_when_made(kHidden + sex("_T", "10")),
      ElementsAre("1 INTERVAL SEX=F: only counts from 1 to 9 are shown to be possible; they must "
                  "lie 3 apart, and not all from 1 to 9; held by _T (10) = F + M",
                  "2 INTERVAL SEX=M: only counts from 1 to 9 are shown to be possible; they must "
                  "lie 3 apart, and not all from 1 to 9; held by _T (10) = F + M"));
  // A sum of ones gives both away.
  EXPECT_THAT(said_when_made(kHidden + sex("_U", "16") + sex("_T", "18")),
              ElementsAre(HasSubstr("INTERVAL SEX=F: only counts from 1 to 1"),
                          HasSubstr("INTERVAL SEX=M: only counts from 1 to 1")));
}

TEST(IntervalCheck, UnderASmallTotalTheWholeBreakdownMayBeHidden) {
  EXPECT_THAT(said_when_made(kHidden + sex("_T", "1")), IsEmpty());
  EXPECT_THAT(said_when_made(kHidden + sex("_T", "9")), IsEmpty());
  // What is known beside it narrows what is left.
  EXPECT_THAT(said_when_made(kHidden + sex("_U", "4") + sex("_T", "6")),
              ::testing::Contains(HasSubstr("INTERVAL SEX=M: only counts from 0 to 2")));
}

TEST(IntervalCheck, ZerosThatAreSensitiveWidenTheRange) {
  EXPECT_THAT(said_when_made(kHidden + sex("_T", "10"), "k=10 zeros_sensitive=yes"), IsEmpty());
}

TEST(IntervalCheck, ACertificateOfOtherFiguresIsStale) {
  const std::string bytes = made_for(table(kTable));
  const auto given = disclosure::given_certificate(bytes);
  EXPECT_THAT(said(table(kTable), given), IsEmpty());
  EXPECT_THAT(said(table(kHidden + kPublished + sex("_T", "18")), given), IsEmpty());
  EXPECT_THAT(said(table(kHidden + sex("_T", "19")), given),
              ElementsAre(HasSubstr("0 STALE_LEDGER the certificate is of another table")));
  EXPECT_THAT(said(table(kTable + kPublished + sex("_U", "2")), given),
              ElementsAre(HasSubstr("0 STALE_LEDGER the certificate is of another table")));
  EXPECT_THAT(said(table(kTable, "k=11"), given),
              ElementsAre(HasSubstr("0 STALE_LEDGER the certificate was made under another")));
}

TEST(IntervalCheck, TheOrderOfRowsDoesNotMatter) {
  const std::string bytes = made_for(table(kTable));
  EXPECT_THAT(said(table(sex("_T", "18") + sex("M", "") + sex("F", "")),
                   disclosure::given_certificate(bytes)),
              IsEmpty());
}

TEST(IntervalCheck, AWitnessMustFitEverything) {
  EXPECT_THAT(said_of_changed(kTable, [](auto& c) { ++c.witnesses[0].numerators[0]; }),
              ElementsAre("0 BAD_CERTIFICATE witness 1 does not fit _T (18) = F + M"));
  EXPECT_THAT(said_of_changed(kTable,
                              [](auto& c) {
                                c.witnesses[1].numerators = {0, 18};
                              }),
              ElementsAre("0 BAD_CERTIFICATE witness 2 gives SEX=F a count that it cannot have"));
  EXPECT_THAT(said_of_changed(kTable, [](auto& c) { ++c.narrowest; }),
              ElementsAre(HasSubstr("BAD_CERTIFICATE its counts are not those")));
  EXPECT_THAT(said_of_changed(kTable, [](auto& c) { --c.hidden_cells; }),
              ElementsAre(HasSubstr("BAD_CERTIFICATE its counts are not those")));
  EXPECT_THAT(said(table(kTable), disclosure::given_certificate("no certificate")),
              ElementsAre(HasSubstr("0 BAD_CERTIFICATE the certificate cannot be read")));
}

TEST(IntervalCheck, OneWitnessIsNotEnough) {
  EXPECT_THAT(said_of_changed(kTable,
                              [](auto& c) {
                                c.witnesses = {{1, {8, 10}}};
                                c.narrowest = 0;
                              }),
              ElementsAre(HasSubstr("1 INTERVAL SEX=F: only counts from 8 to 8"),
                          HasSubstr("2 INTERVAL SEX=M: only counts from 10 to 10")));
}

TEST(IntervalCheck, AShareMayBeAWitness) {
  EXPECT_THAT(said_of_changed(kTable,
                              [](auto& c) {
                                c.witnesses = {{2, {3, 33}}, {2, {33, 3}}};
                                c.narrowest = 15;
                              }),
              IsEmpty());
}

TEST(IntervalCheck, WhatWasAsNarrowBeforeIsAWarning) {
  const std::string narrow = kHidden + sex("_T", "10");
  EXPECT_THAT(
      said_when_made(narrow + "# replaced\n" + narrow),
      ElementsAre(HasSubstr("1 ALREADY_PUBLIC SEX=F"), HasSubstr("2 ALREADY_PUBLIC SEX=M")));
  // It was wider.
  EXPECT_THAT(said_when_made(narrow + "# replaced\n" + kHidden + sex("_T", "11")),
              ElementsAre(HasSubstr("1 INTERVAL SEX=F"), HasSubstr("2 INTERVAL SEX=M")));
}

TEST(IntervalCheck, WhyNoneCouldBeMadeIsSaid) {
  const auto gave_up =
      [](const disclosure::CertificateTask&) -> Result<disclosure::GivenCertificate> {
    return fail(ErrorKind::kRefused, "the solver gave up");
  };
  EXPECT_THAT(said(table(kTable), gave_up),
              ElementsAre(HasSubstr("0 NEEDS_CERTIFICATE nothing shows that the hidden counts (2) "
                                    "cannot be told: the solver gave up")));
}

}  // namespace
}  // namespace rapporteur::testing
