// A register's cases as a table that may be published: areas and periods one by one, on all cores.
//
// Where zeros are public, the codes of SEX and AGE stand as 0 beside those that have cases. Where
// the total of an area and period is itself below k, it is published alone, over a hidden grid of
// SEX and AGE that is the same whoever the cases are. Unprotected margins below k, but that total,
// are hidden like protected ones. So it is with methods that hide; of others: approximate_slice.h.
//
// Threads: one call at a time; it starts threads of its own and waits for them. The same cases give
// the same release. Errors: kRefused, with area and period: nothing is released.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/anonymise/case_table.h"
#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/spec.h"
#include "broker/disclosure/width.h"
#include "proto/base/result.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::anonymise {

// More atoms than this are not made for zeros that are sensitive, nor more cells of one period.
inline constexpr std::uint64_t kMostSensitiveAtoms = 100'000;
inline constexpr std::uint64_t kMostCells = 5'000'000;

struct ReleasedRow {
  Key codes;               // one an axis
  std::int64_t count = 0;  // as it is published, where it is
  bool hidden = false;
  bool primary = false;
  bool is_protected = false;
};

// How far counts are from those that were counted; of a method that hides none is.
struct Deviation {
  std::size_t cells = 0;
  std::int64_t sum = 0;  // of what they differ by
  std::int64_t largest = 0;
  std::size_t sums = 0;  // totals with their parts
  std::size_t sums_broken = 0;
};

struct ReleasedSlice {
  std::string area;
  std::string period;
  std::vector<ReleasedRow> rows;            // ascending codes
  std::vector<std::uint32_t> variables;     // of the witnesses: rows that are hidden
  std::vector<disclosure::Target> targets;  // of these the protected ones
  std::vector<disclosure::Witness> witnesses;
  std::size_t programs = 0;  // that a solver worked on
  Deviation deviation;
};

struct Release {
  std::vector<Axis> axes;
  std::vector<ReleasedSlice> slices;
  std::optional<PerturbationTable> perturbation{};  // of method = "cell-key"
};

struct ReleaseTask {
  const Spec& spec;
  std::vector<Axis> axes;
  std::span<const CaseSlice> slices;
  bool keep_and_hide = true;  // as the spec says; else only what the rules say
};

[[nodiscard]] Result<Release> release(const ReleaseTask& task);

// As the hub takes them.
[[nodiscard]] ObservationSet observations_of(const Spec& spec, const Release& release);

}  // namespace rapporteur::anonymise
