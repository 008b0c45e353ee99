// A participant with its secret keys, the same for the same id on every run.
#pragma once

#include <string>

#include "broker/directory/directory.h"
#include "proto/crypto/ed25519.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::fakes {

[[nodiscard]] inline crypto::SecretBytes secret_named(const std::string& name) {
  const Digest digest = crypto::sha256("test key " + name);
  return crypto::SecretBytes(std::span<const std::byte, 32>(digest.bytes));
}

struct Party {
  explicit Party(std::string name)
      : id(std::move(name)),
        signing(crypto::SigningKey::from_seed(secret_named(id + "/signing"))),
        curve(crypto::curve_public_key(secret_named(id + "/curve"))) {}

  [[nodiscard]] v1::AdministrativeAction enrolment(
      v1::ParticipantKind kind = v1::COORDINATION_BODY) const {
    v1::AdministrativeAction action;
    v1::Participant& asked = *action.mutable_enrol();
    asked.set_id(id);
    asked.set_kind(kind);
    asked.set_name("Body " + id);
    asked.add_curve_keys()->set_key(curve.string());
    asked.add_signing_keys()->set_key(signing.public_key().string());
    return action;
  }

  std::string id;
  crypto::SigningKey signing;
  PublicKeyBytes curve;
};

[[nodiscard]] inline v1::AdministrativeAction submit_grant(const std::string& participant,
                                                           const std::string& dataflow,
                                                           const std::string& indicator,
                                                           const std::string& area) {
  v1::AdministrativeAction action;
  v1::Grant& grant = *action.mutable_add_grant();
  grant.set_participant(participant);
  grant.mutable_submit()->set_dataflow(dataflow);
  grant.mutable_submit()->set_indicator(indicator);
  grant.mutable_submit()->set_area(area);
  return action;
}

[[nodiscard]] inline v1::AdministrativeAction receive_grant(const std::string& participant,
                                                            const std::string& dataflow,
                                                            const std::string& indicator,
                                                            const std::string& sender) {
  v1::AdministrativeAction action;
  v1::Grant& grant = *action.mutable_add_grant();
  grant.set_participant(participant);
  grant.mutable_receive()->set_dataflow(dataflow);
  grant.mutable_receive()->set_indicator(indicator);
  grant.mutable_receive()->set_sender(sender);
  return action;
}

[[nodiscard]] inline v1::AdministrativeAction state_change(const std::string& participant,
                                                           v1::ParticipantState state) {
  v1::AdministrativeAction action;
  action.mutable_change_state()->set_participant(participant);
  action.mutable_change_state()->set_state(state);
  return action;
}

[[nodiscard]] inline std::shared_ptr<const directory::Directory> founded_by(const Party& founder) {
  return directory::Directory::founded_by(founder.id, founder.curve, founder.signing.public_key());
}

}  // namespace rapporteur::fakes
