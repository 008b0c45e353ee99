// Reads a register, one row a case, or a table of counts, into counts by leaf codes.
//
// What is personal stays where it is: a row that cannot be mapped is known by its line and its
// column, never by its text. Memory: bounded by the combinations that occur, not by rows; but 8
// bytes a case where cases have keys.
//
// Threads: one at a time. Errors: kUsage (a file that cannot be opened), kMalformed with file:line
// (no such column, broken quotes, a table that does not add up: the equation is named; a case that
// stands there twice, where cases have keys), kRefused (more combinations than can be protected),
// kConfiguration (the file of the key).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/anonymise/case_table.h"
#include "adapters/anonymise/hierarchy.h"
#include "adapters/anonymise/spec.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

inline constexpr std::size_t kMostCombinations = 2'000'000;

// Cases of one area in one period; they share no total with others.
struct CaseSlice {
  std::string area;
  std::string period;
  std::map<Key, std::int64_t> counts;  // by leaf, an axis each
  // With method = "cell-key", of the same: the sum of the keys of its cases (record_keys.h).
  std::map<Key, std::uint64_t> keys{};
};

struct RefusedRow {
  std::uint64_t line = 0;
  std::string column{};
  std::string what{};
};

struct Cases {
  std::vector<Hierarchy> hierarchies;            // one a dimension of the spec
  std::vector<std::vector<std::string>> leaves;  // of each, ascending
  std::vector<CaseSlice> slices;                 // ascending by area and period
  std::uint64_t rows = 0;                        // that were counted
  std::uint64_t refused = 0;
  std::vector<RefusedRow> refused_rows;  // the first ones

  [[nodiscard]] std::vector<Axis> axes() const;
};

[[nodiscard]] Result<Cases> read_cases(const Spec& spec, const std::string& file);

}  // namespace rapporteur::anonymise
