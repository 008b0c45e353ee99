#include "adapters/client/new_log.h"

namespace rapporteur::client {

Status take_up_new_log(const OwnState& own, Connection& line, const NewLog& found,
                       const std::function<void(const std::string&)>& tell) {
  Sequence next{1};
  for (const v1::KeySequence& known : line.welcome().next_sequences()) {
    if (known.key_id() == own.key.view()) next = Sequence{known.next()};
  }
  const auto offered = own.outbox.offer_again(found.before.carried, next);
  if (!offered) return tl::unexpected(offered.error());
  auto followed = own.received.follow_new_log(found.before.restored_ms).and_then([&]() {
    return own.state.run("DELETE FROM synced; DELETE FROM published");
  });
  if (!followed) return followed;
  std::string text = "the hub was restored and goes on in a new log, which holds " +
                     std::to_string(found.before.carried.value) + " entries of " +
                     found.before.log.name;
  if (found.seen > found.before.carried) {
    text += "; " + std::to_string(found.seen.value - found.before.carried.value) +
            " that this agency has seen are lost there";
  }
  text += "; messages that are sent again: " + std::to_string(offered->sent);
  if (offered->lost > 0) {
    text +=
        "; messages that an older backup than the newest lacks, and whose figures must be "
        "pushed anew: " +
        std::to_string(offered->lost) + " ('outbox list --state doubtful' names them)";
  }
  tell(text);
  return {};
}

}  // namespace rapporteur::client
