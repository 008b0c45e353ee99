// Records of what the gate decided, as the log keeps them.
//
// A refusal's record holds header, signature, rule codes, counts and cell keys, and nothing else of
// what it refused: no value, no free text, no salt and body, no reason of a second signature.
// Threads: any. Source: FORMAT.md, "Records".
#pragma once

#include <span>
#include <string>

#include "broker/admission/signed_message.h"
#include "broker/rules/rule_book.h"
#include "rapporteur/v1/audit.pb.h"

namespace rapporteur::admission {

// All return a serialized v1.Record without its time.
[[nodiscard]] std::string skipped_record(const SignedMessage& message);
[[nodiscard]] std::string administered_record(const SignedMessage& message);
// `accepted` with everything but the counts of warnings.
[[nodiscard]] std::string accepted_record(const SignedMessage& message, v1::Accepted accepted,
                                          std::span<const rules::Finding> findings);
// `observations` are those the rows of the findings count; null when there are none.
[[nodiscard]] std::string refused_record(const SignedMessage& message,
                                         std::span<const rules::Finding> findings,
                                         const ObservationSet* observations);

}  // namespace rapporteur::admission
