// The rule book as a whole: order, bounds, tables, hints, the table of rules.
#include "broker/rules/rule_book.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/admission/gate_rules.h"
#include "broker/rules/amount.h"
#include "broker/rules/area_hint.h"
#include "proto/base/limits.h"
#include "tests/support/figures_csv.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kHeader =
    "INDICATOR,REF_AREA,TIME_PERIOD,SEX,AGE,UNIT_MEASURE,OBS_VALUE,OBS_STATUS\n";

std::vector<rules::Finding> judged(const std::string& rows) {
  const FiguresFile file = parse_figures(std::string(kHeader) + rows);
  return rules::judge(file.submission(0), file.policy, file.published);
}

TEST(RuleBook, ABlankWithStatusAWhereAZeroWasMeantIsRefused) {
  const auto found = judged("VIC_COMP,LV,2007,_T,_T,PER,,A\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "VALUE_MISSING");
  EXPECT_EQ(found[0].row, 1U);
  EXPECT_THAT(found[0].remedy, HasSubstr("send 0 with status A"));
}

TEST(RuleBook, AllFindingsComeAtOnceInOrder) {
  const auto found = judged(
      "VIC_COMP,XX,2007,_T,_T,PER,-1,A\n"
      "VIC_COMP,LV,2007-13,Q,_T,CASE,,A\n");
  std::vector<std::string> places;
  for (const auto& finding : found) {
    if (finding.severity == rules::Severity::kWarning) continue;
    places.push_back(std::to_string(finding.row) + " " + finding.field + " " + finding.code);
  }
  EXPECT_THAT(places, ElementsAre("1 OBS_VALUE NEGATIVE_VALUE", "1 REF_AREA UNKNOWN_CODE",
                                  "2 OBS_VALUE VALUE_MISSING", "2 SEX UNKNOWN_CODE",
                                  "2 TIME_PERIOD BAD_TIME_PERIOD", "2 UNIT_MEASURE UNIT_MISMATCH"));
}

TEST(RuleBook, AnUnknownCodeComesWithTheNearest) {
  const auto found = judged("VIC_COMPP,LV,2007,_T,_T,PER,12,A\n");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].code, "UNKNOWN_CODE");
  EXPECT_THAT(found[0].detail_en, HasSubstr("VIC_COMP"));
  EXPECT_THAT(judged("VIC_COMP,GB,2007,_T,_T,PER,,O\n")[0].detail_en, HasSubstr("UK"));
}

TEST(RuleBook, ErrorsStayWhenThereAreTooManyFindings) {
  std::string rows;
  for (int i = 0; i < 1'200; ++i) {
    rows += "VIC_COMP,LV,from " + std::to_string(700 + i).insert(0, i < 300 ? 1 : 0, '0') +
            ",_T,_T,PER," + std::to_string(i) + ",U\n";
  }
  rows += "VIC_COMP,LV,2150,_T,_T,PER,,A\n";
  const auto found = judged(rows);
  ASSERT_EQ(found.size(), limits::kFindings);
  EXPECT_TRUE(rules::any_error(found));
  EXPECT_EQ(found[0].code, "MORE_FINDINGS");
  EXPECT_EQ(found[0].row, 0U);
}

TEST(RuleBook, TablesAreNamedOnceAndInOrder) {
  const FiguresFile file = parse_figures(std::string(kHeader) +
                                         "VIC_IDENT,LV,2007,F,_T,PER,12,A\n"
                                         "VIC_IDENT,LV,2007,M,_T,PER,12,A\n"
                                         "VIC_IDENT,EE,2007,M,_T,PER,12,A\n");
  const auto submission = file.submission(0);
  const auto names = [](const std::vector<rules::TableKey>& tables) {
    std::vector<std::string> out;
    for (const auto& table : tables) {
      EXPECT_EQ(table.sender, "lv");
      EXPECT_EQ(table.dataflow, "RAPPORTEUR:THB(1.0)");
      out.push_back(table.indicator + " " + table.ref_area + " " + table.time_period);
    }
    return out;
  };
  EXPECT_THAT(names(rules::tables_touched(submission)),
              ElementsAre("VIC_IDENT EE 2007", "VIC_IDENT LV 2007"));
  EXPECT_THAT(names(rules::tables_read(submission)),
              ElementsAre("VIC_IDENT EE 2006", "VIC_IDENT EE 2007", "VIC_IDENT LV 2006",
                          "VIC_IDENT LV 2007", "VIC_PRES EE 2007", "VIC_PRES LV 2007",
                          "VIC_REG EE 2007", "VIC_REG LV 2007"));
}

// Serves only the tables it is allowed to, as the hub does.
class Strict final : public rules::PublishedFigures {
 public:
  explicit Strict(std::vector<rules::TableKey> allowed) : allowed_(std::move(allowed)) {}
  void visit(const rules::TableKey& table, const Use&) const override {
    EXPECT_TRUE(std::binary_search(allowed_.begin(), allowed_.end(), table));
  }
  void visit_ended(const rules::TableKey&, const Use&) const override {
    ADD_FAILURE() << "no rule of the book compares with what is in force no more";
  }

 private:
  std::vector<rules::TableKey> allowed_;
};

TEST(RuleBook, JudgementLooksAtNoOtherTable) {
  for (const FiguresFile::Part& part : parts_of(facts_of_2008())) {
    const rules::Submission submission{"at", "RAPPORTEUR:THB(1.0)", part.indicator, part.ref_areas,
                                       part.observations};
    (void)rules::judge(submission, {}, Strict(rules::tables_read(submission)));
  }
}

TEST(RuleTable, CodesAreDistinctAndWordsComplete) {
  std::set<std::string_view> codes;
  for (const rules::Rule& rule : rules::rules()) {
    EXPECT_TRUE(codes.insert(rule.code).second) << rule.code;
    EXPECT_EQ(rules::find_rule(rule.code), &rule);
    for (const std::string_view words :
         {rule.sentence_en, rule.sentence_fr, rule.remedy_en, rule.remedy_fr}) {
      EXPECT_TRUE(words.ends_with('.')) << rule.code;
    }
    EXPECT_THAT(rules::rule_table_markdown(), HasSubstr("| `" + std::string(rule.code) + "` |"));
  }
  EXPECT_EQ(rules::find_rule("NO_SUCH_RULE"), nullptr);
}

// What PROTOCOL.md has between the two marks of that name.
std::string documented(const std::string& name) {
  const auto path = std::filesystem::path(RAPPORTEUR_SOURCE_DIR) / "proto" / "PROTOCOL.md";
  const std::string document = read_file(path);
  const std::string mark = "<!-- " + name + ":begin -->\n";
  const std::size_t begin = document.find(mark);
  const std::size_t end = document.find("<!-- " + name + ":end -->");
  if (begin == std::string::npos || end == std::string::npos) return path.string();
  return document.substr(begin + mark.size(), end - begin - mark.size());
}

TEST(RuleTable, ProtocolDocumentIsInStep) {
  EXPECT_EQ(documented("rules"), rules::rule_table_markdown())
      << "write it again with print_rule_table";
  EXPECT_EQ(documented("gate rules"), rules::rule_table_markdown(admission::gate_rules()))
      << "write it again with print_rule_table gate";
}

TEST(AreaHint, SierraLeoneForSlovenia) {
  const std::vector<std::string> allowed{"SI"};
  const auto hint = rules::area_hint("SL", allowed);
  ASSERT_TRUE(hint.has_value());
  EXPECT_EQ(hint->code, "SI");
  EXPECT_EQ(hint->sentence_en, "SL is Sierra Leone; Slovenia is SI");
  EXPECT_EQ(hint->sentence_fr, "SL est Sierra Leone ; Slovénie est SI");
}

TEST(AreaHint, KnownConfusionsAliasesAndNearLabels) {
  const auto meant = [](std::string_view code, const std::vector<std::string>& allowed) {
    const auto hint = rules::area_hint(code, allowed);
    return hint ? std::string(hint->code) : std::string();
  };
  EXPECT_EQ(meant("AU", {"AT"}), "AT");
  EXPECT_EQ(meant("SI", {"SK"}), "SK");
  EXPECT_EQ(meant("LT", {"LV"}), "LV");
  EXPECT_EQ(meant("EE", {"ES"}), "ES");
  EXPECT_EQ(meant("GR", {"EL"}), "EL");
  EXPECT_EQ(meant("GB", {"UK"}), "UK");
  EXPECT_EQ(meant("NE", {"NG"}), "NG");
  EXPECT_EQ(meant("EU27", {"EU27_2007", "EUROPE"}), "EU27_2007");
  EXPECT_EQ(meant("SL", {"BR"}), "");
  EXPECT_EQ(meant("SI", {"S*"}), "");
  EXPECT_EQ(meant("SL", {"*"}), "");
  EXPECT_EQ(meant("\xFF\x01", {"SI"}), "");
}

TEST(Amount, IsExactWithItsMultiplier) {
  using rules::Amount;
  EXPECT_EQ(Amount::of(Decimal(25, 1), 1), Amount::whole(25));
  EXPECT_EQ(Amount::of(Decimal(5), -1)->text(), "0.5");
  EXPECT_EQ(Amount::of(Decimal(-25, 1), 0)->text(), "-2.5");
  EXPECT_EQ(Amount::of(Decimal(310248478, 2), 0)->text(), "3102484.78");
  EXPECT_EQ(Amount::whole(0).text(), "0");
  EXPECT_FALSE(Amount::of(Decimal(1, 6), -1).has_value());
  EXPECT_FALSE(Amount::of(Decimal(INT64_MAX), 15).has_value());
  EXPECT_FALSE(rules::multiplier_power("16").has_value());
  EXPECT_FALSE(rules::multiplier_power("3x").has_value());
  EXPECT_EQ(rules::multiplier_power("-3"), -3);
}

}  // namespace
}  // namespace rapporteur::testing
