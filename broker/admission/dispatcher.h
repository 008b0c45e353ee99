// Hands the core's jobs to the threads that do them.
//
// Threads: take() on the core's. Lifetime: all referenced objects outlive it.
#pragma once

#include "broker/admission/backup_mark.h"
#include "broker/admission/log_reader.h"
#include "broker/admission/workers.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

class Dispatcher final : public core::JobSink {
 public:
  Dispatcher(Workers& workers, LogReader& log_reader, journal::Sequencer& sequencer,
             const journal::JournalReader& reader, BackupMark& backed_up)
      : workers_(workers),
        log_reader_(log_reader),
        sequencer_(sequencer),
        reader_(reader),
        backed_up_(backed_up) {}

  void take(std::vector<core::Action> jobs) override;

 private:
  void propose(core::Propose job);

  Workers& workers_;
  LogReader& log_reader_;
  journal::Sequencer& sequencer_;
  const journal::JournalReader& reader_;
  BackupMark& backed_up_;
};

}  // namespace rapporteur::admission
