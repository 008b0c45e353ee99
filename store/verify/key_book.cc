#include "store/verify/key_book.h"

#include "proto/crypto/ed25519.h"

namespace rapporteur::verify {

Status KeyBook::found(const v1::Started& started) {
  if (!valid_participant_id(started.operator_id())) return not_verified("it founds no operator");
  if (auto added = add_key(started.operator_id(), started.operator_signing_key()); !added) {
    return added;
  }
  members_[started.operator_id()] = {v1::OPERATOR, v1::ACTIVE};
  return {};
}

Status KeyBook::apply(const v1::AdministrativeAction& action, const std::string& actor) {
  const auto member = members_.find(actor);
  if (member == members_.end() || member->second.kind != v1::OPERATOR) {
    return not_verified(actor + " is no operator");
  }
  switch (action.action_case()) {
    case v1::AdministrativeAction::kEnrol:
      return enrol(action.enrol());
    case v1::AdministrativeAction::kChangeKey:
      return change_key(action.change_key());
    case v1::AdministrativeAction::kChangeState:
      return change_state(action.change_state());
    case v1::AdministrativeAction::ACTION_NOT_SET:
      return not_verified("it does nothing that this verifier knows: use a newer one");
    default:
      return {};
  }
}

Status KeyBook::enrol(const v1::Participant& asked) {
  if (enrolled(asked.id())) return not_verified(asked.id() + " is enrolled a second time");
  for (const v1::PublicKey& key : asked.signing_keys()) {
    if (auto added = add_key(asked.id(), key.key()); !added) return added;
  }
  members_[asked.id()] = {asked.kind(), v1::ACTIVE};
  return {};
}

Status KeyBook::change_key(const v1::KeyChange& change) {
  if (!enrolled(change.participant()))
    return not_verified(change.participant() + " is not enrolled");
  if (!change.add_signing_key().empty()) {
    if (auto added = add_key(change.participant(), change.add_signing_key()); !added) return added;
  }
  if (change.end_signing_key().empty()) return {};
  const auto key = PublicKeyBytes::from(change.end_signing_key());
  Signer* const signer = key ? find(crypto::key_id_of(*key)) : nullptr;
  if (signer == nullptr || signer->participant != change.participant() || signer->ended) {
    return not_verified("it ends a key that " + change.participant() + " does not hold");
  }
  signer->ended = true;
  return {};
}

Status KeyBook::change_state(const v1::StateChange& change) {
  const auto member = members_.find(change.participant());
  if (member == members_.end()) return not_verified(change.participant() + " is not enrolled");
  if (member->second.state == v1::REVOKED)
    return not_verified(change.participant() + " was revoked");
  member->second.state = change.state();
  return {};
}

Status KeyBook::add_key(const std::string& participant, const std::string& key) {
  const auto bytes = PublicKeyBytes::from(key);
  if (!bytes) return not_verified("a signing key has not 32 bytes");
  if (!signers_.emplace(crypto::key_id_of(*bytes), Signer{participant, *bytes}).second) {
    return not_verified("a signing key is, or was, somebody's already");
  }
  return {};
}

Signer* KeyBook::find(const KeyId& id) {
  const auto found = signers_.find(id);
  return found == signers_.end() ? nullptr : &found->second;
}

bool KeyBook::active(const std::string& participant) const {
  const auto member = members_.find(participant);
  return member != members_.end() && member->second.state == v1::ACTIVE;
}

bool KeyBook::enrolled(const std::string& participant) const {
  return members_.contains(participant);
}

}  // namespace rapporteur::verify
