#include "broker/directory/change.h"

#include <algorithm>

#include "broker/directory/change_parts.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"

namespace rapporteur::directory {

tl::unexpected<Error> refuse(std::string_view code, const std::string& what, std::string where,
                             std::string remedy) {
  return fail(ErrorKind::kRefused, std::string(code) + ": " + what, std::move(where),
              std::move(remedy));
}

std::string quoted(std::string_view text) {
  return "'" + printable(text, limits::kIdBytes + 10) + "'";
}

Status check_text(const std::string& text, std::size_t most, const std::string& where) {
  if (text.size() > most) {
    return refuse(refusal::kBadText, "longer than " + std::to_string(most) + " bytes", where);
  }
  if (printable(text, 4 * most + 4) != text) {
    return refuse(refusal::kBadText, "holds characters that cannot be printed", where);
  }
  return {};
}

Result<v1::Participant*> find(v1::DirectoryState& state, const std::string& id) {
  for (v1::Participant& participant : *state.mutable_participants()) {
    if (participant.id() == id) return &participant;
  }
  return refuse(refusal::kUnknownParticipant, "nobody is enrolled as " + quoted(id), {},
                "see `rapporteur participant list`");
}

Result<v1::Participant*> find_changeable(v1::DirectoryState& state, const std::string& id) {
  auto found = find(state, id);
  if (found && (*found)->state() == v1::REVOKED) {
    return refuse(refusal::kRevokedForGood, quoted(id) + " was revoked, which is for good", {},
                  "enrol it under another id");
  }
  return found;
}

namespace {

Status check_new_participant(const v1::Participant& asked) {
  if (!valid_participant_id(asked.id())) {
    return refuse(refusal::kBadId,
                  quoted(asked.id()) + " is not 2 to 32 lower-case letters, digits and '-'",
                  "enrol.id");
  }
  if (!v1::ParticipantKind_IsValid(asked.kind()) ||
      asked.kind() == v1::PARTICIPANT_KIND_UNSPECIFIED) {
    return refuse(refusal::kBadAction, "no kind of participant is named", "enrol.kind");
  }
  if (asked.state() != v1::PARTICIPANT_STATE_UNSPECIFIED) {
    return refuse(refusal::kBadAction, "the hub sets the state", "enrol.state");
  }
  if (asked.name().empty()) return refuse(refusal::kBadText, "no name is given", "enrol.name");
  if (auto ok = check_text(asked.name(), limits::kNameBytes, "enrol.name"); !ok) return ok;
  if (static_cast<std::size_t>(asked.contacts_size()) > limits::kContactsPerParticipant) {
    return refuse(refusal::kLimit, "too many contacts", "enrol.contacts");
  }
  for (const std::string& contact : asked.contacts()) {
    if (auto ok = check_text(contact, limits::kNameBytes, "enrol.contacts"); !ok) return ok;
  }
  return {};
}

Status add_first_keys(KeyRing ring, const v1::Participant& asked) {
  const auto set_by_hub = [](const v1::PublicKey& key) {
    return key.added_index() != 0 || key.ended_index() != 0;
  };
  if (std::any_of(asked.curve_keys().begin(), asked.curve_keys().end(), set_by_hub) ||
      std::any_of(asked.signing_keys().begin(), asked.signing_keys().end(), set_by_hub)) {
    return refuse(refusal::kBadAction, "the hub sets the index of a key", "enrol");
  }
  for (const v1::PublicKey& key : asked.curve_keys()) {
    if (auto ok = ring.add_curve(key.key(), "enrol.curve_keys"); !ok) return ok;
  }
  for (const v1::PublicKey& key : asked.signing_keys()) {
    if (auto ok = ring.add_signing(key.key(), "enrol.signing_keys"); !ok) return ok;
  }
  return {};
}

State enrol(const Directory& directory, const v1::Participant& asked, LogIndex index) {
  if (auto ok = check_new_participant(asked); !ok) return tl::unexpected(ok.error());
  if (directory.participant(asked.id()) != nullptr) {
    return refuse(refusal::kAlreadyEnrolled, quoted(asked.id()) + " is enrolled already",
                  "enrol.id", "ids are never used twice; choose another");
  }
  v1::DirectoryState state = directory.state();
  if (static_cast<std::size_t>(state.participants_size()) >= limits::kParticipants) {
    return refuse(refusal::kLimit, "the hub takes no more participants", "enrol");
  }
  v1::Participant added;
  added.set_id(asked.id());
  added.set_kind(asked.kind());
  added.set_name(asked.name());
  *added.mutable_contacts() = asked.contacts();
  added.set_state(v1::ACTIVE);
  if (auto ok = add_first_keys({directory, index, added}, asked); !ok) {
    return tl::unexpected(ok.error());
  }
  *state.add_participants() = std::move(added);
  std::sort(state.mutable_participants()->begin(), state.mutable_participants()->end(),
            [](const auto& a, const auto& b) { return a.id() < b.id(); });
  return state;
}

State change_state(const Directory& directory, const v1::StateChange& asked) {
  v1::DirectoryState state = directory.state();
  const auto found = find_changeable(state, asked.participant());
  if (!found) return tl::unexpected(found.error());
  if (!v1::ParticipantState_IsValid(asked.state()) ||
      asked.state() == v1::PARTICIPANT_STATE_UNSPECIFIED) {
    return refuse(refusal::kBadAction, "no state is named", "change_state.state");
  }
  if ((*found)->state() == asked.state()) {
    return refuse(refusal::kNoChange, quoted(asked.participant()) + " is in that state already",
                  "change_state.state");
  }
  (*found)->set_state(asked.state());
  return state;
}

State change_key(const Directory& directory, const v1::KeyChange& asked, LogIndex index) {
  v1::DirectoryState state = directory.state();
  const auto found = find_changeable(state, asked.participant());
  if (!found) return tl::unexpected(found.error());
  KeyRing ring(directory, index, **found);
  bool any = false;
  Status done;
  const auto step = [&](const std::string& key, auto change, const char* where) {
    if (key.empty() || !done) return;
    any = true;
    done = (ring.*change)(key, where);
  };
  // Ends come first, so that a full set of keys can be rotated in one action.
  step(asked.end_curve_key(), &KeyRing::end_curve, "change_key.end_curve_key");
  step(asked.end_signing_key(), &KeyRing::end_signing, "change_key.end_signing_key");
  step(asked.add_curve_key(), &KeyRing::add_curve, "change_key.add_curve_key");
  step(asked.add_signing_key(), &KeyRing::add_signing, "change_key.add_signing_key");
  if (!done) return tl::unexpected(done.error());
  if (!any) return refuse(refusal::kNoChange, "no key is named", "change_key");
  return state;
}

State dispatch(const Directory& directory, const v1::AdministrativeAction& action,
               std::string_view actor, LogIndex index) {
  switch (action.action_case()) {
    case v1::AdministrativeAction::kEnrol:
      return enrol(directory, action.enrol(), index);
    case v1::AdministrativeAction::kAddGrant:
      return add_grant(directory, action.add_grant(), index);
    case v1::AdministrativeAction::kRemoveGrant:
      return remove_grant(directory, action.remove_grant());
    case v1::AdministrativeAction::kChangeState:
      return change_state(directory, action.change_state());
    case v1::AdministrativeAction::kChangeKey:
      return change_key(directory, action.change_key(), index);
    case v1::AdministrativeAction::kChangePolicy:
      return change_policy(directory, action.change_policy().policy());
    case v1::AdministrativeAction::kErase:
      return erase(directory, action.erase(), action.reason(), index);
    case v1::AdministrativeAction::kSetRetention:
      return set_retention(directory, action.set_retention());
    case v1::AdministrativeAction::kPlaceHold:
      return place_hold(directory, action.place_hold(), index);
    case v1::AdministrativeAction::kLiftHold:
      return lift_hold(directory, action.lift_hold().name());
    case v1::AdministrativeAction::kAddWaiver:
      return add_waiver(directory, action.add_waiver(), actor, index);
    case v1::AdministrativeAction::kRemoveWaiver:
      return remove_waiver(directory, action);
    default:
      return refuse(refusal::kBadAction, "the message holds no action this hub knows");
  }
}

// Somebody who can still sign and be on the line.
bool can_administer(const v1::Participant& participant) {
  return participant.kind() == v1::OPERATOR && participant.state() == v1::ACTIVE &&
         holds_valid_key(participant.curve_keys()) && holds_valid_key(participant.signing_keys());
}

}  // namespace

Result<v1::DirectoryState> changed(const Directory& directory,
                                   const v1::AdministrativeAction& action, std::string_view actor,
                                   LogIndex index) {
  if (!directory.may_administer(actor)) {
    return refuse(refusal::kNotOperator, "only an active operator may change the directory");
  }
  if (auto ok = check_text(action.reason(), limits::kReasonBytes, "reason"); !ok) {
    return tl::unexpected(ok.error());
  }
  State state = dispatch(directory, action, actor, index);
  if (!state) return state;
  const auto& participants = state->participants();
  if (std::none_of(participants.begin(), participants.end(), can_administer)) {
    return refuse(refusal::kLastOperator, "nobody could administer the hub after it", {},
                  "enrol another operator, or add a key, first");
  }
  return state;
}

}  // namespace rapporteur::directory
