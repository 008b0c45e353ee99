// The pattern that protects a small table and loses least of it.
//
// A program in whole numbers chooses what is hidden; an attacker's programs say what it lacks
// (protection_cuts.h), until nothing is lacking; the audit that every table passes (attack.h) has
// the last word. The ordinary method runs first: what it finds is never beaten by more.
//
// Threads: one call at a time a table. Deterministic, as whole_program.h says.
// Errors: as protect.h; also kRefused with the advice to take the ordinary method where a table has
// more cells than kMostLeastCells, or needs more work than is allowed. Then nothing is released.
// Source: Fischetti and Salazar (2001), doi 10.1287/mnsc.47.7.1008.9805; ADR 31.
#pragma once

#include <cstdint>
#include <span>

#include "adapters/anonymise/method.h"
#include "adapters/anonymise/protect.h"

namespace rapporteur::anonymise {

// Of one area and period.
inline constexpr std::size_t kMostLeastCells = 400;

[[nodiscard]] Result<ProtectedTable> protect_with_least(const PatternTask& task, Weight weight);

// What is lost with the hidden cells.
[[nodiscard]] std::uint64_t weight_of(const CaseTable& table, std::span<const char> hidden,
                                      Weight weight);

}  // namespace rapporteur::anonymise
