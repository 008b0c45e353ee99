// Counts changed by cell keys: the same cases have the same figure, wherever they are counted.
#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/cell_key/record_keys.h"
#include "adapters/anonymise/release.h"
#include "adapters/anonymise/report.h"
#include "proto/crypto/key_file.h"
#include "tests/support/paths.h"

namespace rapporteur::anonymise {
namespace {

const std::string kSex = "[[dimensions]]\nname = \"SEX\"\ncolumn = \"sex\"\n";
const std::string kAge =
    "[[dimensions]]\nname = \"AGE\"\ncolumn = \"age\"\nbands = [\"Y_LT18\", \"Y18T29\", "
    "\"Y_GE30\"]\n";
const std::string kCitizen = "[[dimensions]]\nname = \"CITIZEN\"\ncolumn = \"citizen\"\n";

// A register that is the same at every run: cases, and their rows.
std::vector<std::string> some_rows(std::size_t number) {
  constexpr const char* kSexes[] = {"F", "F", "F", "M"};
  constexpr const char* kCitizens[] = {"RO", "BG", "BG", "HU", "RO", "NG"};
  std::vector<std::string> out;
  std::uint32_t state = 7;
  const auto next = [&state](std::uint32_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 16U) % below;
  };
  for (std::size_t i = 0; i < number; ++i) {
    out.push_back("c" + std::to_string(i) + ";" + kSexes[next(4)] + ";" +
                  std::to_string(10 + next(40)) + ";" + kCitizens[next(6)]);
  }
  return out;
}

class CellKeys : public ::testing::Test {
 protected:
  CellKeys() {
    // The same at every run: what becomes of a small count is chance.
    crypto::SecretBytes key;
    std::ranges::fill(key.mutable_bytes(), std::byte{1});
    const auto made = crypto::write_key_file(key_file_, crypto::KeyPurpose::kCellKey, key);
    EXPECT_TRUE(made) << made.error().line();
  }

  [[nodiscard]] Spec spec_of(const std::string& dimensions,
                             const std::string& more = "js = 0\nmax_deviation = 5\n") const {
    auto spec = Spec::parse(
        "dataflow = \"RAPPORTEUR:THB(1.0)\"\nindicator = \"VIC_IDENT\"\nunit = \"PER\"\n"
        "ref_area = \"AT\"\ntime = \"2024\"\nmethod = \"cell-key\"\n" +
            dimensions + "[cell_key]\nkey_file = \"" + key_file_ + "\"\ncase = \"case\"\n" + more,
        "s.toml");
    EXPECT_TRUE(spec) << spec.error().line();
    return spec ? std::move(*spec) : Spec{};
  }

  [[nodiscard]] Result<Cases> read(const Spec& spec, const std::vector<std::string>& rows) const {
    std::string csv = "case;sex;age;citizen\n";
    for (const std::string& row : rows) csv += row + "\n";
    testing::write_file(folder_ / "in.csv", csv);
    return read_cases(spec, (folder_ / "in.csv").string());
  }

  // What is published, by the codes of sex, age and citizenship: "F _T RO".
  using Figures = std::map<std::string, std::int64_t>;
  [[nodiscard]] Figures figures(const Spec& spec, const std::vector<std::string>& rows) const {
    const auto cases = read(spec, rows);
    EXPECT_TRUE(cases) << cases.error().line();
    if (!cases) return {};
    const auto released = release({spec, cases->axes(), cases->slices});
    EXPECT_TRUE(released) << released.error().line();
    if (!released) return {};
    const ObservationSet set = observations_of(spec, *released);
    Figures out;
    for (std::size_t row = 0; row < set.rows(); ++row) {
      std::string key(set.code(Dimension::kSex, row));
      key.append(" ").append(set.code(Dimension::kAge, row));
      key.append(" ").append(set.code(Dimension::kCitizen, row));
      EXPECT_EQ(set.code(Attribute::kValueQualifier, row), "~") << key;
      EXPECT_EQ(set.code(Attribute::kObsStatus, row), "A") << key;
      EXPECT_EQ(set.code(Attribute::kMethod, row), "cell-key perturbation") << key;
      const auto value = set.value(row);
      EXPECT_TRUE(value) << key;
      if (value) out[key] = value->mantissa();
    }
    return out;
  }

  testing::TempDir folder_;
  std::string key_file_ = (folder_ / "cell.key").string();
};

TEST_F(CellKeys, TheSameCellHasTheSameFigureInEveryTable) {
  const auto rows = some_rows(400);
  const auto all = figures(spec_of(kSex + kAge + kCitizen), rows);
  const auto sexes = figures(spec_of(kSex), rows);
  const auto ages = figures(spec_of(kSex + kAge), rows);
  ASSERT_GT(sexes.size(), 2U);
  ASSERT_GT(ages.size(), 9U);
  ASSERT_GT(all.size(), 40U);
  for (const auto* fewer : {&sexes, &ages}) {
    for (const auto& [key, count] : *fewer) EXPECT_EQ(all.at(key), count) << key;
  }
  // In another order, with other cases beside it that are not in the cell.
  auto mixed = rows;
  std::reverse(mixed.begin(), mixed.end());
  mixed.emplace_back("other;M;99;HU");
  const auto again = figures(spec_of(kSex + kAge + kCitizen), mixed);
  for (const auto& [key, count] : all) {
    if (!key.starts_with("F ")) continue;
    EXPECT_EQ(again.at(key), count) << key;
  }
}

TEST_F(CellKeys, AnotherKeyChangesCountsOtherwise) {
  const auto rows = some_rows(400);
  const auto one = figures(spec_of(kSex + kAge), rows);
  std::filesystem::remove(key_file_);
  ASSERT_TRUE(RecordKeys::make_file(key_file_));
  EXPECT_NE(figures(spec_of(kSex + kAge), rows), one);
}

TEST_F(CellKeys, ChangesAreAsLargeAsTheRuleSays) {
  const auto rows = some_rows(400);
  const Spec spec = spec_of(kSex + kAge + kCitizen);
  const auto cases = read(spec, rows);
  ASSERT_TRUE(cases);
  const auto released = release({spec, cases->axes(), cases->slices});
  ASSERT_TRUE(released);
  const Deviation& deviation = released->slices.front().deviation;
  EXPECT_GT(deviation.largest, 0);
  EXPECT_LE(deviation.largest, 5);
  EXPECT_GT(deviation.sums_broken, 0U);
  EXPECT_LT(deviation.sums_broken, deviation.sums + 1);
}

// Nobody learns from a row, or from its absence, who became nothing.
TEST_F(CellKeys, WhatBecameNothingLooksLikeNothing) {
  const auto rows = some_rows(120);
  const Spec spec = spec_of(kSex + kAge + kCitizen, "");
  const auto all = figures(spec, rows);
  std::set<std::string> citizens;
  std::size_t zeros = 0;
  for (const auto& [key, count] : all) {
    EXPECT_TRUE(count == 0 || count >= 10) << key << " " << count;
    zeros += count == 0 ? 1 : 0;
    if (count > 0) citizens.insert(key.substr(key.rfind(' ') + 1));
  }
  EXPECT_GT(zeros, 0U);
  for (const auto& [key, count] : all) {
    EXPECT_TRUE(citizens.contains(key.substr(key.rfind(' ') + 1))) << key;
    if (count > 0) continue;
    // Some cell that differs in sex or age alone is there.
    const std::string end = key.substr(key.rfind(' '));
    const std::string sex = key.substr(0, key.find(' '));
    const std::string rest = key.substr(key.find(' '));
    const bool beside = std::any_of(all.begin(), all.end(), [&](const auto& other) {
      return other.second > 0 && other.first.ends_with(end) &&
             (other.first.substr(0, other.first.find(' ')) == sex ||
              other.first.substr(other.first.find(' ')) == rest);
    });
    EXPECT_TRUE(beside) << key;
  }
}

TEST_F(CellKeys, ACaseStandsThereOnceAndHasAName) {
  const Spec spec = spec_of(kSex);
  const auto twice = read(spec, {"Maria;F;20;RO", "x;M;20;RO", "Maria;F;30;RO"});
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().where.find("in.csv:4"), std::string::npos) << twice.error().line();
  EXPECT_EQ(twice.error().line().find("Maria"), std::string::npos) << twice.error().line();
  const auto unnamed = read(spec, {" ;F;20;RO", "x;M;20;RO"});
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->refused, 1U);
  EXPECT_EQ(unnamed->refused_rows.front().column, "case");
}

TEST_F(CellKeys, WithoutItsKeyNothingIsRead) {
  const Spec spec = spec_of(kSex);
  std::filesystem::remove(key_file_);
  const auto cases = read(spec, some_rows(4));
  ASSERT_FALSE(cases);
  EXPECT_EQ(cases.error().kind, ErrorKind::kConfiguration);
  EXPECT_NE(cases.error().line().find("--make-key"), std::string::npos) << cases.error().line();
  ASSERT_TRUE(RecordKeys::make_file(key_file_));
  EXPECT_FALSE(RecordKeys::make_file(key_file_));  // never over another
  std::filesystem::permissions(key_file_, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_FALSE(read(spec, some_rows(4)));
}

TEST_F(CellKeys, TheReportSaysHowCountsWereChanged) {
  const Spec spec = spec_of(kSex + kAge, "");
  const auto cases = read(spec, some_rows(300));
  ASSERT_TRUE(cases);
  const auto released = release({spec, cases->axes(), cases->slices});
  ASSERT_TRUE(released);
  const auto report = report_on(spec, *cases, *released, true);
  const std::string html = report_html(report, Language::kEnglish);
  EXPECT_NE(html.find("(js)</dt><dd>9</dd>"), std::string::npos);
  EXPECT_NE(html.find("Sums do not hold"), std::string::npos);
  EXPECT_NE(html.find("p-table"), std::string::npos);
  EXPECT_NE(report_html(report, Language::kFrench).find("clé"), std::string::npos);
  EXPECT_NE(report_json(report).find("\"perturbation_table\""), std::string::npos);
  EXPECT_NE(report_lines(report, Language::kEnglish).front().find("on average"), std::string::npos);
}

}  // namespace
}  // namespace rapporteur::anonymise
