// Cuts bound figures into submissions: one dataflow, indicator and releasability each, and within
// the hub's limits.
//
// Shape: groups in ascending order of (dataflow, indicator, releasability). A group beyond a limit
// is cut into one submission per REF_AREA, and an area beyond it into one per TIME_PERIOD, so that
// the cut of one area does not depend on the figures of another. Rows keep the order of the file.
// Source: PROTOCOL.md, "Submission".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/sources/binding.h"
#include "adapters/sources/findings.h"
#include "adapters/sources/releasability.h"
#include "proto/base/limits.h"
#include "proto/base/result.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::sources {

struct PlanOptions {
  // Without it one row with an error means that nothing is planned.
  bool skip_refused_rows = false;
  // What the hub takes; smaller in tests.
  std::size_t most_observations = rapporteur::limits::kObservations;
  std::size_t most_body_bytes = rapporteur::limits::kBodyBytes;
  std::size_t most_areas = rapporteur::limits::kAreasPerSubmission;
};

struct PlannedSubmission {
  std::string dataflow;
  std::string indicator;
  Releasability releasability;
  std::vector<std::string> ref_areas;  // ascending, distinct
  ObservationSet observations;
  std::vector<std::uint64_t> lines;  // of the file, one a row of `observations`
  // Rows of the file that were left out and belonged here, and those of which nobody can say where
  // they belonged: these count in every submission of the plan.
  std::uint32_t rows_left_out = 0;
};

struct SubmissionPlan {
  std::string file;
  std::vector<PlannedSubmission> submissions;
  std::vector<BoundDeletion> deletions;  // to be made by revising what holds these keys
  std::uint64_t rows_bound = 0;
  std::uint64_t rows_left_out = 0;  // of the whole file, each with a finding
};

// Errors: kRefused when rows were refused and skip_refused_rows is off; kMalformed when one area
// and period alone passes a limit. Rows with one key are findings: equal in every component, one is
// kept; otherwise none is, since nobody can say which is right.
[[nodiscard]] Result<SubmissionPlan> plan_submissions(const BoundFigures& figures,
                                                      const PlanOptions& options,
                                                      FindingLog& findings);

}  // namespace rapporteur::sources
