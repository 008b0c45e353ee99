#include "broker/admission/dispatcher.h"

#include "proto/base/check.h"

namespace rapporteur::admission {

void Dispatcher::take(std::vector<core::Action> jobs) {
  std::vector<Workers::Work> work;
  for (auto& job : jobs) {
    if (auto* judge = std::get_if<core::Judge>(&job)) {
      work.emplace_back(std::move(*judge));
    } else if (auto* verify = std::get_if<core::VerifyAcknowledgement>(&job)) {
      work.emplace_back(std::move(*verify));
    } else if (auto* cosigned = std::get_if<core::VerifyCosignatures>(&job)) {
      work.emplace_back(std::move(*cosigned));
    } else if (auto* chunk = std::get_if<core::ReadChunk>(&job)) {
      log_reader_.take(*chunk);
    } else if (auto* start = std::get_if<core::FindStart>(&job)) {
      log_reader_.take(std::move(*start));
    } else if (auto* ask = std::get_if<core::Ask>(&job)) {
      log_reader_.take(std::move(*ask));
    } else if (const auto* backed_up = std::get_if<core::BackedUpTo>(&job)) {
      backed_up_.raise(backed_up->size);
    } else if (auto* expired = std::get_if<core::FindExpired>(&job)) {
      log_reader_.take(std::move(*expired));
    } else {
      propose(std::move(std::get<core::Propose>(job)));
    }
  }
  if (!work.empty()) workers_.take(std::move(work));
}

void Dispatcher::propose(core::Propose job) {
  journal::Proposal proposal;
  proposal.lane = "";
  proposal.ticket = job.ticket;
  proposal.context = std::make_unique<HubContext>(job.token, job.draft.erases);
  // Most read nothing, and cannot become stale.
  if (job.reads.resources.empty()) job.reads.as_of = reader_.size();
  proposal.content = journal::Entry{std::move(job.draft), std::move(job.reads), std::nullopt};
  // The core keeps few of its own under way, and submissions below the queue's length.
  RAPPORTEUR_CHECK(sequencer_.submit(std::move(proposal)));
}

}  // namespace rapporteur::admission
