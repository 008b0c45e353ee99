// One area and period of a release whose counts may all have changed: cell keys, or rounding.
//
// What is written follows from the changed counts alone: cells that became nothing look like those
// that nobody is in. So rows are cells that did not, with the codes of SEX and AGE beside them as
// 0.
//
// Threads: any; pure. Errors: as release.h.
#pragma once

#include <optional>
#include <vector>

#include "adapters/anonymise/cell_key/perturbation_table.h"
#include "adapters/anonymise/release.h"

namespace rapporteur::anonymise {

// `perturbation`: of method = "cell-key"; else counts are rounded.
[[nodiscard]] Result<ReleasedSlice> approximate_slice(
    const Spec& spec, const std::vector<Axis>& axes,
    const std::optional<PerturbationTable>& perturbation, const CaseSlice& slice);

}  // namespace rapporteur::anonymise
