// What travels with a proposal through the sequencer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/core/events.h"
#include "broker/rules/rule_book.h"
#include "store/journal/sequencer.h"

namespace rapporteur::admission {

// A message on its way: as it came, and what the newest verdict says beside the entry.
struct Message {
  core::Judge job;
  bool accepted = false;
  bool administrative = false;
  MessageId message_id;
  std::vector<rules::Finding> findings;
  // Entries whose bodies it erases.
  std::vector<LogIndex> erases;
  // Of an acceptance: what is delivered with the record.
  std::string salt;
  std::string body;
  // Without an entry: the answer, ready to be sent.
  std::optional<core::Answered> answer;
};

class HubContext final : public journal::Context {
 public:
  explicit HubContext(Message with) : message(std::move(with)) {}
  explicit HubContext(std::uint64_t own, std::vector<LogIndex> erased = {})
      : token(own), erases(std::move(erased)) {}

  std::optional<Message> message;  // else a proposal of the core's own
  std::uint64_t token = 0;
  std::vector<LogIndex> erases;
};

// Every context that this broker hands to the sequencer is one.
[[nodiscard]] inline HubContext& hub_context(journal::Context& context) {
  return static_cast<HubContext&>(context);
}

}  // namespace rapporteur::admission
