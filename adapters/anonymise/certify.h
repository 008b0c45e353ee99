// The certificate of a submission: tables that fit all that is public and show that no hidden count
// can be told, computed from what is public alone.
//
// Threads: one at a time. Deterministic.
// Errors: kRefused: no counts fit, the solver gave up, or the certificate would be too large.
// What stays narrow is no error: it is named in what is returned, and the hub would refuse it.
#pragma once

#include "broker/disclosure/certificate_source.h"

namespace rapporteur::anonymise {

[[nodiscard]] Result<disclosure::GivenCertificate> certify(const disclosure::CertificateTask& task);

}  // namespace rapporteur::anonymise
