// A delivery as sinks see it: the observations with where they come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/sources/releasability.h"
#include "proto/base/ids.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::sinks {

enum class SubmissionKind : std::uint8_t { kNew, kRevision, kWithdrawal };

struct ReceivedSubmission {
  std::string sender;
  MessageId message_id;
  LogIndex log_index;
  SubmissionKind kind = SubmissionKind::kNew;
  std::optional<MessageId> revises;  // of a revision or withdrawal
  std::string dataflow;
  std::string indicator;
  sources::Releasability releasability;
  std::uint32_t rows_left_out = 0;
  std::string officer_reason;   // why the sender's data officer signed, too; "" if nobody did
  ObservationSet observations;  // the new whole; empty in a withdrawal
  ObservationSet deleted;       // keys that were there before; no values, no attributes
};

}  // namespace rapporteur::sinks
