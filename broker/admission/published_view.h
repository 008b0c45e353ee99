// What one sender has published so far, as one judgement sees it: tables and the bodies behind
// them.
//
// Everything is read at most once a judgement, and every table that is read, for an error or for a
// warning, is in the read set. What the submission replaces is left out, and so is what was written
// since `as_of`: a verdict that met it is stale.
// Threads: one. Lifetime: `reader` and `reads` outlive it; what it returned is valid as long as the
// view.
// Errors: kStorage, kMalformed for a stored entry that cannot be read; `visit` cannot return one
// and leaves it in `error()`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/rules/rule_book.h"
#include "proto/statistics/observation_set.h"
#include "rapporteur/v1/envelope.pb.h"
#include "store/journal/journal.h"
#include "store/journal/sequencer.h"
#include "store/tables/table.h"

namespace rapporteur::admission {

// Finds rows by key.
class KeyIndex {
 public:
  explicit KeyIndex(const ObservationSet& observations);
  [[nodiscard]] bool holds(const ObservationSet& other, std::size_t row) const;

 private:
  const ObservationSet& observations_;
  std::vector<std::pair<std::uint64_t, std::size_t>> rows_;  // by hash
};

// An accepted submission of the log.
struct Holder {
  v1::Header header;
  bool erased = false;  // what it said is not known any more: no observations, no keys
  ObservationSet observations;
  std::unique_ptr<KeyIndex> keys;
};

class PublishedView final : public rules::PublishedFigures {
 public:
  // `reads.as_of` is set.
  PublishedView(const journal::JournalReader& reader, journal::ReadSet& reads)
      : reader_(reader), reads_(reads), before_(*this) {}
  PublishedView(const PublishedView&) = delete;
  PublishedView& operator=(const PublishedView&) = delete;
  // The submission that is judged as gone.
  void leave_out(LogIndex replaced) { replaced_ = replaced; }
  [[nodiscard]] std::optional<LogIndex> left_out() const { return replaced_; }

  [[nodiscard]] Result<const tables::Table*> table(const journal::ResourceId& id) const;
  // Empty when the entry is no accepted submission, or newer than the view.
  [[nodiscard]] Result<const Holder*> holder(LogIndex index) const;

  // Whether something replaced it or withdrew it.
  [[nodiscard]] Result<bool> ended(const Holder& holder) const;

  void visit(const rules::TableKey& table, const Use& use) const override;
  void visit_ended(const rules::TableKey& table, const Use& use) const override;
  // The same with what is left out.
  [[nodiscard]] const rules::PublishedFigures& before() const { return before_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  class Before final : public rules::PublishedFigures {
   public:
    explicit Before(const PublishedView& view) : view_(view) {}
    void visit(const rules::TableKey& table, const Use& use) const override {
      view_.visit_but(std::nullopt, table, use);
    }
    void visit_ended(const rules::TableKey& table, const Use& use) const override {
      view_.note(view_.visit_ended_before(table, use));
    }

   private:
    const PublishedView& view_;
  };
  // All rows of the table but those of `skipped`.
  void visit_but(std::optional<LogIndex> skipped, const rules::TableKey& table,
                 const Use& use) const;
  [[nodiscard]] Status visit_table(std::optional<LogIndex> skipped, const rules::TableKey& key,
                                   const Use& use) const;
  // The rows of one submission that had a count; where `newest` is given, those that it holds
  // there.
  [[nodiscard]] Status visit_counts(LogIndex index, const rules::TableKey& key,
                                    const tables::Table* newest, const Use& use) const;
  // Without what is left out.
  [[nodiscard]] Status visit_ended_before(const rules::TableKey& key, const Use& use) const;
  // Of errors the first is kept; nothing is read after it.
  void note(const Status& done) const;

  const journal::JournalReader& reader_;
  journal::ReadSet& reads_;
  Before before_;
  std::optional<LogIndex> replaced_;
  mutable std::unordered_map<journal::ResourceId, tables::Table> tables_;
  mutable std::map<LogIndex, std::unique_ptr<Holder>> holders_;
  mutable std::optional<Error> error_;
};

}  // namespace rapporteur::admission
