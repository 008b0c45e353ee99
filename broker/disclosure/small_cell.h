// The small-cell rule: a protected count below k is not published in a breakdown.
//
// A cell is protected when its indicator is and at least `depth_from` personal dimensions
// (EXPL_FORM, SEX, AGE, CITIZEN, REG_ORG, COUNTERPART_AREA) are neither _T nor _Z. A
// protected 1..k-1 is refused with SMALL_CELL; so is a protected zero when zeros are sensitive or
// its published total is below k, and a qualifier that says as much ("<5"). Pure, exact, no solver.
// Source: Hundepool et al., Statistical Disclosure Control (2012), minimum frequency rule.
#pragma once

#include <vector>

#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

// Ordered by row. `published` leaves out what the submission replaces.
[[nodiscard]] std::vector<rules::Finding> check_small_cells(
    const rules::Submission& submission, const rules::Policy& policy,
    const rules::PublishedFigures& published);

}  // namespace rapporteur::disclosure
