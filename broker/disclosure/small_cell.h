// The small-cell rule: a protected count below k is not published in a breakdown.
//
// A cell is protected when its indicator is and at least `depth_from` personal dimensions
// (EXPL_FORM, SEX, AGE, CITIZEN, REG_ORG, COUNTERPART_AREA) are neither _T nor _Z. A
// protected 1..k-1 is refused with SMALL_CELL; so is a protected zero when zeros are sensitive or
// its published total is below k, and a qualifier that says as much ("<5", "~3"): what is known of
// the cell then lies wholly below k. That a total which is not published follows to be small is for
// release_check.h. Pure, exact, no solver.
//
// What failed already in what is public is the warning ALREADY_PUBLIC, unless the submission says
// more of the cell than was known.
// Source: Hundepool et al., Statistical Disclosure Control (2012), minimum frequency rule.
#pragma once

#include <vector>

#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

// Ordered by row, at most limits::kFindings. `published` leaves out what the submission replaces;
// `before` is all that is public of the sender, the replaced submission among it.
[[nodiscard]] std::vector<rules::Finding> check_small_cells(
    const rules::Submission& submission, const rules::Policy& policy,
    const rules::PublishedFigures& published, const rules::PublishedFigures& before);

// The same where the submission replaces nothing.
[[nodiscard]] std::vector<rules::Finding> check_small_cells(
    const rules::Submission& submission, const rules::Policy& policy,
    const rules::PublishedFigures& published);

}  // namespace rapporteur::disclosure
