// What holds for any submission: order of rows does not matter, judging twice gives the same, valid
// facts never make an error, garbage is refused and not fatal.
#include "broker/rules/rule_book.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

ObservationSet set_of(const std::vector<Observation>& observations) {
  ObservationSetBuilder builder;
  for (const Observation& observation : observations) builder.add(observation);
  return builder.build();
}

std::vector<rules::Finding> judged(
    const std::vector<Observation>& observations,
    const rules::PublishedFigures& published = rules::NothingPublished()) {
  const ObservationSet set = set_of(observations);
  std::set<std::string> distinct;
  for (const Observation& o : observations) distinct.insert(o[Dimension::kRefArea]);
  const std::vector<std::string> areas(distinct.begin(), distinct.end());
  const std::string indicator =
      observations.empty() ? "" : observations.front()[Dimension::kIndicator];
  const rules::Submission submission{"lv", "RAPPORTEUR:THB(1.0)", indicator, areas, set};
  auto findings = rules::judge(submission, {}, published);
  auto small = disclosure::check_small_cells(submission, {}, published);
  std::move(small.begin(), small.end(), std::back_inserter(findings));
  auto given_away = disclosure::check_release(submission, {}, published, published);
  std::move(given_away.begin(), given_away.end(), std::back_inserter(findings));
  return findings;
}

// Everything of a finding but where its row stands.
std::multiset<std::tuple<std::string, std::string, std::string>> without_rows(
    const std::vector<rules::Finding>& findings) {
  std::multiset<std::tuple<std::string, std::string, std::string>> out;
  for (const auto& finding : findings) {
    const bool names_a_row = finding.code == "DUPLICATE_KEY" || finding.code == "MIXED_INDICATORS";
    out.emplace(finding.code, finding.key, names_a_row ? "" : finding.detail_en);
  }
  return out;
}

rc::Gen<std::string> one_of(std::vector<std::string> codes) {
  return rc::gen::elementOf(std::move(codes));
}

// Rows of a table of victims, right and wrong ones.
rc::Gen<Observation> observation(const std::string& indicator) {
  return rc::gen::map(
      rc::gen::tuple(one_of({"LV", "LV", "LV", "EE", "GR"}),
                     one_of({"_T", "_T", "SEX", "LAB", "XX"}), one_of({"_T", "F", "M", "_U", "Q"}),
                     one_of({"_T", "_T", "Y_LT18", "Y_GE18", "Y12T17", "child"}),
                     one_of({"2006", "2007", "2007", "2007-Q1"}),
                     one_of({"A", "A", "A", "Q", "U", ""}), one_of({"", "", "", "=", "<", "?"}),
                     rc::gen::inRange(-2, 300), rc::gen::inRange(0, 10)),
      [indicator](const auto& parts) {
        const auto& [area, form, sex, age, period, status, qualifier, value, with_value] = parts;
        Observation o;
        o.key.fill("_Z");
        o[Dimension::kFreq] = "A";
        o[Dimension::kRefArea] = area;
        o[Dimension::kIndicator] = indicator;
        o[Dimension::kExplForm] = form;
        o[Dimension::kSex] = sex;
        o[Dimension::kAge] = age;
        o[Dimension::kUnitMeasure] = "PER";
        o[Dimension::kTimePeriod] = period;
        o[Attribute::kObsStatus] = status;
        o[Attribute::kValueQualifier] = qualifier;
        if (with_value > 0) o.value = Decimal(value);
        return o;
      });
}

rc::Gen<std::vector<Observation>> table() {
  return rc::gen::container<std::vector<Observation>>(observation("VIC_REG"));
}

RC_GTEST_PROP(RuleBook, OrderOfRowsChangesNoFinding, ()) {
  std::vector<Observation> rows = *table();
  const auto before = without_rows(judged(rows));
  // A shuffle that RapidCheck can shrink.
  for (std::size_t i = rows.size(); i > 1; --i) {
    std::swap(rows[i - 1], rows[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  RC_ASSERT(without_rows(judged(rows)) == before);
}

RC_GTEST_PROP(RuleBook, JudgingTwiceSaysTheSameInTheSameOrder, ()) {
  const std::vector<Observation> rows = *table();
  FiguresInMemory published;
  published.add(set_of(*table()));
  const auto once = judged(rows, published);
  const auto twice = judged(rows, published);
  RC_ASSERT(once.size() == twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    RC_ASSERT(std::tie(once[i].code, once[i].row, once[i].field, once[i].key, once[i].detail_en,
                       once[i].detail_fr) == std::tie(twice[i].code, twice[i].row, twice[i].field,
                                                      twice[i].key, twice[i].detail_en,
                                                      twice[i].detail_fr));
  }
}

RC_GTEST_PROP(RuleBook, FindingsAreOrderedAndAreRules, ()) {
  const std::vector<Observation> rows = *table();
  const ObservationSet set = set_of(rows);
  const std::vector<std::string> no_areas;
  const auto found =
      rules::judge({"lv", "X:Y(1.0)", "VIC_REG", no_areas, set}, {}, rules::NothingPublished());
  RC_ASSERT(std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.row, a.field, a.code) < std::tie(b.row, b.field, b.code);
  }));
  for (const auto& finding : found) {
    RC_ASSERT(rules::find_rule(finding.code) != nullptr);
    RC_ASSERT(finding.row <= rows.size());
  }
}

// One fact after the other, as a body reports them year by year: warnings, never an error.
RC_GTEST_PROP(RuleBook, AValidFactThatOnlyWarnsNeverTurnsIntoAnError, ()) {
  std::vector<Observation> rows;
  const auto count = *rc::gen::inRange<std::size_t>(0, 20);
  const auto values = *rc::gen::container<std::vector<int>>(count, rc::gen::inRange(0, 100'000));
  int year = 1900;
  for (const int value : values) {
    Observation o = *observation("VIC_REG");
    o[Dimension::kRefArea] = "LV";
    o[Dimension::kExplForm] = o[Dimension::kSex] = o[Dimension::kAge] = "_T";
    o[Dimension::kTimePeriod] = std::to_string(year++);
    o[Attribute::kObsStatus] = *rc::gen::element<std::string>("A", "U", "E");
    o[Attribute::kValueQualifier] = "";
    o.value = Decimal(value);
    rows.push_back(o);
    RC_ASSERT(!rules::any_error(judged(rows)));
  }
}

// Parts drawn at random, their sums as totals: additive by construction; one more or less is found.
RC_GTEST_PROP(RuleBook, ASumIsRightAndOneOffIsNamed, ()) {
  const auto parts = *rc::gen::container<std::vector<int>>(4, rc::gen::inRange(10, 1'000));
  const auto row = [&](std::string_view sex, std::string_view age, int value) {
    Observation o;
    o.key.fill("_Z");
    o[Dimension::kFreq] = "A";
    o[Dimension::kRefArea] = "LV";
    o[Dimension::kIndicator] = "VIC_REG";
    o[Dimension::kExplForm] = "_T";
    o[Dimension::kSex] = sex;
    o[Dimension::kAge] = age;
    o[Dimension::kUnitMeasure] = "PER";
    o[Dimension::kTimePeriod] = "2007";
    o[Attribute::kObsStatus] = "A";
    o.value = Decimal(value);
    return o;
  };
  std::vector<Observation> rows{row("F", "Y_LT18", parts[0]),
                                row("M", "Y_LT18", parts[1]),
                                row("F", "Y_GE18", parts[2]),
                                row("M", "Y_GE18", parts[3]),
                                row("_T", "Y_LT18", parts[0] + parts[1]),
                                row("_T", "Y_GE18", parts[2] + parts[3]),
                                row("F", "_T", parts[0] + parts[2]),
                                row("M", "_T", parts[1] + parts[3]),
                                row("_T", "_T", parts[0] + parts[1] + parts[2] + parts[3])};
  RC_ASSERT(!rules::any_error(judged(rows)));
  const auto place = *rc::gen::inRange<std::size_t>(0, rows.size());
  const int error = *rc::gen::element(-3, -1, 1, 7);
  rows[place].value = rows[place].value->plus(Decimal(error));
  const auto found = judged(rows);
  // Each cell stands in two equations.
  RC_ASSERT(std::count_if(found.begin(), found.end(),
                          [](const auto& finding) { return finding.code == "NON_ADDITIVE"; }) == 2);
}

RC_GTEST_PROP(RuleBook, GarbageIsRefusedAndNotFatal, ()) {
  std::vector<Observation> rows;
  const auto count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) {
    Observation o;
    for (std::string& code : o.key) code = *rc::gen::arbitrary<std::string>();
    for (std::string& text : o.attributes) text = *rc::gen::arbitrary<std::string>();
    if (*rc::gen::arbitrary<bool>()) {
      o.value = Decimal(*rc::gen::arbitrary<std::int64_t>(), *rc::gen::inRange<std::uint8_t>(0, 7));
    }
    rows.push_back(o);
  }
  RC_ASSERT(rules::any_error(judged(rows)));
}

// No published cell of a breakdown lies in 1..k-1, whatever passes.
RC_GTEST_PROP(SmallCell, WhatPassesHoldsNoSmallCell, ()) {
  const std::vector<Observation> rows = *table();
  const ObservationSet set = set_of(rows);
  const rules::Submission submission{"lv", "RAPPORTEUR:THB(1.0)", "VIC_REG", {}, set};
  const rules::Policy policy;
  std::set<std::uint32_t> refused;
  for (const auto& finding :
       disclosure::check_small_cells(submission, policy, rules::NothingPublished())) {
    refused.insert(finding.row);
  }
  const auto is_margin = [](const std::string& code) { return code == "_T" || code == "_Z"; };
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const Observation& o = rows[i];
    const bool broken_down = !is_margin(o[Dimension::kExplForm]) ||
                             !is_margin(o[Dimension::kSex]) || !is_margin(o[Dimension::kAge]);
    // Fewer than 1 is none.
    const int least = o[Attribute::kValueQualifier] == "<" ? 1 : 0;
    const bool small = o.value && *o.value > Decimal(least) && *o.value < Decimal(10);
    if (broken_down && small) RC_ASSERT(refused.contains(i + 1));
  }
}

}  // namespace
}  // namespace rapporteur::testing
