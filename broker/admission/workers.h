// The worker threads: judge messages, verify acknowledgements.
//
// Threads: as many as asked for; functions may be called from any. Bounds: the queue; the core's
// budgets keep what is under way below its length. Lifetime: all referenced objects outlive it.
#pragma once

#include <thread>
#include <variant>
#include <vector>

#include "broker/admission/bounded_queue.h"
#include "broker/admission/judging.h"
#include "broker/core/ports.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

class Workers {
 public:
  // A job, or a proposal whose verdict went stale.
  using Work = std::variant<core::Judge, core::VerifyAcknowledgement, core::VerifyCosignatures,
                            journal::Proposal>;

  Workers(const Judging& judging, core::EventSink& answers, std::size_t threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Judged messages go to `sequencer`, which outlives stop(). Once, before the first job.
  void start(journal::Sequencer& sequencer);
  void take(std::vector<Work> work);
  // Does what waits, then ends the threads.
  void stop();
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }

 private:
  void run();
  void judge(journal::Proposal proposal);

  const Judging& judging_;
  core::EventSink& answers_;
  std::size_t count_;
  journal::Sequencer* sequencer_ = nullptr;
  BoundedQueue<Work> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace rapporteur::admission
