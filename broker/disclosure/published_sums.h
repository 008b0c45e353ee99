// Which hidden figures of a published table anybody can work out, with the sums that tell them.
//
// For figures that are out already, whoever published them: no sender, no policy, no earlier
// releases. A figure is hidden that stands in the table and is no exact number: "<5", ">10",
// suppressed, blank. It is told when it follows exactly from the breakdowns that are taken
// (breakdowns.h), over as many of them as it needs, and what follows fits what is published of it.
// Where breakdowns that share hidden figures contradict each other only together, or tell something
// that does not fit, none of them is trusted over the others: then a figure is told by what single
// breakdowns say of it, if they agree.
//
// Pure, exact. Threads: any. Cost: what cannot be worked out within limits::
// kDerivationMultiplications is counted, and judged by single breakdowns too.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "broker/rules/cells.h"

namespace rapporteur::disclosure {

struct PublishedSums {
  struct Told {
    std::uint32_t row = 0;  // of its set
    std::string key;
    std::int64_t count = 0;
    std::string proof;  // "AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 12 − 9 = 3"
  };
  // A breakdown that does not add up, whatever its hidden figures are.
  struct Violated {
    std::optional<std::uint32_t> row;  // of the total, or of the first part that was sent
    std::string key;                   // of the total
    std::string equation;              // "_T (18) = F (16) + M (3)"
  };
  // Breakdowns of which every figure stands in the table and the total is exact.
  struct Counts {
    std::size_t complete = 0;  // all parts exact
    std::size_t complete_violated = 0;
    std::size_t one_hidden = 0;  // one part hidden, the others exact
    std::size_t one_hidden_told = 0;
    std::size_t one_hidden_violated = 0;
    Counts& operator+=(const Counts& other);
    bool operator==(const Counts&) const = default;
  };
  using Kind = std::pair<std::string, Dimension>;  // code of the indicator; along what

  std::size_t hidden = 0;
  std::map<Kind, Counts> counts;
  std::vector<Told> told;          // ordered by row
  std::vector<Violated> violated;  // ordered by row; also those with figures that nobody sent
  std::size_t contradictory = 0;   // sets of breakdowns that contradict each other only together
  std::size_t too_complex = 0;     // cells, or such sets, that are too many to work out
};

// `pool` holds one set: figures of one dataflow, area and period.
[[nodiscard]] PublishedSums add_up(rules::CellPool pool,
                                   const std::set<std::string, std::less<>>& incomplete);

}  // namespace rapporteur::disclosure
