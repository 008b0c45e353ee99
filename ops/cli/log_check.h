// A log read back whole from its folder, beside its hub or without one.
//
// Threads: one; signatures on all cores. Errors: kStorage for a folder that cannot be read,
// kNotVerified for the log of another key. What is wrong with the log itself is in the report.
#pragma once

#include <filesystem>

#include "store/verify/log_audit.h"

namespace rapporteur::cli {

[[nodiscard]] Result<verify::AuditReport> audit_folder(const std::filesystem::path& folder,
                                                       const notes::VerifierKey& log);
// The same; what is wrong is an error too.
[[nodiscard]] Result<verify::AuditReport> audit_whole(const std::filesystem::path& folder,
                                                      const notes::VerifierKey& log);

// Whether the entries that `folder` carries from the log before it, whose folder is given too, are
// that log's, one by one; the first that is not is named. Both were audited.
[[nodiscard]] Status compare_carried(const std::filesystem::path& folder,
                                     const std::filesystem::path& predecessor,
                                     const verify::AuditReport& report);

}  // namespace rapporteur::cli
