// A gate over a journal in memory, with an operator and bodies that are enrolled and granted by
// signed messages through the gate itself.
#pragma once

#include <set>
#include <string>

#include "broker/admission/gate.h"
#include "rapporteur/v1/audit.pb.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/fakes/memory_journal.h"
#include "tests/fakes/sender.h"

namespace rapporteur::fakes {

class GateStage {
 public:
  GateStage();

  // Enrols the sender; with `area` it may submit all of that area.
  void enrol(const Sender& sender, const std::string& area = {});
  void administer(const v1::AdministrativeAction& action);

  [[nodiscard]] admission::Verdict judge(const v1::Envelope& envelope, const Sender& line) const;
  [[nodiscard]] admission::Verdict judge(const std::string& bytes, const Sender& line) const;
  // Judges, and appends what is to enter. "accepted", "repeat", "fault CODE", or "refused" and the
  // codes of its errors, ordered.
  std::string send(const v1::Envelope& envelope, const Sender& line);
  std::string send(const std::string& bytes, const Sender& line);
  std::string send(admission::Verdict verdict);

  [[nodiscard]] v1::Record last_record() const;

  MemoryJournal journal;
  Sender op{"hub-op"};
  FixedClock clock{static_cast<std::int64_t>(kNowMs)};
  admission::DirectoryHolder directory;
  admission::Gate gate;
};

[[nodiscard]] std::set<std::string> error_codes(const std::vector<rules::Finding>& findings);

}  // namespace rapporteur::fakes
