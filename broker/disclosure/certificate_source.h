// Where the certificate of a submission comes from: its envelope, or, at an agency, a solver.
//
// Threads: any.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/disclosure/linear_system.h"
#include "broker/disclosure/width.h"
#include "proto/base/result.h"

namespace rapporteur::disclosure {

// What a certificate is asked for.
struct CertificateTask {
  const LinearSystem& system;
  std::span<const Target> targets;  // at least one
  WidthRule rule;
  bool zeros_sensitive = false;
};

// A count that could not be shown to be safe, with the equations that hold it where these are
// known: numbers of the system's, ascending.
struct HeldCount {
  Variable variable = 0;
  std::vector<std::uint32_t> equations;
};
struct GivenCertificate {
  std::string bytes;            // empty: there is none
  std::vector<HeldCount> held;  // ascending variables
};

// Asked at most once a submission, and only where there is something to show.
// Errors: why there is none, for the person who asked.
using CertificateSource = std::function<Result<GivenCertificate>(const CertificateTask&)>;

// That of the envelope; empty: none.
[[nodiscard]] inline CertificateSource given_certificate(std::string_view bytes) {
  return [bytes](const CertificateTask&) { return GivenCertificate{std::string(bytes), {}}; };
}

}  // namespace rapporteur::disclosure
