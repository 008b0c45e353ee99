// The agency's folder: who it is, its keys, its hub, its state.
//
// Layout: adapter.toml (settings, for a person to edit), hub.toml (the pinned hub, written by
// enrol), enrolment.toml (the request for the operator), keys/{curve,signing}.key (0600), state.db
// (SQLite: outbox, subscriptions, what was synced), receipts/ (one tlog-proof file a message),
// received/.
//
// Threads: one at a time; several processes may work in one folder.
// Errors: kConfiguration (with file:line), kStorage; kUsage for a folder that holds no agency, or
// one where a new one is to be made.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/client/connection.h"
#include "adapters/client/database.h"
#include "adapters/client/settings.h"
#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::client {

struct AgencySettings {
  std::string participant;
  bool approval_required = false;
  std::vector<std::string> approvers;
  std::string mapping;  // "" is the identity
  std::string policy;   // "" asks for no quorum
  std::string witness;  // host:port; "" is no witness
  std::size_t window = 16;
  std::chrono::milliseconds answer_timeout{5'000};
  std::string run_subscription;
  std::string run_watch;        // "" watches none
  std::string run_destination;  // "" receives into state.db alone
  std::string run_format;
};

[[nodiscard]] std::span<const Setting> agency_settings();

class Agency {
 public:
  // Makes folder, keys, adapter.toml and enrolment.toml. Nothing that exists is overwritten; the
  // folder must not hold an agency yet.
  [[nodiscard]] static Status create(const std::filesystem::path& folder,
                                     const std::string& participant);
  [[nodiscard]] static Result<Agency> open(const std::filesystem::path& folder);

  [[nodiscard]] const AgencySettings& settings() const { return settings_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path receipts() const { return folder_ / "receipts"; }
  [[nodiscard]] std::filesystem::path received() const { return folder_ / "received"; }
  [[nodiscard]] std::filesystem::path lock_file(const std::string& name) const {
    return folder_ / (name + ".lock");
  }
  [[nodiscard]] Database& state() { return state_; }

  [[nodiscard]] Result<crypto::SigningKey> signing_key() const;
  [[nodiscard]] Result<crypto::CurveKeyPair> curve_keys() const;
  // kConfiguration before the first enrol.
  [[nodiscard]] Result<HubAddress> hub() const;
  // Refuses another hub than the pinned one unless there is none yet, and another log unless it
  // names the pinned one among those it continues.
  [[nodiscard]] Status pin(const HubAddress& hub) const;
  // The hub that was pinned before.
  [[nodiscard]] Status put_back(const HubAddress& hub) const;
  [[nodiscard]] LineOptions line_options() const;

 private:
  Agency(std::filesystem::path folder, AgencySettings settings, Database state);
  std::filesystem::path folder_;
  AgencySettings settings_;
  Database state_;
};

}  // namespace rapporteur::client
