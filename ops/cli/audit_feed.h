// Feeds a log to its audit: a thread of its own reads ahead, all cores hash leaves and verify
// signatures.
//
// Threads: one at a time; the source is used by the reading thread alone until run() returns.
// Units and shapes: memory holds some chunks of at most 4,096 entries and 8 MiB each.
// Errors: those of the source, with the entry it was at. What is wrong with the log is in the
// audit's report.
#pragma once

#include <functional>
#include <span>

#include "ops/cli/given_checkpoints.h"
#include "store/export/source.h"
#include "store/verify/log_audit.h"

namespace rapporteur::cli {

// For LogAudit: every core takes an equal share of a batch.
[[nodiscard]] std::function<void()> run_checks_on_all_cores(std::span<verify::Check> checks);

// All entries and checkpoints of the source, and the given ones between them by size. `advanced_to`
// is told the number of entries looked at, now and then.
[[nodiscard]] Status feed_audit(exports::EntrySource& source,
                                std::span<const GivenCheckpoint> given, verify::LogAudit& audit,
                                const std::function<void(std::uint64_t)>& advanced_to);

}  // namespace rapporteur::cli
