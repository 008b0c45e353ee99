// The hub's own rules, run here: rights, keys, the rule book and disclosure control over what would
// be sent, against what the last sync says this agency may send and has published.
//
// What hides protected counts gets its certificate here, against what will be public when the hub
// judges it: also what goes before it, of the same file and by `expect`.
//
// Threads: one at a time. Errors: kStorage for a ledger that cannot be read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adapters/client/ledger.h"
#include "adapters/sources/plan.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::agency {

// Submissions of this agency by the tables they hold cells of.
class LedgerFigures final : public rules::PublishedFigures {
 public:
  // Of one dataflow. `live` ones, of which those that are `replaced` are no more; `ended` as
  // Ledger::ended gives them.
  [[nodiscard]] static Result<LedgerFigures> open(std::span<const client::OwnSubmission> live,
                                                  std::span<const client::OwnSubmission> ended,
                                                  std::string_view dataflow,
                                                  const std::set<MessageId>& replaced);
  void visit(const rules::TableKey& table, const Use& use) const override;
  void visit_ended(const rules::TableKey& table, const Use& use) const override;
  // As if those that are `gone` had ended last.
  void visit_but(const std::set<MessageId>& gone, const rules::TableKey& table,
                 const Use& use) const;
  void visit_ended_with(const std::set<MessageId>& gone, const rules::TableKey& table,
                        const Use& use) const;
  // One finding for each row whose key is held already.
  [[nodiscard]] std::vector<rules::Finding> taken_keys(const rules::Submission& submission) const;

  // Figures that will be live, too.
  void add(const std::string& dataflow, const std::string& sender, MessageId id,
           std::unique_ptr<const ObservationSet> observations);

 private:
  struct Part {  // of a table
    const ObservationSet* observations;
    MessageId holder;
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> counts;  // of these those that have one
  };
  using Cells = std::map<rules::TableKey, std::vector<Part>>;
  [[nodiscard]] Status read(const client::OwnSubmission& own, std::string_view dataflow,
                            Cells& into);
  void add(const std::string& dataflow, const std::string& sender, MessageId id,
           std::unique_ptr<const ObservationSet> observations, Cells& into);

  std::vector<std::unique_ptr<const ObservationSet>> submissions_;
  Cells cells_;
  Cells ended_;  // in the order of visit_ended
};

class LocalCheck {
 public:
  // What is known without a hub: defaults where nothing was synced.
  [[nodiscard]] static Result<LocalCheck> open(const std::string& participant,
                                               const client::Ledger& ledger);

  // What the hub will have taken before anything that is judged here. It replaces or takes back
  // `revises`; a withdrawal has no observations.
  void expect(const std::string& dataflow, std::optional<MessageId> revises,
              ObservationSet observations);

  // The data officer signs all that is judged from now on, too.
  void sign_second(const KeyId& officer, std::string reason);

  struct Judged {
    std::vector<rules::Finding> findings;  // ordered by row
    std::string certificate;               // "" where none is needed, or none could be made
  };
  // Of each submission, in order. What each `replaces` is left out of what counts as published for
  // it and for those behind it; `replaces` is as long as `submissions`.
  [[nodiscard]] Result<std::vector<Judged>> judge(
      std::span<const sources::PlannedSubmission> submissions,
      std::span<const std::optional<MessageId>> replaces) const;
  // Findings across the submissions of one file, rows counted through all of them.
  [[nodiscard]] Result<std::vector<rules::Finding>> judge_file(
      std::span<const sources::PlannedSubmission> submissions,
      std::span<const std::optional<MessageId>> replaces) const;
  // Of the last sync, and what was accepted from here since.
  [[nodiscard]] std::span<const client::OwnSubmission> live() const { return ledger_; }

  // What is wrong with the data officer's signature, of whatever submission.
  [[nodiscard]] std::vector<rules::Finding> judge_second() const;

  [[nodiscard]] const std::optional<client::SignedDirectory>& directory() const {
    return directory_;
  }
  // What the findings rest on, for a person: when it was synced, or that it never was.
  [[nodiscard]] std::string basis() const;
  [[nodiscard]] const std::optional<UnixMillis>& synced_at() const { return synced_at_; }

 private:
  struct Figures {
    LedgerFigures published;  // without what is replaced
    LedgerFigures before;
    LedgerFigures coming;  // what the hub will have taken before
    std::optional<ObservationSet> replaced;
  };
  struct Officer {
    KeyId key;
    std::string reason;
  };
  struct Expected {
    std::string dataflow;
    ObservationSet observations;
  };
  [[nodiscard]] rules::Policy policy(const std::string& dataflow) const;
  // Of the submission's observations.
  [[nodiscard]] rules::WaivedRows waived(const sources::PlannedSubmission& planned) const;
  [[nodiscard]] Judged judge_one(const sources::PlannedSubmission& planned,
                                 const Figures& figures) const;
  [[nodiscard]] std::vector<rules::Finding> judge_disclosure(const rules::Submission& submission,
                                                             const rules::Policy& in_force,
                                                             const Figures& figures,
                                                             std::string& certificate) const;
  [[nodiscard]] std::vector<rules::Finding> judge_claims(const rules::Submission& submission,
                                                         const Figures& figures) const;
  // `replaced` by what is judged; `gone` it and those before it.
  [[nodiscard]] Result<Figures> figures_of(const std::string& dataflow,
                                           std::optional<MessageId> replaced,
                                           const std::set<MessageId>& gone) const;
  std::string participant_;
  std::optional<client::SignedDirectory> directory_;
  std::optional<UnixMillis> synced_at_;
  std::vector<client::OwnSubmission> ledger_;
  std::vector<client::OwnSubmission> ended_;
  std::map<std::string, std::vector<rules::Waiver>> waivers_;  // by dataflow
  std::vector<Expected> expected_;
  std::optional<Officer> officer_;
  std::set<MessageId> gone_;  // that what is expected replaces or takes back
};

}  // namespace rapporteur::agency
