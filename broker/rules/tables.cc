// Which tables of the published view a judgement looks at.
#include <algorithm>
#include <optional>

#include "broker/rules/relations.h"
#include "broker/rules/rule_book.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::rules {
namespace {

void sort_distinct(std::vector<TableKey>& tables) {
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
}

void append_for_indicators(std::vector<TableKey>& tables, const std::vector<TableKey>& touched,
                           std::span<const std::string_view> indicators) {
  for (const std::string_view indicator : indicators) {
    for (TableKey table : touched) {
      table.indicator = indicator;
      tables.push_back(std::move(table));
    }
  }
}

void append_year_before(std::vector<TableKey>& tables, const std::vector<TableKey>& touched) {
  for (TableKey table : touched) {
    std::optional<std::string> earlier = one_year_before(table.time_period);
    if (!earlier) continue;
    table.time_period = std::move(*earlier);
    tables.push_back(std::move(table));
  }
}

}  // namespace

std::vector<TableKey> tables_touched(const Submission& submission) {
  const ObservationSet& observations = submission.observations;
  const Column& areas = observations.column(Dimension::kRefArea);
  const Column& periods = observations.column(Dimension::kTimePeriod);
  const Column& indicators = observations.column(Dimension::kIndicator);
  // Rows name few tables, mostly one after the other: distinct triples of positions first.
  struct Triple {
    std::uint32_t indicator, area, period;
    auto operator<=>(const Triple&) const = default;
  };
  std::vector<Triple> triples;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    const Triple triple{indicators.index(row), areas.index(row), periods.index(row)};
    if (triples.empty() || triples.back() != triple) triples.push_back(triple);
  }
  std::sort(triples.begin(), triples.end());
  triples.erase(std::unique(triples.begin(), triples.end()), triples.end());

  std::vector<TableKey> tables;
  tables.reserve(triples.size());
  for (const Triple& triple : triples) {
    tables.push_back({std::string(submission.dataflow), std::string(submission.sender),
                      indicators.codes[triple.indicator], areas.codes[triple.area],
                      periods.codes[triple.period]});
  }
  sort_distinct(tables);
  return tables;
}

std::vector<TableKey> tables_added_up(const Submission& submission) {
  const std::vector<TableKey> touched = tables_touched(submission);
  std::vector<TableKey> tables = touched;
  for (const TableKey& table : touched) {
    for (const std::string_view indicator : added_up_with(table.indicator)) {
      tables.push_back(table);
      tables.back().indicator = indicator;
    }
  }
  sort_distinct(tables);
  return tables;
}

std::vector<TableKey> tables_read(const Submission& submission) {
  const std::vector<TableKey> touched = tables_touched(submission);
  std::vector<TableKey> tables = touched;
  append_for_indicators(tables, touched, judged_together(submission.indicator));
  append_for_indicators(tables, touched, compared_with(submission.indicator));
  if (counts(submission.indicator)) append_year_before(tables, touched);
  sort_distinct(tables);
  return tables;
}

}  // namespace rapporteur::rules
