// The answers to signed messages: receipts, signed refusals, stored answers, faults.
//
// Threads: any. Lifetime: `reader`, `key` and `backed_up` outlive it. Errors: a log that cannot be
// read gives a Fault STORAGE. Source: PROTOCOL.md, "Receipts" and "Refusals".
#pragma once

#include <string>
#include <vector>

#include "broker/admission/backup_mark.h"
#include "broker/admission/context.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/journal/journal.h"

namespace rapporteur::admission {

[[nodiscard]] v1::Finding finding_of(const rules::Finding& finding);

// Ed25519 over domain || message id || SHA-256(record) || for each finding its length in 4 bytes,
// big-endian, and its bytes.
[[nodiscard]] std::string refusal_signature(const crypto::SigningKey& key,
                                            const v1::Outcome& refusal);

class Answers {
 public:
  Answers(const journal::JournalReader& reader, const crypto::SigningKey& key,
          const BackupMark& backed_up)
      : reader_(reader), key_(key), backed_up_(backed_up) {}

  // Of an entry that was just committed.
  [[nodiscard]] core::Answered outcome(Message& message, const journal::Committed& committed) const;
  // Of a message that came before: what is stored, proved against the newest checkpoint.
  [[nodiscard]] core::Answered repeated(core::Asker asker, LogIndex index,
                                        const MessageId& message_id) const;
  [[nodiscard]] static core::Answered fault(core::Asker asker, const v1::Fault& fault);

 private:
  const journal::JournalReader& reader_;
  const crypto::SigningKey& key_;
  const BackupMark& backed_up_;
};

// The size line of a checkpoint this hub signed. Error: kMalformed.
[[nodiscard]] Result<TreeSize> size_of(std::string_view checkpoint);

}  // namespace rapporteur::admission
