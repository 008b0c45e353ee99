// The hub's own rules, run here: rights, keys, the rule book and the small-cell rule over what
// would be sent, against what the last sync says this agency may send and has published.
//
// Threads: one at a time. Errors: kStorage for a ledger that cannot be read.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/client/ledger.h"
#include "adapters/sources/plan.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::agency {

// Live submissions of this agency by the tables they hold cells of.
class LedgerFigures final : public rules::PublishedFigures {
 public:
  // All of one dataflow, without the submission `replaced`.
  [[nodiscard]] static Result<LedgerFigures> open(std::span<const client::OwnSubmission> ledger,
                                                  std::string_view dataflow,
                                                  std::optional<MessageId> replaced);
  void visit(const rules::TableKey& table,
             const std::function<void(const ObservationSet&, std::size_t)>& use) const override;
  // One finding for each row whose key is held already.
  [[nodiscard]] std::vector<rules::Finding> taken_keys(const rules::Submission& submission) const;

 private:
  struct Cell {
    const ObservationSet* observations;
    std::size_t row;
    MessageId holder;
  };
  void add(const std::string& sender, const client::OwnSubmission& submission,
           std::unique_ptr<const ObservationSet> observations);
  std::vector<std::unique_ptr<const ObservationSet>> submissions_;
  std::map<rules::TableKey, std::vector<Cell>> cells_;
};

class LocalCheck {
 public:
  // What is known without a hub: defaults where nothing was synced.
  [[nodiscard]] static Result<LocalCheck> open(const std::string& participant,
                                               const client::Ledger& ledger);

  // Findings of each submission, in order; ordered by row. `replaced` is left out of what counts as
  // published.
  [[nodiscard]] Result<std::vector<std::vector<rules::Finding>>> judge(
      std::span<const sources::PlannedSubmission> submissions,
      std::optional<MessageId> replaced = {}) const;
  // Findings across the submissions of one file, rows counted through all of them.
  [[nodiscard]] Result<std::vector<rules::Finding>> judge_file(
      std::span<const sources::PlannedSubmission> submissions) const;

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
    std::optional<ObservationSet> replaced;
  };
  [[nodiscard]] rules::Policy policy(const std::string& dataflow) const;
  [[nodiscard]] std::vector<rules::Finding> judge_one(const sources::PlannedSubmission& planned,
                                                      const Figures& figures) const;
  [[nodiscard]] std::vector<rules::Finding> judge_claims(const rules::Submission& submission,
                                                         const Figures& figures) const;
  [[nodiscard]] Result<Figures> figures_of(const std::string& dataflow,
                                           std::optional<MessageId> replaced) const;
  std::string participant_;
  std::optional<client::SignedDirectory> directory_;
  std::optional<UnixMillis> synced_at_;
  std::vector<client::OwnSubmission> ledger_;
};

}  // namespace rapporteur::agency
