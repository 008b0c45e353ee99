// Backups: an operator has a snapshot made, and says later that a copy of it was read back whole.
#include "broker/core/core.h"
#include "broker/core/entries.h"
#include "proto/base/fault_codes.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::core {
namespace {

using namespace std::chrono_literals;

}  // namespace

void Core::snapshot(Asker asker, std::string query) {
  if (!directory_->may_administer(asker.participant)) {
    return fault(asker, {faults::kNotAllowed, "only operators make backups", 0ms});
  }
  ask_journal(std::move(asker), std::move(query), 0);
}

void Core::backed_up(Asker asker, const v1::BackedUpQuery& query) {
  if (!directory_->may_administer(asker.participant)) {
    return fault(asker, {faults::kNotAllowed, "only operators make backups", 0ms});
  }
  const auto log = notes::VerifierKey::parse(options_.log_verifier_key);
  const auto covered =
      log ? notes::open_checkpoint(query.checkpoint(), *log) : tl::unexpected(log.error());
  if (!covered || covered->size > feed_.size()) {
    return fault(asker, {faults::kNotFound, "this is no checkpoint of this log", 0ms});
  }
  if (storage_error_) {
    return fault(asker, {faults::kStorage, "the hub cannot write at present", 30s});
  }
  // One that is known is not written down again.
  if (covered->size <= backed_up_to_) return answer_backed_up(asker);
  // Each such entry names more than the one before it.
  if (backup_proposed_ > backed_up_to_) {
    return fault(asker, {faults::kOverloaded, "another backup is being noted", 200ms});
  }
  backup_proposed_ = covered->size;
  journal::Draft draft = backed_up_draft(*covered, asker.participant);
  propose(std::move(draft), BackupNoted{std::move(asker), covered->size});
}

void Core::backup_noted(const BackupNoted& noted) {
  backed_up_to_ = std::max(backed_up_to_, noted.size);
  actions_->push_back(BackedUpTo{backed_up_to_});
  answer_backed_up(noted.asker);
}

void Core::answer_backed_up(const Asker& asker) {
  v1::Answer reply;
  reply.mutable_backed_up()->set_backed_up_to(backed_up_to_.value);
  answer(asker, make_frame(asker.correlation, v1::Frame::kAnswer, reply));
}

}  // namespace rapporteur::core
