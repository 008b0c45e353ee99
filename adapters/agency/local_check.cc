#include "adapters/agency/local_check.h"

#include <algorithm>
#include <deque>
#include <iterator>

#include "adapters/agency/program.h"
#include "adapters/anonymise/certify.h"
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "broker/rules/claims.h"
#include "proto/codelists/code_lists.h"
#include "proto/directory/rights.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/directory.pb.h"

namespace rapporteur::agency {
namespace {

rules::Policy default_policy(const std::string& dataflow) {
  rules::Policy policy;
  if (const codelists::Dataflow* known = codelists::find_dataflow(dataflow)) {
    policy = {known->policy.k, known->policy.depth_from, known->policy.zeros_sensitive,
              known->policy.interval_width, known->policy.free_text};
  }
  return policy;
}

rules::Submission as_submission(const std::string& sender,
                                const sources::PlannedSubmission& planned,
                                const rules::WaivedRows& waived, bool second_signature = false) {
  return {.sender = sender,
          .dataflow = planned.dataflow,
          .indicator = planned.indicator,
          .ref_areas = planned.ref_areas,
          .observations = planned.observations,
          .second_signature = second_signature,
          .waived = &waived};
}

// What is published, with what the hub will have taken by then.
class FiguresByThen final : public rules::PublishedFigures {
 public:
  FiguresByThen(const LedgerFigures& published, const std::set<MessageId>& gone,
                const LedgerFigures& coming)
      : published_(published), gone_(gone), coming_(coming) {}
  void visit(const rules::TableKey& table, const Use& use) const override {
    published_.visit_but(gone_, table, use);
    coming_.visit(table, use);
  }
  void visit_ended(const rules::TableKey& table, const Use& use) const override {
    published_.visit_ended_with(gone_, table, use);
  }

 private:
  const LedgerFigures& published_;
  const std::set<MessageId>& gone_;
  const LedgerFigures& coming_;
};

void append(std::vector<rules::Finding>& to, std::vector<rules::Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

Result<LedgerFigures> LedgerFigures::open(std::span<const client::OwnSubmission> live,
                                          std::span<const client::OwnSubmission> ended,
                                          std::string_view dataflow,
                                          const std::set<MessageId>& replaced) {
  LedgerFigures figures;
  for (const client::OwnSubmission& own : live) {
    Cells& into = replaced.contains(own.message_id) ? figures.ended_ : figures.cells_;
    if (auto done = figures.read(own, dataflow, into); !done) return tl::unexpected(done.error());
  }
  for (const client::OwnSubmission& own : ended) {
    if (auto done = figures.read(own, dataflow, figures.ended_); !done) {
      return tl::unexpected(done.error());
    }
  }
  return figures;
}

Status LedgerFigures::read(const client::OwnSubmission& own, std::string_view dataflow,
                           Cells& into) {
  if (own.header.dataflow() != dataflow || own.body.empty()) return {};
  auto body = BodyCodec::decode(bytes_of(own.body));
  if (!body) {
    return fail(ErrorKind::kStorage,
                "a submission of the ledger cannot be read: " + body.error().what,
                uuid_text(own.message_id), "sync again");
  }
  add(own.header.dataflow(), own.header.sender(), own.message_id,
      std::make_unique<const ObservationSet>(std::move(body->observations)), into);
  return {};
}

void LedgerFigures::add(const std::string& dataflow, const std::string& sender, MessageId id,
                        std::unique_ptr<const ObservationSet> observations) {
  add(dataflow, sender, id, std::move(observations), cells_);
}

void LedgerFigures::add(const std::string& dataflow, const std::string& sender, MessageId id,
                        std::unique_ptr<const ObservationSet> observations, Cells& into) {
  for (std::uint32_t row = 0; row < observations->rows(); ++row) {
    rules::TableKey table{dataflow, sender, observations->code(Dimension::kIndicator, row),
                          observations->code(Dimension::kRefArea, row),
                          observations->code(Dimension::kTimePeriod, row)};
    std::vector<Part>& parts = into[std::move(table)];
    if (parts.empty() || parts.back().observations != observations.get()) {
      parts.push_back({observations.get(), id, {}, {}});
    }
    parts.back().rows.push_back(row);
    if (observations->has_count(row)) parts.back().counts.push_back(row);
  }
  submissions_.push_back(std::move(observations));
}

void LedgerFigures::visit(const rules::TableKey& table, const Use& use) const {
  visit_but({}, table, use);
}

void LedgerFigures::visit_ended(const rules::TableKey& table, const Use& use) const {
  visit_ended_with({}, table, use);
}

void LedgerFigures::visit_but(const std::set<MessageId>& gone, const rules::TableKey& table,
                              const Use& use) const {
  const auto found = cells_.find(table);
  if (found == cells_.end()) return;
  for (const Part& part : found->second) {
    if (!gone.contains(part.holder)) use(*part.observations, part.rows);
  }
}

void LedgerFigures::visit_ended_with(const std::set<MessageId>& gone, const rules::TableKey& table,
                                     const Use& use) const {
  const auto visit_counts = [&](const Cells& cells, const auto& wanted) {
    const auto found = cells.find(table);
    if (found == cells.end()) return;
    for (const Part& part : found->second) {
      if (wanted(part) && !part.counts.empty()) use(*part.observations, part.counts);
    }
  };
  visit_counts(cells_, [&](const Part& part) { return gone.contains(part.holder); });
  visit_counts(ended_, [](const Part&) { return true; });
}

std::vector<rules::Finding> LedgerFigures::taken_keys(const rules::Submission& submission) const {
  const ObservationSet& own = submission.observations;
  const std::string dataflow(submission.dataflow);
  const std::string sender(submission.sender);
  std::vector<rules::Finding> findings;
  for (std::size_t row = 0; row < own.rows(); ++row) {
    const auto table =
        cells_.find({dataflow, sender, own.code(Dimension::kIndicator, row),
                     own.code(Dimension::kRefArea, row), own.code(Dimension::kTimePeriod, row)});
    if (table == cells_.end()) continue;
    const std::uint64_t hash = own.key_hash(row);
    for (const Part& part : table->second) {
      const bool taken = std::any_of(part.rows.begin(), part.rows.end(), [&](std::uint32_t other) {
        return part.observations->key_hash(other) == hash &&
               own.same_key(row, *part.observations, other);
      });
      if (taken) findings.push_back(rules::key_taken(own, row, uuid_text(part.holder)));
    }
  }
  return findings;
}

Result<LocalCheck> LocalCheck::open(const std::string& participant, const client::Ledger& ledger) {
  LocalCheck check;
  check.participant_ = participant;
  auto directory = ledger.directory();
  if (!directory) return tl::unexpected(directory.error());
  check.directory_ = std::move(*directory);
  auto synced_at = ledger.synced_at();
  if (!synced_at) return tl::unexpected(synced_at.error());
  check.synced_at_ = *synced_at;
  auto waived = ledger.waived();
  if (!waived) return tl::unexpected(waived.error());
  for (client::WaivedCells& one : *waived) {
    check.waivers_[one.dataflow].push_back({one.index, std::move(one.cells)});
  }
  auto submissions = ledger.submissions();
  if (!submissions) return tl::unexpected(submissions.error());
  check.ledger_ = std::move(*submissions);
  auto ended = ledger.ended();
  if (!ended) return tl::unexpected(ended.error());
  check.ended_ = std::move(*ended);
  return check;
}

rules::Policy LocalCheck::policy(const std::string& dataflow) const {
  if (directory_) {
    for (const v1::Policy& set : directory_->state().policies()) {
      if (set.dataflow() != dataflow) continue;
      return {set.k(), set.depth_from(), set.zeros_sensitive(), set.interval_width(),
              set.free_text() == v1::Policy::FREE_TEXT_NONE ? codelists::FreeText::kNone
                                                            : codelists::FreeText::kScanned};
    }
  }
  return default_policy(dataflow);
}

rules::WaivedRows LocalCheck::waived(const sources::PlannedSubmission& planned) const {
  const auto found = waivers_.find(planned.dataflow);
  if (found == waivers_.end()) return {planned.observations, {}};
  return {planned.observations, found->second};
}

std::string LocalCheck::basis() const {
  if (!synced_at_) {
    return "never synced: default policy; rights and published figures not checked "
           "('rapporteur-adapter sync' fetches them)";
  }
  return "checked against the sync of " + time_text(*synced_at_) +
         " and what was accepted from here since ('rapporteur-adapter sync' brings it up to date)";
}

// What the gate asks of the directory and the log, answered from the last sync.
std::vector<rules::Finding> LocalCheck::judge_claims(const rules::Submission& submission,
                                                     const Figures& figures) const {
  if (!directory_) return {};
  const std::vector<std::string> granted =
      submit_areas(directory_->state(), participant_, submission.dataflow, submission.indicator);
  std::vector<rules::Finding> findings = rules::check_rights(submission, granted);
  if (figures.replaced) {
    append(
        findings,
        rules::check_rights_to_replace(
            {submission.indicator, figures.replaced->column(Dimension::kRefArea).codes}, granted));
  }
  append(findings, figures.published.taken_keys(submission));
  return findings;
}

std::vector<rules::Finding> LocalCheck::judge_disclosure(const rules::Submission& submission,
                                                         const rules::Policy& in_force,
                                                         const Figures& figures,
                                                         std::string& certificate) const {
  std::vector<rules::Finding> findings =
      disclosure::check_small_cells(submission, in_force, figures.published, figures.before);
  const auto make = [&](const disclosure::CertificateTask& task) {
    auto made = anonymise::certify(task);
    if (made) certificate = made->bytes;
    return made;
  };
  append(findings,
         disclosure::check_release(submission, in_force,
                                   FiguresByThen(figures.published, gone_, figures.coming),
                                   FiguresByThen(figures.before, gone_, figures.coming), make));
  return findings;
}

LocalCheck::Judged LocalCheck::judge_one(const sources::PlannedSubmission& planned,
                                         const Figures& figures) const {
  const rules::WaivedRows rows = waived(planned);
  const rules::Submission submission =
      as_submission(participant_, planned, rows, officer_.has_value());
  const rules::Policy in_force = policy(planned.dataflow);
  Judged out;
  out.findings = judge_claims(submission, figures);
  append(out.findings, rules::judge(submission, in_force, figures.published));
  append(out.findings, judge_disclosure(submission, in_force, figures, out.certificate));
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const rules::Finding& a, const rules::Finding& b) { return a.row < b.row; });
  return out;
}

void LocalCheck::sign_second(const KeyId& officer, std::string reason) {
  officer_ = {officer, std::move(reason)};
}

std::vector<rules::Finding> LocalCheck::judge_second() const {
  if (!officer_) return {};
  std::vector<rules::Finding> findings = rules::check_reason(officer_->reason);
  if (!directory_) return findings;
  const LogIndex now{directory_->state().version()};
  if (!directory_->signing_key(participant_, officer_->key.view(), now)) {
    findings.push_back(rules::no_second_signature());
  }
  return findings;
}

void LocalCheck::expect(const std::string& dataflow, std::optional<MessageId> revises,
                        ObservationSet observations) {
  if (revises) gone_.insert(*revises);
  expected_.push_back({dataflow, std::move(observations)});
}

Result<LocalCheck::Figures> LocalCheck::figures_of(const std::string& dataflow,
                                                   std::optional<MessageId> replaced,
                                                   const std::set<MessageId>& gone) const {
  auto published = LedgerFigures::open(ledger_, ended_, dataflow, gone);
  if (!published) return tl::unexpected(published.error());
  auto before = LedgerFigures::open(ledger_, ended_, dataflow, {});
  if (!before) return tl::unexpected(before.error());
  Figures figures{std::move(*published), std::move(*before), {}, std::nullopt};
  for (const Expected& one : expected_) {
    if (one.dataflow != dataflow) continue;
    figures.coming.add(dataflow, participant_, {},
                       std::make_unique<const ObservationSet>(one.observations));
  }
  for (const client::OwnSubmission& own : ledger_) {
    if (own.message_id != replaced || own.header.dataflow() != dataflow) continue;
    auto body = BodyCodec::decode(bytes_of(own.body));
    // The figures above hold it too, so it can be read.
    if (body) figures.replaced = std::move(body->observations);
  }
  return figures;
}

Result<std::vector<LocalCheck::Judged>> LocalCheck::judge(
    std::span<const sources::PlannedSubmission> submissions,
    std::span<const std::optional<MessageId>> replaces) const {
  std::vector<Judged> all;
  std::map<std::string, Figures, std::less<>> by_dataflow;
  std::set<MessageId> gone;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    const sources::PlannedSubmission& planned = submissions[i];
    if (replaces[i]) gone.insert(*replaces[i]);
    auto known = by_dataflow.find(planned.dataflow);
    if (known == by_dataflow.end() || replaces[i]) {
      auto figures = figures_of(planned.dataflow, replaces[i], gone);
      if (!figures) return tl::unexpected(figures.error());
      if (known != by_dataflow.end()) figures->coming = std::move(known->second.coming);
      known = by_dataflow.insert_or_assign(planned.dataflow, std::move(*figures)).first;
    } else {
      known->second.replaced.reset();
    }
    all.push_back(judge_one(planned, known->second));
    known->second.coming.add(planned.dataflow, participant_, {},
                             std::make_unique<const ObservationSet>(planned.observations));
  }
  return all;
}

Result<std::vector<rules::Finding>> LocalCheck::judge_file(
    std::span<const sources::PlannedSubmission> submissions,
    std::span<const std::optional<MessageId>> replaces) const {
  std::vector<rules::Finding> all;
  std::set<MessageId> gone;
  for (const auto& replaced : replaces) {
    if (replaced) gone.insert(*replaced);
  }
  // Rules over a file are rules within one dataflow; a file seldom has two.
  std::vector<std::string> dataflows;
  for (const sources::PlannedSubmission& planned : submissions)
    dataflows.push_back(planned.dataflow);
  std::sort(dataflows.begin(), dataflows.end());
  dataflows.erase(std::unique(dataflows.begin(), dataflows.end()), dataflows.end());
  for (const std::string& dataflow : dataflows) {
    std::vector<rules::Submission> of_dataflow;
    std::deque<rules::WaivedRows> rows;  // submissions point at them
    // Rows before those of this dataflow, since the plan keeps a dataflow's submissions together.
    std::uint32_t rows_before = 0;
    for (const sources::PlannedSubmission& planned : submissions) {
      if (planned.dataflow == dataflow) {
        of_dataflow.push_back(
            as_submission(participant_, planned, rows.emplace_back(waived(planned))));
      } else if (of_dataflow.empty()) {
        rows_before += static_cast<std::uint32_t>(planned.observations.rows());
      }
    }
    auto published = LedgerFigures::open(ledger_, {}, dataflow, gone);
    if (!published) return tl::unexpected(published.error());
    for (rules::Finding& finding : rules::judge_file(of_dataflow, policy(dataflow), *published)) {
      if (finding.row > 0) finding.row += rows_before;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace rapporteur::agency
