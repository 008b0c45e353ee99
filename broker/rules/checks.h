// The parts of the rule book; `judge` runs them all.
//
// Threads: any. Errors: none; what is wrong goes into the sink.
#pragma once

#include "broker/rules/findings.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::rules {

class Comparison;

// The signed header says what the observations say.
void check_header(const Submission& submission, FindingSink& sink);
// Code lists, grammars, FREQ, dimensions and units of the indicator.
void check_codes(const Submission& submission, FindingSink& sink);
// True if there are any.
[[nodiscard]] bool check_duplicate_keys(const ObservationSet& observations, FindingSink& sink);
// Status, qualifier, multiplier and number agree with each other and with the unit.
void check_values(const ObservationSet& observations, FindingSink& sink);
// COMMENT_OBS, METHOD, SOURCE_CODE and CONF_REDIST.
void check_text(const ObservationSet& observations, codelists::FreeText free_text,
                FindingSink& sink);

// Equations between cells, and figures that must not stand side by side.
void check_totals(const Comparison& comparison);
void check_overlaps(const Comparison& comparison);
// Warnings over several cells.
void check_plausibility(const Comparison& comparison);
// Warnings over one submission.
void check_expected_breakdowns(const Comparison& comparison, std::string_view indicator,
                               std::uint32_t threshold);
void check_marks(const Submission& submission, FindingSink& sink);
// Warnings over a whole file.
void check_silent_years(const Comparison& comparison);
void check_assistance(const Comparison& comparison);

}  // namespace rapporteur::rules
