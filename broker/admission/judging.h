// Puts a message before the gate and its verdict into a proposal; verifies acknowledgements.
//
// Threads: any number at once. Lifetime: all referenced objects outlive it.
#pragma once

#include <string>

#include "broker/admission/answers.h"
#include "broker/admission/gate.h"

namespace rapporteur::admission {

class Judging {
 public:
  Judging(std::string hub, const Gate& gate, const DirectoryHolder& directory,
          const Answers& answers)
      : hub_(std::move(hub)), gate_(gate), directory_(directory), answers_(answers) {}

  // A message that was not judged yet, as a proposal in its sender's lane.
  [[nodiscard]] static journal::Proposal proposal(core::Judge job);
  // Sets content and verdict anew.
  void judge(journal::Proposal& proposal) const;

  // AcknowledgementVerified, or the fault to answer.
  [[nodiscard]] core::Event verify(core::VerifyAcknowledgement job) const;

 private:
  std::string hub_;
  const Gate& gate_;
  const DirectoryHolder& directory_;
  const Answers& answers_;
};

}  // namespace rapporteur::admission
