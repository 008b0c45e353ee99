#include "broker/admission/workers.h"

#include "broker/admission/cosigning.h"
#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"

namespace rapporteur::admission {
namespace {

// Taken in one go: few enough that all workers have something to do, enough to lock seldom.
constexpr std::size_t kBatch = 8;

// What is answered when the sequencer's queue is full, or it has stopped.
core::Answered overloaded(core::Asker asker) {
  v1::Fault fault;
  fault.set_code(std::string(faults::kOverloaded));
  fault.set_message("too much is waiting");
  fault.set_retry_after_ms(1'000);
  return Answers::fault(std::move(asker), fault);
}

}  // namespace

Workers::Workers(const Judging& judging, core::EventSink& answers, std::size_t threads)
    : judging_(judging), answers_(answers), count_(threads), queue_(limits::kJudgementQueue) {}

Workers::~Workers() {
  stop();
}

void Workers::start(journal::Sequencer& sequencer) {
  RAPPORTEUR_CHECK(threads_.empty());
  sequencer_ = &sequencer;
  for (std::size_t i = 0; i < count_; ++i) threads_.emplace_back([this] { run(); });
}

void Workers::take(std::vector<Work> work) {
  queue_.push(work);
  // Work that were dropped here would hold up its lane for good.
  RAPPORTEUR_CHECK(work.empty() || queue_.closed());
}

void Workers::stop() {
  queue_.close();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::run() {
  for (auto batch = queue_.pop(kBatch); !batch.empty(); batch = queue_.pop(kBatch)) {
    std::vector<core::Event> verified;
    for (auto& work : batch) {
      if (auto* job = std::get_if<core::Judge>(&work)) {
        judge(Judging::proposal(std::move(*job)));
      } else if (auto* proposal = std::get_if<journal::Proposal>(&work)) {
        judge(std::move(*proposal));
      } else if (auto* cosigned = std::get_if<core::VerifyCosignatures>(&work)) {
        verified.push_back(verify_cosignatures(std::move(*cosigned)));
      } else {
        verified.push_back(judging_.verify(std::move(std::get<core::VerifyAcknowledgement>(work))));
      }
    }
    answers_.post(std::move(verified));
  }
}

void Workers::judge(journal::Proposal proposal) {
  judging_.judge(proposal);
  if (sequencer_->submit(std::move(proposal))) return;
  // Left with us, its ticket closed.
  // NOLINTBEGIN(bugprone-use-after-move)
  auto& message = hub_context(*proposal.context).message;
  // NOLINTEND(bugprone-use-after-move)
  if (!message) return;  // the hub's own: the sequencer has stopped
  std::vector<core::Event> answer;
  answer.emplace_back(overloaded(std::move(message->job.asker)));
  answers_.post(std::move(answer));
}

}  // namespace rapporteur::admission
