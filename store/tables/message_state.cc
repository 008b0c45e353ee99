#include "store/tables/message_state.h"

#include "store/tables/bytes.h"

namespace rapporteur::tables {
namespace {

constexpr char kReplaced = 'R';
constexpr char kWithdrawn = 'W';

}  // namespace

journal::ResourceId head_id(const journal::MessageKey& message) {
  return named_id({"head", message.sender, message.id.view()});
}

journal::TableWrite end_message(const journal::MessageKey& message, Ending ending) {
  return {head_id(message), std::string(1, ending == Ending::kReplaced ? kReplaced : kWithdrawn)};
}

Result<std::optional<MessageEnd>> parse_message_end(std::string_view stored) {
  if (stored.empty()) return std::optional<MessageEnd>();
  const char kind = stored.back();
  if (stored.size() != kNumberBytes + 1 || (kind != kReplaced && kind != kWithdrawn)) {
    return fail(ErrorKind::kStorage, "the database holds a damaged message state", {},
                "restore the log from a verified backup");
  }
  return std::optional(MessageEnd{kind == kReplaced ? Ending::kReplaced : Ending::kWithdrawn,
                                  LogIndex{read_number(stored.data(), kNumberBytes)}});
}

}  // namespace rapporteur::tables
