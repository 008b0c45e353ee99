// A script of real messages: founding, enrolment, grants, and then submissions, revisions,
// withdrawals, skips and refusals, signed by their senders and judged by the gate.
#pragma once

#include <string>
#include <vector>

#include "broker/admission/signed_message.h"
#include "store/notes/signed_note.h"
#include "tests/crash/script.h"

namespace rapporteur::crash {

inline constexpr const char* kScriptHub = "test-hub";

class SignedScript {
 public:
  // `submissions` messages of agencies, for the hub whose log has that key; all follows from
  // `seed`. Now and then an operator erases a body, unless `erasures` is false.
  SignedScript(std::uint64_t seed, std::size_t submissions, const notes::VerifierKey& log,
               bool erasures = true);

  struct Message {
    std::string envelope;  // a serialized v1::Envelope
    admission::Principal line;
    journal::MessageKey key;
  };
  [[nodiscard]] const Script& script() const { return script_; }
  // In the order of the log; from the second entry on.
  [[nodiscard]] const std::vector<Message>& messages() const { return messages_; }

 private:
  std::vector<Message> messages_;
  Script script_;
};

}  // namespace rapporteur::crash
