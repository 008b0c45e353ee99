// A log read back whole from its folder, beside its hub or without one.
//
// Threads: one; signatures on all cores. Errors: kStorage for a folder that cannot be read,
// kNotVerified with the first thing that is wrong.
#pragma once

#include <filesystem>

#include "ops/cli/audit_folder.h"

namespace rapporteur::cli {

// As audit_folder; what is wrong is an error too.
[[nodiscard]] Result<verify::AuditReport> audit_whole(const AuditPlace& place,
                                                      const notes::VerifierKey& log);

// A backup: its files, then as audit_whole.
[[nodiscard]] Result<verify::AuditReport> check_backup(const AuditPlace& place,
                                                       const notes::VerifierKey& log);

// That a folder named on the command line holds a log; kUsage names the one that was probably
// meant.
[[nodiscard]] Status names_log(const std::filesystem::path& named, const std::string& remedy);

// Whether the entries that `folder` carries from the log before it, whose folder is given too, are
// that log's, one by one; the first that is not is named. Both were audited.
[[nodiscard]] Status compare_carried(const std::filesystem::path& folder,
                                     const std::filesystem::path& predecessor,
                                     const verify::AuditReport& report);

}  // namespace rapporteur::cli
