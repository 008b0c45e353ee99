// Files as they should not be: one clear finding each, and bounded memory.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/limits.h"
#include "tests/support/paths.h"

namespace rapporteur::sources {
namespace {

const char kMappingText[] = R"toml(
  dataflow = "RAPPORTEUR:THB(1.0)"
  [columns]
  geo = "REF_AREA"
  period = "TIME_PERIOD"
  [constants]
  INDICATOR = "CJ_INV"
  [[measures]]
  column = "value"
)toml";

struct Outcome {
  bool stopped = false;
  std::size_t rows = 0;
  std::size_t left_out = 0;
  std::vector<Finding> findings;

  [[nodiscard]] std::string codes() const {
    std::string out;
    for (const auto& finding : findings) out += (out.empty() ? "" : " ") + finding.code;
    return out;
  }
};

Outcome outcome_of(std::string text) {
  Outcome out;
  FindingLog log("bad.csv");
  const auto mapping = Mapping::parse(kMappingText, "bad.toml");
  auto source = open_source_text("bad.csv", std::move(text), mapping->open_options(), log);
  out.stopped = true;
  if (source) {
    if (const auto figures = bind(**source, *mapping, {}, log)) {
      out.stopped = false;
      out.rows = figures->rows();
      out.left_out = figures->unbound().size();
    }
  }
  out.findings.assign(log.findings().begin(), log.findings().end());
  return out;
}

const std::string kHeader = "geo,period,value\n";

std::size_t peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss);
}

TEST(BadCsv, ByteOrderMarkIsNoFault) {
  const auto out = outcome_of("\xEF\xBB\xBF" + kHeader + "AT,2006,1\n");
  EXPECT_EQ(out.codes(), "");
  EXPECT_EQ(out.rows, 1U);
}

TEST(BadCsv, Utf16IsNamed) {
  std::string utf16 = "\xFF\xFE";
  for (const char c : kHeader) utf16 += std::string{c, '\0'};
  const auto out = outcome_of(utf16);
  EXPECT_TRUE(out.stopped);
  ASSERT_EQ(out.codes(), "BAD_ENCODING");
  EXPECT_NE(out.findings[0].what.find("UTF-16"), std::string::npos);
  EXPECT_EQ(outcome_of(utf16.substr(2)).codes(), "BAD_ENCODING");
}

TEST(BadCsv, Latin1IsNamedWithItsLine) {
  const auto out = outcome_of(kHeader +
                              "AT,2006,1\nCura\xE7"
                              "ao,2006,1\n");
  EXPECT_TRUE(out.stopped);
  ASSERT_EQ(out.codes(), "BAD_ENCODING");
  EXPECT_EQ(out.findings[0].line, 3U);
  EXPECT_NE(out.findings[0].what.find("Latin-1"), std::string::npos);
}

TEST(BadCsv, UnbalancedQuotesNameTheRecordThatOpensThem) {
  for (const char* text : {"AT,2006,1\nBE,\"2006,1\nBG,2006,1\n", "AT,2006,1\nBE,20\"06,1\n",
                           "AT,2006,1\n\"BE\"x,2006,1\n"}) {
    const auto out = outcome_of(kHeader + text);
    EXPECT_TRUE(out.stopped);
    ASSERT_EQ(out.codes(), "UNBALANCED_QUOTES") << text;
    EXPECT_EQ(out.findings[0].line, 3U);
  }
}

TEST(BadCsv, ALineOfTenMegabytesIsRefusedInBoundedMemory) {
  std::string text = kHeader + "AT,2006,";
  text.append(10U << 20U, '7');
  const std::size_t before = peak_kib();
  const auto out = outcome_of(std::move(text));
  EXPECT_TRUE(out.stopped);
  EXPECT_EQ(out.codes(), "RECORD_TOO_LONG");
#ifndef __SANITIZE_ADDRESS__  // which keeps freed memory back
  EXPECT_LT(peak_kib() - before, 40U << 10U);
#else
  EXPECT_GE(peak_kib(), before);
#endif
}

TEST(BadCsv, AQuoteThatNeverClosesCostsOneRecord) {
  std::string text = kHeader + "AT,2006,\"";
  for (int i = 0; i < 400'000; ++i) text += "AT,2006,1\n";
  const auto out = outcome_of(std::move(text));
  EXPECT_EQ(out.codes(), "RECORD_TOO_LONG");
  EXPECT_EQ(out.findings[0].line, 2U);
}

TEST(BadCsv, AHundredThousandColumnsAreRefused) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "c" + std::to_string(i) + ',';
  const auto out = outcome_of(text + "z\n");
  EXPECT_TRUE(out.stopped);
  EXPECT_EQ(out.codes(), "TOO_MANY_COLUMNS");
}

TEST(BadCsv, NulIsRefusedWithItsLine) {
  const auto out = outcome_of(kHeader + std::string("AT,2006,1\nB\0E,2006,1\n", 21));
  ASSERT_EQ(out.codes(), "NUL_BYTE");
  EXPECT_EQ(out.findings[0].line, 3U);
}

TEST(BadCsv, NumbersThatAreNone) {
  for (const char* number : {"1.2.3", "1e999", "\xE2\x88\x92\x30", "-0", "007", "0x10", "1,5", ".5",
                             "5.", "1.1234567", "99999999999999999999", "-", "n/a", "NaN", "+5"}) {
    const auto out = outcome_of(kHeader + "AT,2006,\"" + number + "\"\nBE,2006,5\n");
    EXPECT_FALSE(out.stopped);
    EXPECT_EQ(out.codes(), "BAD_NUMBER") << number;
    EXPECT_EQ(out.rows, 1U);
    EXPECT_EQ(out.left_out, 1U);
    ASSERT_FALSE(out.findings.empty());
    EXPECT_EQ(out.findings[0].line, 2U);
    EXPECT_EQ(out.findings[0].column, 3U);
    EXPECT_FALSE(out.findings[0].remedy.empty());
  }
}

TEST(BadCsv, RaggedRowsAreNamedAndTheOthersKept) {
  const auto out = outcome_of(kHeader + "AT,2006\nBE,2006,5\nBG,2006,5,6\n");
  EXPECT_EQ(out.codes(), "RAGGED_ROW RAGGED_ROW");
  EXPECT_EQ(out.rows, 1U);
  EXPECT_EQ(out.left_out, 2U);
}

TEST(BadCsv, ColumnsOfOneNameAreRefused) {
  const auto out = outcome_of("geo,period,value,geo\nAT,2006,1,BE\n");
  EXPECT_TRUE(out.stopped);
  EXPECT_EQ(out.codes(), "DUPLICATE_COLUMN");
}

TEST(BadCsv, EmptyFilesAndBareHeaders) {
  EXPECT_EQ(outcome_of("").codes(), "EMPTY_FILE");
  EXPECT_EQ(outcome_of("\n\n").codes(), "UNKNOWN_FORMAT");
  EXPECT_EQ(outcome_of(kHeader).codes(), "NO_ROWS");
  EXPECT_EQ(outcome_of("<xml/>").codes(), "UNKNOWN_FORMAT");
}

TEST(BadCsv, AColumnOfTheMappingThatIsNotThereIsNamedWithTheNearest) {
  const auto out = outcome_of("geo,periods,value\nAT,2006,1\n");
  EXPECT_TRUE(out.stopped);
  ASSERT_EQ(out.codes(), "COLUMN_MISSING");
  EXPECT_EQ(out.findings[0].text, "period");
  EXPECT_NE(out.findings[0].remedy.find("periods"), std::string::npos);
}

TEST(BadCsv, LinesOfTitleBeforeTheHeaderAreSkipped) {
  const auto out = outcome_of("Table 1,,\nfrom a report,,\n" + kHeader + "AT,2006,1\n");
  EXPECT_EQ(out.codes(), "");
  EXPECT_EQ(out.rows, 1U);
}

TEST(BadCsv, LineEndsOfEveryKindAreLineEnds) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string e = end;
    const auto out = outcome_of("geo,period,value" + e + e + "AT,2006,1" + e + "XX,2006,1");
    EXPECT_EQ(out.rows, 1U);
    ASSERT_EQ(out.codes(), "UNKNOWN_CODE");
    EXPECT_EQ(out.findings[0].line, 4U);
  }
}

TEST(BadCsv, ManyBadRowsAreCountedNotKept) {
  std::string text = kHeader;
  for (std::size_t i = 0; i < limits::kFindingsKept + 10; ++i) text += "AT,2006,x\n";
  FindingLog log("bad.csv");
  const auto mapping = Mapping::parse(kMappingText, "bad.toml");
  auto source = open_source_text("bad.csv", std::move(text), mapping->open_options(), log);
  ASSERT_TRUE(source);
  ASSERT_TRUE(bind(**source, *mapping, {}, log));
  EXPECT_EQ(log.findings().size(), limits::kFindingsKept);
  EXPECT_EQ(log.not_kept(), 10U);
}

TEST(BadCsv, AFolderOrAFileThatIsNotThereIsSaidSo) {
  rapporteur::testing::TempDir folder;
  FindingLog log;
  const auto missing = open_source(folder / "none.csv", {}, log);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUsage);
  const auto is_folder = open_source(folder.path(), {}, log);
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(open_source_text("x", "a,b\n", {.format = "sdmxcsv"}, log).error().kind,
            ErrorKind::kUsage);
}

}  // namespace
}  // namespace rapporteur::sources
