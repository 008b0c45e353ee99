// What the rule book and the small-cell rule cost on one core.
//
// A submission of 100 observations: one indicator, two areas, a year, broken down by citizenship,
// sex and age with all margins; figures that add up and are large enough.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "broker/disclosure/small_cell.h"
#include "broker/rules/rule_book.h"

namespace rapporteur {
namespace {

Observation cell(const std::string& area, const std::string& citizen, const std::string& sex,
                 const std::string& age, int value) {
  Observation o;
  o.key.fill("_T");
  o[Dimension::kFreq] = "A";
  o[Dimension::kRefArea] = area;
  o[Dimension::kCounterpartArea] = "_Z";
  o[Dimension::kIndicator] = "VIC_IDENT";
  o[Dimension::kSex] = sex;
  o[Dimension::kAge] = age;
  o[Dimension::kCitizen] = citizen;
  o[Dimension::kUnitMeasure] = "PER";
  o[Dimension::kTimePeriod] = "2007";
  o[Attribute::kObsStatus] = "A";
  o.value = Decimal(value);
  return o;
}

// Of each area 4 citizenships and their total, times F M _T, times two bands and their total.
ObservationSet table(std::size_t rows) {
  const std::vector<std::string> citizens{"RO", "BG", "NG", "MD", "_T"};
  ObservationSetBuilder builder;
  int figure = 0;
  for (const std::string area : {"LV", "EE", "LT"}) {
    for (const std::string& citizen : citizens) {
      const int weight = citizen == "_T" ? 100 : 20 + figure++ % 3;
      for (const std::string sex : {"F", "M", "_T"}) {
        const int by_sex = sex == "F" ? 3 * weight : sex == "M" ? weight : 4 * weight;
        for (const std::string age : {"Y_LT18", "Y_GE18", "_T"}) {
          const int value = age == "_T" ? 3 * by_sex : age == "Y_GE18" ? 2 * by_sex : by_sex;
          if (builder.rows() < rows) builder.add(cell(area, citizen, sex, age, value));
        }
      }
    }
  }
  return builder.build();
}

// One observation, as in the broker's most frequent message.
ObservationSet single() {
  ObservationSetBuilder builder;
  builder.add(cell("LV", "_T", "_T", "_T", 120));
  return builder.build();
}

const std::vector<std::string>& areas_of(const ObservationSet& set) {
  static const std::vector<std::string> kOne{"LV"};
  static const std::vector<std::string> kThree{"EE", "LT", "LV"};
  return set.rows() == 1 ? kOne : kThree;
}

rules::Submission submission_of(const ObservationSet& set) {
  return {"lv", "RAPPORTEUR:THB(1.0)", "VIC_IDENT", areas_of(set), set};
}

void judge_rules(benchmark::State& state, const ObservationSet& set) {
  const rules::Submission submission = submission_of(set);
  if (rules::any_error(rules::judge(submission, {}, rules::NothingPublished()))) {
    state.SkipWithError("the submission is not valid");
    return;
  }
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(rules::judge(submission, {}, rules::NothingPublished()));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(set.rows()));
}

void check_disclosure(benchmark::State& state, const ObservationSet& set) {
  const rules::Submission submission = submission_of(set);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        disclosure::check_small_cells(submission, {}, rules::NothingPublished()));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(set.rows()));
}

const ObservationSet kHundred = table(100);
const ObservationSet kSingle = single();
BENCHMARK_CAPTURE(judge_rules, rows_1, kSingle);
BENCHMARK_CAPTURE(judge_rules, rows_100, kHundred);
BENCHMARK_CAPTURE(check_disclosure, rows_1, kSingle);
BENCHMARK_CAPTURE(check_disclosure, rows_100, kHundred);

}  // namespace
}  // namespace rapporteur

BENCHMARK_MAIN();
