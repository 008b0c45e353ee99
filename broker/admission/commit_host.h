// What the sequencer hands back becomes answers, items and news for the core.
//
// Threads: all functions on the sequencer's. Receipts are made here, off the router's thread, so
// that the router only sends. Lifetime: all referenced objects outlive the sequencer.
#pragma once

#include "broker/admission/answers.h"
#include "broker/admission/judging.h"
#include "broker/admission/observer.h"
#include "broker/admission/workers.h"
#include "broker/core/ports.h"

namespace rapporteur::admission {

class CommitHost final : public journal::SequencerHost {
 public:
  struct Parts {
    const Judging& judging;
    const Answers& answers;
    const DirectoryHolder& directory;
    const crypto::SigningKey& key;
    Workers& workers;
    core::EventSink& events;
    Observer& observer;
    const Clock& clock;
  };
  // `size` is that of the log before the first group.
  CommitHost(const Parts& parts, TreeSize size) : parts_(parts), size_(size) {}

  void committed(std::vector<journal::Committed> run) override;
  void passed(std::unique_ptr<journal::Context> context) override;
  void stale(journal::Proposal proposal) override;
  void judge_in_order(journal::Proposal& proposal) override;
  void out_of_sequence(std::unique_ptr<journal::Context> context, Sequence expected) override;
  void storage_failed(std::unique_ptr<journal::Context> context, const Error& error) override;

 private:
  void enter(journal::Committed& committed, Message& message, core::LogGrew& grown);

  Parts parts_;
  TreeSize size_;  // as far as the core was told
};

// The directory as anybody may ask for it: a serialized v1.Directory, signed by the log's key.
[[nodiscard]] std::string signed_directory(const directory::Directory& directory,
                                           const crypto::SigningKey& key);

}  // namespace rapporteur::admission
