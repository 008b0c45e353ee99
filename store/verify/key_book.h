// Whose keys are whose at one point of the log, learned from the log's own entries.
//
// The part of the hub's directory that a verifier needs: participants, their kind and state, their
// signing keys. It believes no entry that the keys before it do not allow.
//
// Threads: one at a time. Errors: kNotVerified with the reason; the book is unchanged.
// Source: FORMAT.md, "Record".
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/directory.pb.h"

namespace rapporteur::verify {

// A log or a receipt that does not hold, and why.
[[nodiscard]] inline tl::unexpected<Error> not_verified(std::string why) {
  return fail(ErrorKind::kNotVerified, std::move(why));
}

struct Signer {
  std::string participant;
  PublicKeyBytes key;
  bool ended = false;
  std::uint64_t last_sequence = 0;  // used up; kept by the caller
};

class KeyBook {
 public:
  // The first entry of a log.
  [[nodiscard]] Status found(const v1::Started& started);
  // An action that `actor`, whose signature holds, took.
  [[nodiscard]] Status apply(const v1::AdministrativeAction& action, const std::string& actor);

  // Any key that was ever enrolled.
  [[nodiscard]] Signer* find(const KeyId& id);
  // The participant is enrolled and neither suspended nor revoked.
  [[nodiscard]] bool active(const std::string& participant) const;
  [[nodiscard]] bool enrolled(const std::string& participant) const;
  [[nodiscard]] std::size_t keys() const { return signers_.size(); }

 private:
  struct Member {
    v1::ParticipantKind kind = v1::PARTICIPANT_KIND_UNSPECIFIED;
    v1::ParticipantState state = v1::ACTIVE;
  };

  [[nodiscard]] Status enrol(const v1::Participant& asked);
  [[nodiscard]] Status change_key(const v1::KeyChange& change);
  [[nodiscard]] Status change_state(const v1::StateChange& change);
  [[nodiscard]] Status add_key(const std::string& participant, const std::string& key);

  std::map<std::string, Member> members_;
  std::unordered_map<KeyId, Signer> signers_;
};

}  // namespace rapporteur::verify
