// A swap of counts over the corners of a box: what leaves one corner goes to the next, so that only
// the sums that hold some of the corners, and not as many of either sign, change.
//
// Where all cells that change are hidden, the table after the swap fits what is public as well as
// the one before it: it proves that the cell at the first corner may be larger by the amount.
//
// Threads: any. Source: Giessing and Repsilber (2002), doi 10.1007/3-540-47804-3_14, for the
// hypercubes of suppressed cells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "adapters/anonymise/case_table.h"

namespace rapporteur::anonymise {

struct BoxTask {
  std::uint32_t cell = 0;   // that is to be larger
  std::int64_t amount = 1;  // by so much
  std::int64_t least = 1;   // what an atom has at the least
};

struct Box {
  std::vector<std::uint32_t> to_hide;  // cells that change and are published still
  std::uint64_t price = 0;             // what hiding them loses
};

// The one that loses least, the first of equals. Cells of which `kept` is set never change. Empty:
// there is none.
[[nodiscard]] std::optional<Box> cheapest_box(const CaseTable& table, std::span<const char> hidden,
                                              std::span<const char> kept, const BoxTask& task);

// What hiding a cell loses: grows with the logarithm of its count.
[[nodiscard]] std::uint64_t price_of(std::int64_t count);

}  // namespace rapporteur::anonymise
