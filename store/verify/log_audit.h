// Checks a whole log from its entries and checkpoints alone: no database, no hub, no clock.
//
// The caller feeds entries in order and every checkpoint ever signed, each when exactly the entries
// it covers have been fed. What is checked, and what that proves, is in FORMAT.md, "What
// verification proves". The audit stops at the first thing that is wrong, in the order of the log;
// signatures are checked in batches, so add() may name an entry some thousand before the last.
//
// Threads: one at a time; it starts none. The caller's Executor may run the checks of a batch in
// any order and in parallel, and returns when all have run. Units and shapes: memory grows with
// participants and subscriptions, not with the log. Errors: none; what is wrong is in the report.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proto/base/ids.h"
#include "store/notes/signed_note.h"
#include "store/verify/succession.h"

namespace rapporteur::verify {

struct AuditEntry {
  LogIndex index;
  ByteSpan nonce;
  ByteSpan record;
  // Both empty when there are none, or none any more.
  ByteSpan salt;
  ByteSpan body;
  // record_leaf_hash() of nonce and record where the caller has computed it, say on many threads.
  std::optional<Digest> leaf{};
  // They are there, encrypted, and their key is not at hand: nothing is said about them.
  bool sealed = false;
  // What the store of the keys says of a body that is gone; believed only of an entry beyond the
  // end, in a copy of a log that was made before the erasure.
  std::optional<LogIndex> erased_by = std::nullopt;
};

// One signature to be verified.
class Check {
 public:
  using Verify = std::function<bool()>;
  Check(Verify verify, std::string_view reason, std::uint64_t at, bool checkpoint)
      : verify_(std::move(verify)), reason_(reason), at_(at), checkpoint_(checkpoint) {}
  // Of a checkpoint: where it was kept.
  Check(Verify verify, std::string_view reason, std::uint64_t at, std::string source)
      : Check(std::move(verify), reason, at, true) {
    source_ = std::move(source);
  }
  void run() { holds_ = verify_(); }

 private:
  friend class LogAudit;
  Verify verify_;
  std::string_view reason_;  // why it is wrong if it does not hold
  std::uint64_t at_;
  bool checkpoint_;
  std::string source_;
  bool holds_ = false;
};

// Runs checks, in any order; they may go on beside what the caller does next, until what is given
// back is called, or destroyed.
using Executor = std::function<std::function<void()>(std::span<Check>)>;
// One after the other on the caller's thread.
std::function<void()> run_in_order(std::span<Check> checks);

// The first thing that is wrong.
struct Wrong {
  enum class Where { kEntry, kCheckpoint };
  Where where = Where::kEntry;
  std::uint64_t at = 0;  // index of the entry; size of the checkpoint
  std::string reason;
  std::string source{};  // of a checkpoint that does not come from the log: where it was kept

  // "entry 17: the sender's signature does not hold",
  // "checkpoint of size 4, kept in FILE: its root is not that of the entries: ..."
  [[nodiscard]] std::string line() const;
};

// How much was looked at. With a Wrong, what came before it.
struct AuditCounts {
  std::uint64_t entries = 0;
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t administered = 0;
  std::uint64_t skipped = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t sender_signatures = 0;
  std::uint64_t second_signatures = 0;
  std::uint64_t acknowledgements = 0;
  std::uint64_t commitments = 0;  // salt and body are those that were signed
  // Of accepted messages: those that are not there, of these those erased by an entry; and those
  // that are there without their key.
  std::uint64_t bodies_absent = 0;
  std::uint64_t bodies_erased = 0;
  std::uint64_t bodies_sealed = 0;
  std::uint64_t signing_keys = 0;  // enrolled, with those that ended
  std::uint64_t subscriptions = 0;
};

struct AuditReport {
  TreeSize size;
  TreeSize covered;  // by the last checkpoint; entries from here on are under no signature
  Digest root;       // of `size`
  AuditCounts counts;
  // The logs that this one continues, the newest first: their entries are in it, as far as their
  // checkpoints go.
  std::vector<Predecessor> predecessors;
  std::optional<Wrong> wrong;
  // With a Wrong: entries before it that hold; with a checkpoint that is wrong, those under the
  // last one that holds.
  TreeSize held;
  // Entries whose bodies are gone, each by an entry beyond the end.
  std::vector<LogIndex> erased_later;
  // Entries whose bodies are there without their key.
  std::vector<LogIndex> sealed;
};

// Which bodies stand beside the entries: those of the log, so that each is there or was erased; or
// those of an export, which may hold none, or ones that were erased since.
enum class Bodies { kOfTheLog, kExported };

class LogAudit {
 public:
  explicit LogAudit(notes::VerifierKey log, Executor run = run_in_order,
                    Bodies bodies = Bodies::kOfTheLog);
  ~LogAudit();
  LogAudit(LogAudit&&) noexcept;
  LogAudit& operator=(LogAudit&&) noexcept;

  // False when something is known to be wrong: finish() says what, and more entries change nothing.
  [[nodiscard]] bool add(const AuditEntry& entry);
  // A signed note. One that is not of the size reached is wrong. `source` says where one was kept
  // that is not the log's own copy.
  [[nodiscard]] bool add_checkpoint(std::string_view note, const std::string& source = {});
  [[nodiscard]] TreeSize size() const;
  [[nodiscard]] AuditReport finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::verify
