// The rule book: everything the hub says about a submission from its content alone.
//
// Pure: no I/O, no clock, no randomness; the same input gives the same findings in the same order.
// The hub and `rapporteur-adapter validate` call the very same functions.
//
// Threads: any. Errors: none; what is wrong is a finding.
// Source: PROTOCOL.md, rule table (generated from `rules()`).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/rules/waivers.h"
#include "proto/base/clock.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::rules {

enum class Severity { kError, kWarning };

// One row of the rule table.
struct Rule {
  std::string_view code;
  Severity severity;
  std::string_view sentence_en;
  std::string_view sentence_fr;
  std::string_view remedy_en;
  std::string_view field;  // component, attribute or header field it points at
  std::string_view remedy_fr;
};
[[nodiscard]] std::span<const Rule> rules();
[[nodiscard]] const Rule* find_rule(std::string_view code);
// The table as PROTOCOL.md carries it.
[[nodiscard]] std::string rule_table_markdown(std::span<const Rule> table = rules());

// What one rule found at one place. Row 0 is the submission as a whole; rows count from 1.
struct Finding {
  std::string code;
  Severity severity = Severity::kError;
  std::string field;
  std::uint32_t row = 0;
  std::string key;        // of the cell; codes that are in no list stand as they came
  std::string detail_en;  // may hold values: for the sender alone
  std::string detail_fr;
  std::string remedy;
  WaivedBy waived_by = {};  // an error but for these waivers, and so a warning
};

// A table of the published view: one sender's live cells of these components.
struct TableKey {
  std::string dataflow;
  std::string sender;
  std::string indicator;
  std::string ref_area;
  std::string time_period;
  auto operator<=>(const TableKey&) const = default;
};

// The sender's own submissions that hold cells of a table; the pure library never sees more.
class PublishedFigures {
 public:
  // Rows ascend, and are at least one.
  using Use = std::function<void(const ObservationSet&, Rows)>;

  virtual ~PublishedFigures() = default;
  // The rows that are live.
  virtual void visit(const TableKey& table, const Use& use) const = 0;
  // Of what was public and is in force no more, the rows that had a count (a number without a
  // qualifier); of a key that comes more than once the first is the newest.
  virtual void visit_ended(const TableKey& table, const Use& use) const = 0;
};
class NothingPublished final : public PublishedFigures {
 public:
  void visit(const TableKey&, const Use&) const override {}
  void visit_ended(const TableKey&, const Use&) const override {}
};

struct Policy {
  std::uint32_t k = 10;
  std::uint32_t depth_from = 1;
  bool zeros_sensitive = false;
  std::uint32_t interval_width = 3;
  codelists::FreeText free_text = codelists::FreeText::kScanned;
};

struct Submission {
  std::string_view sender;
  std::string_view dataflow;
  std::string_view indicator;              // as the header claims
  std::span<const std::string> ref_areas;  // as the header claims
  const ObservationSet& observations;
  bool second_signature = false;       // the sender's data officer signed, too
  const WaivedRows* waived = nullptr;  // of `observations`; null: none is

  // Of a finding that rests on these rows, counted from 0.
  [[nodiscard]] WaivedBy waived_by(std::span<const std::uint32_t> rows) const {
    return waived == nullptr ? WaivedBy() : waived->all(rows);
  }
};

// Tables the judgement will look at: those the submission touches and those its indicator's
// equations and cross-checks read. Distinct, ascending.
[[nodiscard]] std::vector<TableKey> tables_read(const Submission& submission);
// Only those it would write into.
[[nodiscard]] std::vector<TableKey> tables_touched(const Submission& submission);

// Those it would write into and, of the same areas and periods, those of the indicators that its
// own are summands or sums of.
[[nodiscard]] std::vector<TableKey> tables_added_up(const Submission& submission);

// All findings, ordered by (row, field, code); errors and warnings. At most limits::kFindings,
// errors before warnings when there are more; MORE_FINDINGS (row 0) then says how many were left
// out. `published` leaves out what the submission replaces. Disclosure findings come from
// broker/disclosure, which the gate and `validate` call next. Not for withdrawals, which have no
// observations.
[[nodiscard]] std::vector<Finding> judge(const Submission& submission, const Policy& policy,
                                         const PublishedFigures& published);

// Rules over a whole file, across its submissions (identical figures side by side, contradictions
// between facts, totals split over submissions): for `validate`, beside `judge` for each. A row
// counts through the submissions in the order given.
[[nodiscard]] std::vector<Finding> judge_file(std::span<const Submission> submissions,
                                              const Policy& policy,
                                              const PublishedFigures& published);

[[nodiscard]] bool any_error(std::span<const Finding> findings);

}  // namespace rapporteur::rules
