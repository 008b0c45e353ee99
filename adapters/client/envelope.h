// Makes signed envelopes and verifies what comes back.
//
// Threads: any; a CheckpointReader belongs to one thread at a time.
// Errors: kNotVerified with what does not hold; kMalformed for bytes that cannot be read.
// Source: PROTOCOL.md, "Signatures" and "Receipts".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/base/clock.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/envelope.pb.h"
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
  std::vector<std::string> ref_areas;  // in any order
  std::optional<MessageId> revises;
  v1::Releasability releasability;
  std::string body;
  std::string certificate;  // "" is none
};

// Salts, commits and signs. The salt is fresh for every call.
[[nodiscard]] v1::Envelope make_envelope(const EnvelopeParts& parts, const crypto::SigningKey& key);

// The same without a signature, for an item that somebody has yet to release: `parts.sequence` and
// `parts.created` are not looked at.
[[nodiscard]] v1::Envelope make_draft(const EnvelopeParts& parts);
// Gives a draft, or an envelope whose number went to another message, its number and signature.
[[nodiscard]] Status sign_draft(v1::Envelope& draft, Sequence sequence, UnixMillis created,
                                const crypto::SigningKey& key);

// A data officer who signs, too, and why: receivers see it, and the log keeps it for good.
struct SecondSigner {
  crypto::SigningKey key;
  std::string reason;  // is_reason()
};
// Beside a first signature by another key. It ends with it: a header that is signed anew has none.
void sign_second(v1::Envelope& envelope, const SecondSigner& officer);
// Of a draft, which has no header to sign yet: who has to sign, too, and why.
void ask_for_second(v1::Envelope& draft, const SecondSigner& officer);

// Opens the checkpoints of one log. Remembers the last, since all receipts of a group share one.
class CheckpointReader {
 public:
  explicit CheckpointReader(notes::VerifierKey log) : log_(std::move(log)) {}
  [[nodiscard]] Result<notes::Checkpoint> open(std::string_view note);
  [[nodiscard]] const notes::VerifierKey& log() const { return log_; }

 private:
  notes::VerifierKey log_;
  std::string last_note_;
  notes::Checkpoint last_;
};

// A receipt or refusal that holds: the record carries this header and signature, its leaf is in the
// tree of the checkpoint, and the log's key signed it.
struct VerifiedOutcome {
  bool accepted = false;
  LogIndex index;
  notes::Checkpoint checkpoint;
};
[[nodiscard]] Result<VerifiedOutcome> verify_outcome(const v1::Outcome& outcome,
                                                     const v1::Envelope& sent,
                                                     CheckpointReader& log);
[[nodiscard]] Result<VerifiedOutcome> verify_outcome(const v1::Outcome& outcome,
                                                     const v1::Envelope& sent,
                                                     const notes::VerifierKey& log);

}  // namespace rapporteur::client
