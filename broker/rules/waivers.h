// Which figures of a submission are public already by an operator's word, and what follows of that
// for a finding.
//
// A row is waived when a waiver of its dataflow names it exactly as it stands: one digit, the
// qualifier or the status changed and it is not. A finding is waived when every row of the
// submission that it rests on is. It then stays a finding, but refuses nothing.
//
// Threads: a WaivedRows belongs to one thread. Lifetime: it borrows observations and waivers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "proto/base/ids.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::rules {

struct Waiver {
  std::uint64_t index = 0;                           // its entry
  std::shared_ptr<const std::vector<Digest>> cells;  // waived_cell_hash of each, ascending
};

// The entries of the waivers that a finding's rows are named by, ascending; empty: not waived.
using WaivedBy = std::vector<std::uint64_t>;

class WaivedRows {
 public:
  // `waivers` are those of the submission's dataflow, ascending.
  WaivedRows(const ObservationSet& observations, std::span<const Waiver> waivers)
      : observations_(observations), waivers_(waivers) {}

  // The first waiver that names the row, counted from 0; empty if none does.
  [[nodiscard]] std::optional<std::uint64_t> waiver_of(std::size_t row) const;
  // Of a finding that rests on these rows; empty also if there are none.
  [[nodiscard]] WaivedBy all(std::span<const std::uint32_t> rows) const;

 private:
  const ObservationSet& observations_;
  std::span<const Waiver> waivers_;
  // By row: not looked up, else what was found. A row is hashed once.
  mutable std::vector<std::optional<std::optional<std::uint64_t>>> known_;
};

}  // namespace rapporteur::rules
