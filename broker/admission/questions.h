// Answers to questions that need the log, with nothing in them that the asker is not entitled to.
//
// Operators and auditors see every entry; others see entries of their own messages and
// subscriptions, and what they may receive.
// Threads: any; questions for a snapshot one at a time. Lifetime: all that is referred to outlives
// it. Errors: a question that cannot be answered gives a Fault. Source: PROTOCOL.md, "Queries".
#pragma once

#include <string>

#include "broker/admission/backup_mark.h"
#include "broker/core/events.h"
#include "proto/base/clock.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/journal/journal.h"
#include "store/journal/snapshots.h"

namespace rapporteur::admission {

struct HubFacts {
  std::string hub;
  std::string origin;
  std::string log_verifier_key;
};

class Questions {
 public:
  // `snapshots` may be null: then none is made.
  Questions(HubFacts facts, const journal::JournalReader& reader, const BackupMark& backed_up,
            journal::Snapshots* snapshots, const Clock& clock)
      : facts_(std::move(facts)),
        reader_(reader),
        backed_up_(backed_up),
        snapshots_(snapshots),
        clock_(clock) {}

  [[nodiscard]] core::Answered answer(core::Ask question) const;

 private:
  template <typename T>
  using OrFault = tl::expected<T, v1::Fault>;

  [[nodiscard]] OrFault<v1::Welcome> welcome(const core::Ask& question) const;
  [[nodiscard]] OrFault<v1::Answer> look_up(const core::Ask& question) const;
  [[nodiscard]] OrFault<v1::Entries> entries(const core::Ask& question,
                                             const v1::EntriesQuery& query) const;
  [[nodiscard]] OrFault<v1::Proof> proof(const core::Ask& question,
                                         const v1::ProofQuery& query) const;
  [[nodiscard]] OrFault<v1::Proofs> proofs(const core::Ask& question,
                                           const v1::ProofsQuery& query) const;
  // An entry and its proof in a tree that the log has reached.
  [[nodiscard]] OrFault<v1::Proof> proof_in(const core::Ask& question, LogIndex index,
                                            TreeSize size) const;
  [[nodiscard]] OrFault<v1::SignedCheckpoint> checkpoint(const v1::CheckpointQuery& query) const;
  [[nodiscard]] OrFault<v1::Cosigned> cosigned(const v1::CosignedQuery& query) const;
  [[nodiscard]] OrFault<v1::Consistency> consistency(const v1::ConsistencyQuery& query) const;
  [[nodiscard]] OrFault<v1::Snapshot> snapshot() const;
  [[nodiscard]] OrFault<v1::WaivedCells> waived_cells(const core::Ask& question,
                                                      const v1::WaivedCellsQuery& query) const;
  // Live submissions: those of the filter that the asker may receive, or (`own`) its own.
  struct Page {
    v1::SubscriptionFilter filter;
    bool own = false;
    bool ended = false;
    std::size_t most = 0;
    std::string_view after;
  };
  [[nodiscard]] OrFault<v1::Table> table(const core::Ask& question, const Page& page) const;
  [[nodiscard]] OrFault<bool> collect(const core::Ask& question, const Page& page,
                                      const journal::StoredEntry& entry, v1::Table& out) const;

  HubFacts facts_;
  const journal::JournalReader& reader_;
  const BackupMark& backed_up_;
  journal::Snapshots* const snapshots_;
  const Clock& clock_;
};

}  // namespace rapporteur::admission
