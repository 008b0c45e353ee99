// The gate: everything that decides whether one signed message enters, up to the journal.
//
// Order: bounds, header, signature, identity = sender, hub, age, repeated message id, rights, rule
// book, disclosure. What fails before the signature is verified is a Fault and is only counted;
// what fails after it is a refusal, an entry of the log.
//
// Threads: `judge` from any number of worker threads at once; the gate keeps nothing between calls
// but what waivers name, as the log says it. Durability: none; the sequencer makes a verdict true.
// Errors: none thrown; a reader that fails gives a Fault STORAGE. Source: ARCHITECTURE.md, "The way
// of one submission".
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "broker/admission/directory_holder.h"
#include "broker/admission/signed_message.h"
#include "broker/admission/waiver_book.h"
#include "broker/rules/rule_book.h"
#include "proto/base/clock.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

// Put the entry into the log, if the verdict still holds when its turn comes. Both an acceptance
// and a refusal (`accepted` false: the record is Refused, without salt and body) are entries.
struct Enter {
  journal::Entry entry;
  bool accepted = false;
  std::vector<rules::Finding> findings;  // for the sender alone
  MessageId message_id;
  // An accepted KIND_ADMINISTRATION: once it is committed the DirectoryHolder shows the directory
  // with it, and live connections have to be checked against that.
  bool administrative = false;
};
// The same message id came before with the same bytes: its stored answer, with a proof of today.
struct Repeat {
  LogIndex index;
  MessageId message_id;
};
// Answered, counted, not logged.
struct Refuse {
  v1::Fault fault;
};
using Verdict = std::variant<Enter, Repeat, Refuse>;

class Gate {
 public:
  // All referenced objects outlive it.
  Gate(std::string hub, const journal::JournalReader& reader, DirectoryHolder& directory,
       const Clock& clock);

  // `envelope` is a serialized v1::Envelope as received.
  [[nodiscard]] Verdict judge(ByteSpan envelope, const Principal& principal) const;

 private:
  std::string hub_;
  const journal::JournalReader& reader_;
  DirectoryHolder& directory_;
  const Clock& clock_;
  WaiverBook waivers_;
};

}  // namespace rapporteur::admission
