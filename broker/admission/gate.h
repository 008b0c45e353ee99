// The gate: everything that decides whether one signed message enters, up to the journal.
//
// Order: bounds, header, signature, identity = sender, hub, age, repeated message id, rights, rule
// book, disclosure. What fails before the signature is verified is a Fault and is only counted;
// what fails after it is a refusal, an entry of the log.
//
// Threads: `judge` from any number of worker threads at once; the gate keeps no state between
// calls. Durability: none; the sequencer makes a verdict true. Errors: none thrown; a reader that
// fails gives a Fault STORAGE. Source: ARCHITECTURE.md, "The way of one submission".
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "broker/directory/directory.h"
#include "broker/rules/rule_book.h"
#include "proto/base/clock.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

// Who is on the line, from ZAP.
struct Principal {
  std::string participant;
  PublicKeyBytes curve_key;
};

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

// The directory as of the log's size. An administrative entry stages the next one when its index
// is assigned (`Draft::state_at`); it shows when the log's size has passed that index, so that
// nobody sees a directory that is not on stable storage, and who reads size() first and the
// directory after it never sees one older than that size.
//
// Threads: any. Lifetime: `reader` outlives it; what `get` returned stays valid.
class DirectoryHolder {
 public:
  DirectoryHolder(const journal::JournalReader& reader,
                  std::shared_ptr<const directory::Directory> directory);
  [[nodiscard]] std::shared_ptr<const directory::Directory> get() const;
  void stage(std::shared_ptr<const directory::Directory> directory);

 private:
  const journal::JournalReader& reader_;
  mutable std::mutex mutex_;
  // By version, ascending; the first is the current one until the size passes the second's entry.
  mutable std::deque<std::shared_ptr<const directory::Directory>> staged_;
};

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
};

}  // namespace rapporteur::admission
