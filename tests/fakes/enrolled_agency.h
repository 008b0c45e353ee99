// An agency in a folder of its own, enrolled at a fake hub.
#pragma once

#include <string>

#include "adapters/client/agency.h"
#include "adapters/client/courier.h"
#include "adapters/client/outbox.h"
#include "adapters/client/received.h"
#include "proto/base/clock.h"
#include "tests/fakes/fake_hub.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {

class EnrolledAgency {
 public:
  // Creates the folder, enrols and pins the hub, which must be running or have run.
  EnrolledAgency(FakeHub& hub, const std::string& participant);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] client::Agency open() const;
  [[nodiscard]] const crypto::SigningKey& key() const { return signing_; }
  [[nodiscard]] const crypto::CurveKeyPair& curve() const { return curve_; }
  [[nodiscard]] const std::string& participant() const { return participant_; }
  // Signed by this agency, ready to be published at the fake hub.
  [[nodiscard]] v1::Envelope envelope(std::uint64_t sequence, const std::string& body,
                                      const std::string& indicator = "CJ_INV") const;

 private:
  TempDir root_;
  std::filesystem::path folder_;
  std::string participant_;
  crypto::SigningKey signing_;
  crypto::CurveKeyPair curve_;
};

// Quick enough for tests.
[[nodiscard]] client::LineOptions quick_line();
[[nodiscard]] client::CourierOptions quick_courier();
[[nodiscard]] client::NewItem item_with(const std::string& body);

}  // namespace rapporteur::testing
