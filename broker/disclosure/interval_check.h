// Whether a certificate shows that the hidden counts of a submission cannot be told.
//
// The witnesses are verified in integers against every equation and bound of the system; nothing is
// taken from the certificate that this does not show. No solver; cost linear in the certificate.
//
// Threads: any; pure. Source: ADR 26.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/disclosure/certificate_source.h"
#include "broker/disclosure/judged_table.h"

namespace rapporteur::disclosure {

struct IntervalFinding {
  std::string_view code;  // NEEDS_, BAD_CERTIFICATE, STALE_LEDGER, INTERVAL, ALREADY_PUBLIC
  std::optional<Variable> variable;  // empty: about the certificate as a whole
  rules::Detail detail;
};

// `before` gives what was public already, judged, or nothing; it is asked at most once, and only
// when a count is not shown to be safe.
[[nodiscard]] std::vector<IntervalFinding> check_intervals(
    const JudgedTable& judged, const CertificateSource& source,
    const std::function<const JudgedTable*()>& before);

}  // namespace rapporteur::disclosure
