#include "broker/admission/opening.h"

#include "broker/admission/answers.h"
#include "broker/core/entries.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/journal/snapshots.h"

namespace rapporteur::admission {

Result<std::shared_ptr<const directory::Directory>> open_directory(
    const journal::JournalReader& reader) {
  const auto state = reader.state(directory::kStateName);
  if (!state) return tl::unexpected(state.error());
  if (!state->empty()) return directory::Directory::from_state(*state);
  const auto first = reader.entry(LogIndex{0});
  v1::Record record;
  if (first && record.ParseFromString(first->record)) {
    const v1::Started& started = record.started();
    const auto curve_key = PublicKeyBytes::from(started.operator_curve_key());
    const auto signing_key = PublicKeyBytes::from(started.operator_signing_key());
    if (curve_key && signing_key && valid_participant_id(started.operator_id())) {
      return directory::Directory::founded_by(started.operator_id(), *curve_key, *signing_key);
    }
  }
  return fail(ErrorKind::kStorage, "the log does not begin with a founding entry", "data.folder",
              "'rapporteur init' founds a log");
}

Result<TreeSize> open_backed_up(const journal::JournalReader& reader) {
  return reader.state(journal::kBackedUpState).and_then(journal::parse_backed_up);
}

Result<std::vector<core::Subscription>> open_subscriptions(const journal::JournalReader& reader) {
  const auto states = reader.states(core::kCursorPrefix);
  if (!states) return tl::unexpected(states.error());
  std::vector<core::Subscription> out;
  for (const auto& state : *states) {
    auto subscription = core::Subscription::restore(state.value);
    if (!subscription) {
      return fail(ErrorKind::kStorage, subscription.error().what, state.name,
                  "restore the database from a backup");
    }
    out.push_back(std::move(*subscription));
  }
  return out;
}

Result<core::Cosigned> open_cosigned(const journal::JournalReader& reader) {
  auto note = reader.state(journal::kCosignedState);
  if (!note) return tl::unexpected(note.error());
  if (note->empty()) return core::Cosigned{};
  const auto size = size_of(*note);
  if (!size) {
    return fail(ErrorKind::kStorage, size.error().what, std::string(journal::kCosignedState),
                "restore the database from a backup");
  }
  return core::Cosigned{std::move(*note), *size};
}

}  // namespace rapporteur::admission
