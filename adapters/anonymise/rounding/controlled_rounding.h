// Controlled rounding: every count becomes a multiple of a base, and every sum still holds.
//
// Zero-restricted with one step: a multiple stays as it is, any other count goes to one of the two
// multiples beside it. With more steps a count may go so many multiples away, where sums ask for
// it; as few as can be do. Each cell is the sum of the atoms below it, rounded or not; so whatever
// holds between counts because of what they count holds between rounded ones.
//
// Threads: any; pure. Deterministic, as whole_program.h says.
// Errors: kRefused: there is no such rounding (of three dimensions and more there may be none), the
// table is too large, or the solver gave up. Then nothing is rounded.
// Source: Cox (1987), A constructive procedure for unbiased controlled rounding; Salazar (2006),
// doi 10.1007/11930242_8, for hierarchical tables; ADR 31.
#pragma once

#include <cstdint>
#include <vector>

#include "adapters/anonymise/case_table.h"
#include "adapters/anonymise/method.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

// Of one area and period.
inline constexpr std::size_t kMostRoundedCells = 20'000;

// By cell.
[[nodiscard]] Result<std::vector<std::int64_t>> rounded(const CaseTable& table,
                                                        const RoundOptions& options);

}  // namespace rapporteur::anonymise
