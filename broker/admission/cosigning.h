// Looks at what is handed in as cosignatures, and keeps what is good of it.
//
// Threads: any. Errors: Answered with a Fault: MALFORMED for what is no checkpoint, SIGNATURE when
// this log did not sign it, no witness of the policy did, or a signature of one of them is bad.
// Signatures of others are dropped, whatever they are.
// Source: PROTOCOL.md, "Witnesses"; C2SP signed-note.
#pragma once

#include "broker/core/events.h"

namespace rapporteur::admission {

// CosignaturesVerified, or the fault to answer.
[[nodiscard]] core::Event verify_cosignatures(core::VerifyCosignatures job);

}  // namespace rapporteur::admission
