#include "adapters/agency/local_check.h"

#include <algorithm>

#include "broker/disclosure/small_cell.h"
#include "proto/codelists/code_lists.h"
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
                                const sources::PlannedSubmission& planned) {
  return {sender, planned.dataflow, planned.indicator, planned.ref_areas, planned.observations};
}

}  // namespace

Result<LedgerFigures> LedgerFigures::open(std::span<const client::OwnSubmission> ledger,
                                          std::string_view dataflow,
                                          std::optional<MessageId> replaced) {
  LedgerFigures figures;
  for (const client::OwnSubmission& own : ledger) {
    if (own.header.dataflow() != dataflow || own.message_id == replaced || own.body.empty()) {
      continue;
    }
    auto body = BodyCodec::decode(bytes_of(own.body));
    if (!body) {
      return fail(ErrorKind::kStorage,
                  "a submission of the ledger cannot be read: " + body.error().what,
                  uuid_text(own.message_id), "sync again");
    }
    figures.add(own.header.sender(), own,
                std::make_unique<const ObservationSet>(std::move(body->observations)));
  }
  return figures;
}

void LedgerFigures::add(const std::string& sender, const client::OwnSubmission& submission,
                        std::unique_ptr<const ObservationSet> observations) {
  for (std::size_t row = 0; row < observations->rows(); ++row) {
    rules::TableKey table{submission.header.dataflow(), sender,
                          observations->code(Dimension::kIndicator, row),
                          observations->code(Dimension::kRefArea, row),
                          observations->code(Dimension::kTimePeriod, row)};
    cells_[std::move(table)].push_back({observations.get(), row});
  }
  submissions_.push_back(std::move(observations));
}

void LedgerFigures::visit(
    const rules::TableKey& table,
    const std::function<void(const ObservationSet&, std::size_t)>& use) const {
  const auto found = cells_.find(table);
  if (found == cells_.end()) return;
  for (const Cell& cell : found->second) use(*cell.observations, cell.row);
}

Result<LocalCheck> LocalCheck::open(const std::string& participant, const client::Ledger& ledger) {
  LocalCheck check;
  check.participant_ = participant;
  auto directory = ledger.directory();
  if (!directory) return tl::unexpected(directory.error());
  check.directory_ = std::move(*directory);
  auto submissions = ledger.submissions();
  if (!submissions) return tl::unexpected(submissions.error());
  check.ledger_ = std::move(*submissions);
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

Result<std::vector<std::vector<rules::Finding>>> LocalCheck::judge(
    std::span<const sources::PlannedSubmission> submissions,
    std::optional<MessageId> replaced) const {
  std::vector<std::vector<rules::Finding>> all;
  std::map<std::string, std::pair<LedgerFigures, LedgerFigures>, std::less<>> by_dataflow;
  for (const sources::PlannedSubmission& planned : submissions) {
    auto known = by_dataflow.find(planned.dataflow);
    if (known == by_dataflow.end()) {
      auto without = LedgerFigures::open(ledger_, planned.dataflow, replaced);
      if (!without) return tl::unexpected(without.error());
      auto with = LedgerFigures::open(ledger_, planned.dataflow, std::nullopt);
      if (!with) return tl::unexpected(with.error());
      known =
          by_dataflow.emplace(planned.dataflow, std::pair(std::move(*without), std::move(*with)))
              .first;
    }
    const auto& [published, before] = known->second;
    const rules::Submission submission = as_submission(participant_, planned);
    const rules::Policy in_force = policy(planned.dataflow);
    std::vector<rules::Finding> findings = rules::judge(submission, in_force, published);
    for (rules::Finding& finding :
         disclosure::check_small_cells(submission, in_force, published, before)) {
      findings.push_back(std::move(finding));
    }
    std::stable_sort(
        findings.begin(), findings.end(),
        [](const rules::Finding& a, const rules::Finding& b) { return a.row < b.row; });
    all.push_back(std::move(findings));
  }
  return all;
}

Result<std::vector<rules::Finding>> LocalCheck::judge_file(
    std::span<const sources::PlannedSubmission> submissions) const {
  std::vector<rules::Finding> all;
  // Rules over a file are rules within one dataflow; a file seldom has two.
  std::vector<std::string> dataflows;
  for (const sources::PlannedSubmission& planned : submissions)
    dataflows.push_back(planned.dataflow);
  std::sort(dataflows.begin(), dataflows.end());
  dataflows.erase(std::unique(dataflows.begin(), dataflows.end()), dataflows.end());
  for (const std::string& dataflow : dataflows) {
    std::vector<rules::Submission> of_dataflow;
    // Rows before those of this dataflow, since the plan keeps a dataflow's submissions together.
    std::uint32_t rows_before = 0;
    for (const sources::PlannedSubmission& planned : submissions) {
      if (planned.dataflow == dataflow) {
        of_dataflow.push_back(as_submission(participant_, planned));
      } else if (of_dataflow.empty()) {
        rows_before += static_cast<std::uint32_t>(planned.observations.rows());
      }
    }
    auto published = LedgerFigures::open(ledger_, dataflow, std::nullopt);
    if (!published) return tl::unexpected(published.error());
    for (rules::Finding& finding : rules::judge_file(of_dataflow, policy(dataflow), *published)) {
      if (finding.row > 0) finding.row += rows_before;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace rapporteur::agency
