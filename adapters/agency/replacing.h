// Which of its own live submissions each part of a file takes the place of.
//
// Threads: any. Errors: kRefused where nobody can say which; kStorage for a ledger that cannot be
// read.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "adapters/client/ledger.h"
#include "adapters/sources/plan.h"

namespace rapporteur::agency {

struct Replacing {
  std::vector<std::optional<MessageId>> replaces;  // by submission of the plan; empty: it is new
  std::vector<bool> unchanged;                     // the live one says the very same
  // Live ones of the plan's dataflows that no submission takes the place of.
  std::vector<client::OwnSubmission> left_standing;
};

// A submission takes the place of the one of its dataflow and indicator that holds one of its keys.
[[nodiscard]] Result<Replacing> match(std::span<const sources::PlannedSubmission> submissions,
                                      std::span<const client::OwnSubmission> live);

}  // namespace rapporteur::agency
