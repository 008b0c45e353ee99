// Makes signed envelopes and verifies what comes back.
//
// Threads: any. Source: PROTOCOL.md, "Signatures" and "Receipts".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/base/clock.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::client {

struct EnvelopeParts {
  v1::Kind kind = v1::KIND_NEW;
  std::string hub;
  std::string sender;
  MessageId message_id;
  Sequence sequence;
  UnixMillis created;
  std::string dataflow;
  std::string indicator;
  std::vector<std::string> ref_areas;
  std::optional<MessageId> revises;
  v1::Releasability releasability;
  std::string body;
};

// Salts, commits and signs. The salt is fresh for every call.
[[nodiscard]] v1::Envelope make_envelope(const EnvelopeParts& parts, const crypto::SigningKey& key);

// A receipt or refusal that holds: the record carries this header and signature, its leaf is in the
// tree of the checkpoint, and the log's key signed it.
struct VerifiedOutcome {
  bool accepted = false;
  LogIndex index;
  notes::Checkpoint checkpoint;
};
[[nodiscard]] Result<VerifiedOutcome> verify_outcome(const v1::Outcome& outcome,
                                                     const v1::Envelope& sent,
                                                     const notes::VerifierKey& log);

// tlog-proof file (C2SP): index, proof, checkpoint; record and nonce in its extra line.
[[nodiscard]] std::string proof_file(const v1::Outcome& outcome);

}  // namespace rapporteur::client
