// A small log as a hub would have written it, to be audited, and to be tampered with.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/envelope.pb.h"
#include "store/verify/log_audit.h"

namespace rapporteur::testing {

class LittleLog {
 public:
  struct Entry {
    std::uint64_t index = 0;
    std::string nonce;
    std::string record;
    std::string salt;
    std::string body;
    bool sealed = false;  // both are there, and the auditor has no key
  };
  struct SignedHead {
    std::uint64_t size = 0;
    std::string note;
  };

  // Founded by the operator "op".
  LittleLog();

  void enrol(const std::string& participant, v1::ParticipantKind kind);
  // A new key, and the end of the old one.
  void rotate(const std::string& participant);
  void change_state(const std::string& participant, v1::ParticipantState state);
  void administer(const std::string& actor, const v1::AdministrativeAction& action);
  void submit(const std::string& sender, const std::string& body);
  // Takes the place of the submission at `replaced`; of another one, the hub says if `said`.
  void revise(const std::string& sender, const std::string& body, std::uint64_t replaced,
              std::optional<std::uint64_t> said = {});
  void submit_with_second_signature(const std::string& sender, const std::string& second);
  void refuse(const std::string& sender);
  void skip(const std::string& sender);
  void subscribe(const std::string& participant, bool removed = false);
  void acknowledge(const std::string& participant, std::uint64_t number,
                   const std::string& delivered);
  void restart();
  void checkpoint();
  // The hub's clock.
  void pass(std::uint64_t millis) { time_ms_ += millis; }
  void append(v1::Record record, const std::string& salt = "", const std::string& body = "");

  // The next message of a sender, signed, before `event` says what became of it.
  [[nodiscard]] v1::Record message(const std::string& sender, v1::Kind kind,
                                   const std::string& salt, const std::string& body,
                                   const std::string& revises = {});
  [[nodiscard]] const crypto::SigningKey& key(const std::string& participant) const;
  [[nodiscard]] const notes::VerifierKey& verifier() const { return verifier_; }

  // A checkpoint over the first `size` entries.
  [[nodiscard]] std::string sign_head(std::uint64_t size) const;

  // Numbers entries as they stand and signs the old sizes again: what a hub can do that rewrites
  // its own log.
  void rewrite();
  [[nodiscard]] verify::AuditReport audit(const verify::Executor& run = verify::run_in_order) const;

  std::vector<Entry> entries;
  std::vector<SignedHead> heads;

 private:
  struct Party {
    crypto::SigningKey key;
    std::uint64_t sequence = 0;
  };
  [[nodiscard]] v1::Record started() const;

  crypto::SigningKey log_key_ = crypto::SigningKey::generate();
  notes::VerifierKey verifier_;
  std::map<std::string, Party> parties_;
  std::uint64_t time_ms_ = 1'000;
};

}  // namespace rapporteur::testing
