// What a submission gives away of protected counts together with all that is public beside it.
//
// A protected cell is a finding when its count follows exactly from public sums: LINEAR_EXACT where
// it is hidden (status Q), whatever it is, and where it is missing or was not sent and is 1..k-1 (0
// too where zeros are sensitive); DIFFERENCE_WITH where its equation needs a figure that is in
// force no more. What followed already from what was public before, and is no better known now, is
// the warning ALREADY_PUBLIC, if the submission has a part in it. Hidden protected cells that do
// not follow need a certificate (interval_check.h): else NEEDS_CERTIFICATE, BAD_CERTIFICATE,
// STALE_LEDGER, or INTERVAL for each that its witnesses do not show. NON_ADDITIVE says of sums that
// contradict each other only over several equations. TOO_COMPLEX refuses what cannot be judged
// within the bound. A protected count that a revision changes by 1..k-1, as far as that is known or
// follows, is SMALL_CHANGE, or SMALL_CHANGE_RELEASED if the data officer signed, too. A zero under
// a total that nobody sent and that follows to be below k is SMALL_CELL; small figures that are
// sent as such, and zeros under totals that are, are for small_cell.h.
//
// Pure, exact, no solver. Threads: any. Cost: bounded by `bound`; nothing protected pays nothing,
// and where nothing is hidden a table that adds up is only added up (plain_table.h).
// Units and shapes: findings ordered by row, at most limits::kFindings. The row is that of the cell
// itself or, where nobody sent it now, of the first figure that gives it away; the key is the
// cell's. `published` leaves out what the submission replaces; `before` is all that is public of
// the sender, the replaced submission among it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker/disclosure/certificate_source.h"
#include "broker/rules/rule_book.h"
#include "proto/base/limits.h"

namespace rapporteur::disclosure {

struct ReleaseBound {
  std::size_t cells = limits::kDisclosureCells;  // with those that nobody sent
  std::uint64_t multiplications = limits::kDerivationMultiplications;
};

[[nodiscard]] std::vector<rules::Finding> check_release(
    const rules::Submission& submission, const rules::Policy& policy,
    const rules::PublishedFigures& published, const rules::PublishedFigures& before,
    const CertificateSource& source = given_certificate({}), const ReleaseBound& bound = {});

}  // namespace rapporteur::disclosure
