// Audits a log where it lies: the data folder of a hub that runs or not, a copy of it, or an
// exported folder.
//
// Threads: one at a time; it starts and joins its own. Shows its progress on standard error if that
// is a terminal. Errors: kStorage for what cannot be read or is damaged below the entries;
// kNotVerified for the log of another key and for checkpoints that contradict each other; kUsage
// for a folder of checkpoints that is none. What else is wrong is in the findings.
// Source: FORMAT.md, "What verification proves".
#pragma once

#include <filesystem>

#include "ops/cli/audit_report.h"

namespace rapporteur::cli {

struct AuditPlace {
  std::filesystem::path folder;
  std::filesystem::path body_keys;  // of a data folder; empty: FOLDER.keys
  // That a body of it cannot be opened, for want of its key, is wrong.
  bool all_keys = false;
};

// `checkpoints` may be empty: a folder of what others kept.
[[nodiscard]] Result<AuditFindings> audit_folder(const AuditPlace& place,
                                                 const std::filesystem::path& checkpoints,
                                                 const notes::VerifierKey& log);

}  // namespace rapporteur::cli
