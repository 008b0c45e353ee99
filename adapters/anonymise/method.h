// How a table is made fit to be published, and what each way wants to know.
//
// What each guarantees: GUARANTEES.md. Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/anonymise/cell_key/perturbation_table.h"

namespace rapporteur::anonymise {

enum class Method : std::uint8_t {
  kSuppress,         // small counts are hidden, and others beside them
  kSuppressOptimal,  // the same with the least loss; small tables
  kCellKey,          // counts are changed at random, by a key that the agency keeps
  kRound,            // counts are rounded so that sums still hold
};
[[nodiscard]] std::string_view name(Method method);
[[nodiscard]] constexpr bool hides(Method method) {
  return method == Method::kSuppress || method == Method::kSuppressOptimal;
}

struct CellKeyOptions {
  std::string key_file;     // of the agency's secret
  std::string case_column;  // what the register calls a case
  PerturbationRule rule;
};

struct RoundOptions {
  std::int64_t base = 5;
  // So many multiples of the base away from a count its rounded one may lie at the most.
  std::int64_t steps = 1;
};
inline constexpr std::int64_t kLargestBase = 1'000;
inline constexpr std::int64_t kMostSteps = 5;

// What is to be least of what is hidden.
enum class Weight : std::uint8_t {
  kCells,        // how many cells
  kCount,        // the counts in them
  kInformation,  // price_of in box.h
};
[[nodiscard]] std::string_view name(Weight weight);

}  // namespace rapporteur::anonymise
