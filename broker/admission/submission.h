// Judges NEW, REVISION and WITHDRAWAL: rights, version chain, keys, rules, disclosure.
//
// All findings are collected, whatever comes first, so that the sender hears them at once.
// Threads: one object a judgement. Lifetime: borrows what it is given. Errors: kStorage when the
// journal cannot be read.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "broker/admission/gate_rules.h"
#include "broker/admission/published_view.h"
#include "broker/admission/signed_message.h"
#include "broker/admission/table_changes.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

// What operators have decided, as of the judgement.
struct Decided {
  const directory::Directory& directory;
  std::span<const rules::Waiver> waivers;  // of the submission's dataflow
};

class SubmissionJudge {
 public:
  // `reads` grows by what the verdict depends on.
  SubmissionJudge(const SignedMessage& message, const Decided& decided,
                  const journal::JournalReader& reader, journal::ReadSet& reads);

  struct Decision {
    bool accepted = false;
    std::vector<rules::Finding> findings;
    std::string record;
    std::vector<journal::TableWrite> tables;
  };
  [[nodiscard]] Result<Decision> judge();

 private:
  void judge_certificate();
  void judge_second_signature();
  void judge_releasability();
  void judge_rights();
  void judge_rights_to_replace();
  // Whether the head of the chain was found and is to be replaced.
  [[nodiscard]] Status judge_chain();
  [[nodiscard]] Status name_head(journal::MessageKey message, LogIndex by);
  [[nodiscard]] Status judge_keys();
  [[nodiscard]] Status judge_content();
  // The observations under what the header claims.
  [[nodiscard]] rules::Submission claimed() const;
  void judge_withdrawal();
  [[nodiscard]] Status change_tables();
  void not_found(const char* why);
  [[nodiscard]] Decision decide();
  [[nodiscard]] v1::Accepted accepted_part() const;

  const SignedMessage& message_;
  const v1::Header& header_;
  const directory::Directory& directory_;
  std::span<const rules::Waiver> waivers_;
  const journal::JournalReader& reader_;
  journal::ReadSet& reads_;

  PublishedView view_;
  TableChanges changes_;
  std::vector<std::string> areas_;  // as the header claims
  FindingList findings_;
  std::optional<ObservationSet> observations_;  // empty: the body cannot be read
  std::optional<rules::WaivedRows> waived_;     // of the observations
  const Holder* replaced_ = nullptr;
  std::vector<journal::TableWrite> tables_;
};

}  // namespace rapporteur::admission
