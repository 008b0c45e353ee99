#include "broker/rules/rule_book.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "broker/rules/checks.h"
#include "broker/rules/comparison.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::rules {
namespace {

void add_published(CellPool& pool, std::span<const TableKey> tables,
                   const PublishedFigures& published, bool repeated) {
  const std::size_t own = pool.cells().size();
  for (const TableKey& table : tables) {
    published.visit(table,
                    [&](const ObservationSet& set, Rows rows) { pool.add_published(set, rows); });
  }
  if (repeated || pool.cells().size() > own) pool.settle_repeated();
}

void compare_cells(const Submission& submission, const Policy& policy,
                   const PublishedFigures& published, bool repeated, FindingSink& sink) {
  CellPool pool;
  pool.add(submission.observations, 0);
  add_published(pool, tables_read(submission), published, repeated);
  const Comparison comparison(pool, Comparison::Scope::kSubmission, {{0, submission.waived}}, sink);
  check_totals(comparison);
  check_overlaps(comparison);
  check_plausibility(comparison);
  check_expected_breakdowns(comparison, submission.indicator, policy.k);
}

// Submissions of one population.
using Population = std::pair<std::string_view, std::string_view>;  // sender, dataflow
using Members = std::vector<std::size_t>;

std::map<Population, Members> by_population(std::span<const Submission> submissions) {
  std::map<Population, Members> populations;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    populations[{submissions[i].sender, submissions[i].dataflow}].push_back(i);
  }
  return populations;
}

}  // namespace

std::vector<Finding> judge(const Submission& submission, const Policy& policy,
                           const PublishedFigures& published) {
  if (sabotaged("rules-off")) return {};
  FindingSink sink;
  const ObservationSet& observations = submission.observations;
  check_header(submission, sink);
  if (observations.empty()) {
    sink.add(code::kNoObservations, "OBS_VALUE", 0, "", [] {
      return Detail{"the submission holds no observation",
                    "l’envoi ne contient aucune observation"};
    });
    return std::move(sink).take();
  }
  check_codes(submission, sink);
  const bool repeated = check_duplicate_keys(observations, sink);
  check_values(observations, sink);
  check_text(observations, policy.free_text, sink);
  check_marks(submission, sink);
  compare_cells(submission, policy, published, repeated, sink);
  return std::move(sink).take();
}

std::vector<Finding> judge_file(std::span<const Submission> submissions, const Policy& /*policy*/,
                                const PublishedFigures& published) {
  if (sabotaged("rules-off")) return {};
  FindingSink sink;
  std::vector<Comparison::Source> sources;
  std::uint32_t rows = 0;
  for (const Submission& submission : submissions) {
    sources.push_back({rows, submission.waived});
    rows += static_cast<std::uint32_t>(submission.observations.rows());
  }
  for (const auto& [population, members] : by_population(submissions)) {
    CellPool pool;
    std::vector<TableKey> tables;
    for (const std::size_t i : members) {
      pool.add(submissions[i].observations, static_cast<std::uint32_t>(i));
      auto more = tables_read(submissions[i]);
      std::move(more.begin(), more.end(), std::back_inserter(tables));
    }
    std::sort(tables.begin(), tables.end());
    tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
    add_published(pool, tables, published, true);
    const Comparison comparison(pool, Comparison::Scope::kFile, sources, sink);
    check_totals(comparison);
    check_overlaps(comparison);
    check_plausibility(comparison);
    check_silent_years(comparison);
    check_assistance(comparison);
  }
  return std::move(sink).take();
}

bool any_error(std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

}  // namespace rapporteur::rules
