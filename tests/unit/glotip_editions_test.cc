// The editions of GLOTIP that the real data have: every row is accounted for.
#include <algorithm>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "adapters/sources/limits.h"
#include "tests/support/paths.h"
#include "tests/unit/glotip_fixture.h"

namespace rapporteur::sources {
namespace {

using namespace glotip_test;

std::size_t data_rows(const std::string& text) {
  std::size_t lines = 0;
  bool after_header = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view one = std::string_view(text).substr(at, end - at);
    lines += after_header && !one.empty() && one != "\r" ? 1 : 0;
    after_header = after_header || one.find("Iso3_code") != std::string_view::npos;
    at = end + 1;
  }
  return lines;
}

std::vector<std::filesystem::path> editions() {
  const auto data = rapporteur::testing::real_data();
  if (!data || !std::filesystem::is_directory(*data / "glotip")) return {};
  return rapporteur::testing::files_below(*data / "glotip", ".csv");
}

TEST(GlotipEditions, EveryRowIsAccountedFor) {
  const auto files = editions();
  if (files.empty()) GTEST_SKIP() << "no real data";
  for (const auto& file : files) {
    const std::string text = rapporteur::testing::read_file(file);
    const Read r(text);
    ASSERT_TRUE(r.plan) << file;
    EXPECT_EQ(r.log.not_kept(), 0U) << file;
    std::map<std::string, std::uint64_t> rows_of;
    std::uint64_t repeated = 0;
    std::uint64_t with_reason = 0;
    for (const auto& finding : r.log.findings()) {
      if (finding.severity == Severity::kError) {
        rows_of[finding.code] += 1 + finding.more_rows;
        with_reason += 1 + finding.more_rows;
      } else if (finding.code == "DUPLICATE_KEY") {
        ++repeated;
      }
    }
    const std::size_t rows = data_rows(text);
    EXPECT_EQ(r.figures->rows() + r.figures->unbound().size(), rows) << file;
    EXPECT_EQ(r.plan->rows_bound + r.plan->rows_left_out + repeated, rows) << file;
    EXPECT_EQ(with_reason, r.plan->rows_left_out) << file;
    std::cout << file.filename().string() << ": " << rows << " rows, " << r.plan->rows_bound
              << " bound, " << repeated << " said again";
    for (const auto& [code, count] : rows_of) std::cout << ", " << count << ' ' << code;
    std::cout << '\n';
  }
}

TEST(GlotipEditions, NearlyAllRowsOfVictimsAreBound) {
  const auto files = editions();
  if (files.empty()) GTEST_SKIP() << "no real data";
  for (const auto& file : files) {
    const std::string text = rapporteur::testing::read_file(file);
    std::size_t victims = 0;
    for (std::size_t at = text.find(kVictims); at != std::string::npos;
         at = text.find(kVictims, at + 1)) {
      ++victims;
    }
    const Read r(text);
    std::size_t bound = 0;
    for (const auto& submission : r.plan->submissions) {
      const bool of_victims =
          submission.indicator == "VIC_REG" || submission.indicator == "VIC_RETURN";
      bound += of_victims ? submission.observations.rows() : 0;
    }
    EXPECT_GE(bound * 100, victims * 95) << file << ": " << bound << " of " << victims;
    std::cout << file.filename().string() << ": " << bound << " of " << victims << " victims\n";
  }
}

TEST(GlotipEditions, RowsComeInBlocksOfBoundedSize) {
  const auto files = editions();
  if (files.empty()) GTEST_SKIP() << "no real data";
  for (const auto& file : files) {
    FindingLog log(file.string());
    auto source = open_source(file.string(), {}, log);
    ASSERT_TRUE(source) << source.error().line();
    RowBlock block;
    while (*(*source)->read(block, log)) {
      EXPECT_LE(block.rows(), limits::kBlockRows);
      EXPECT_LE(block.text_bytes(), 2 * limits::kBlockBytes);
    }
  }
}

}  // namespace
}  // namespace rapporteur::sources
