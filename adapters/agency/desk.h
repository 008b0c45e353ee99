// The opened folder of an agency with everything a command needs to talk to its hub.
//
// Threads: one at a time. Errors: those of Agency; kNotVerified when the hub takes this agency for
// somebody else. Lifetime: parts refer to each other, so a desk is neither copied nor moved; the
// program outlives it.
#pragma once

#include <memory>

#include "adapters/agency/program.h"
#include "adapters/client/agency.h"
#include "adapters/client/courier.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/known_log.h"
#include "adapters/client/outbox.h"
#include "adapters/client/quorum.h"
#include "adapters/client/receipts.h"
#include "adapters/client/received.h"
#include "adapters/client/session.h"

namespace rapporteur::agency {

class Desk {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Desk>> open(const Program& program);
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  client::Agency agency;
  client::HubAddress hub;
  crypto::SigningKey signing;
  crypto::CurveKeyPair curve;
  client::KnownLog log;
  client::Outbox outbox;
  client::Received received;
  client::Receipts receipts;
  std::optional<client::Quorum> quorum;  // empty: the agency has no policy of witnesses

  [[nodiscard]] const std::string& participant() const { return agency.settings().participant; }
  [[nodiscard]] client::CourierOptions courier_options() const;
  // A line on which hello was said and the log followed.
  [[nodiscard]] Result<std::unique_ptr<client::Connection>> connect();
  [[nodiscard]] client::Session session(const Program& program);
  // The name under which this agency witnesses the hub's log.
  [[nodiscard]] std::string witness_name() const;
  [[nodiscard]] std::string witness_setting() const;  // what an error about its address names
  [[nodiscard]] std::filesystem::path witness_key() const;
  [[nodiscard]] std::filesystem::path witness_state() const;

 private:
  Desk(client::Agency opened, client::HubAddress address, crypto::SigningKey signing_key,
       crypto::CurveKeyPair curve_keys, const Program& program);
};

// Waits for a lock of the folder until `enough`; empty when it did not come free.
[[nodiscard]] Result<std::optional<client::FileLock>> wait_for_lock(
    const std::filesystem::path& file, const std::function<bool()>& enough);

}  // namespace rapporteur::agency
