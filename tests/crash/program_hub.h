// A hub made of the shipped programs: a folder from `rapporteur init`, `rapporteur-broker` on it,
// and parties enrolled by its operator.
//
// Threads: one at a time. Errors: std::runtime_error.
#pragma once

#include <memory>
#include <string>

#include "store/journal/journal.h"
#include "store/notes/signed_note.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace rapporteur::crash {

class ProgramHub {
 public:
  ProgramHub();

  // Starts the broker; it listens a little later.
  void start();
  [[nodiscard]] bool running() { return broker_ && broker_->running(); }
  // SIGKILL; returns when it is gone.
  void kill();
  // SIGTERM; returns the exit code.
  int stop();
  // What the broker said so far.
  [[nodiscard]] std::string said() const;

  // Makes the agency's folder and enrols it while the broker runs. With `area` it may submit all of
  // that area; it may receive everything from the beginning. Returns the folder.
  std::filesystem::path enrol(const std::string& participant, const std::string& area);

  // The log of the stopped hub, as `audit verify` reads it.
  [[nodiscard]] std::unique_ptr<journal::JournalReader> log() const;
  [[nodiscard]] notes::VerifierKey log_key() const;
  // `rapporteur audit verify`; throws when the log does not verify.
  void audit() const;

 private:
  void operate(std::vector<std::string> words) const;

  testing::TempDir folder_;
  const std::filesystem::path home_;
  std::unique_ptr<testing::Process> broker_;
};

}  // namespace rapporteur::crash
