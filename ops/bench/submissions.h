// Signed submissions that are all different: message, key and table.
//
// Units: values are at least 10, so that the small-cell rule has nothing to say.
// Threads: a factory belongs to one thread. Tables of two factories differ by their sender.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/client/envelope.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::bench {

struct SenderIdentity {
  std::string participant;
  crypto::CurveKeyPair curve_keys;
  crypto::SigningKey signing_key;
};

class SubmissionFactory {
 public:
  // `hub` and `sender` outlive it.
  SubmissionFactory(const std::string& hub, const SenderIdentity& sender,
                    std::uint32_t observations);
  // A serialized v1::Envelope with the next sequence number.
  [[nodiscard]] std::string next();
  [[nodiscard]] std::uint64_t made() const { return made_; }

 private:
  [[nodiscard]] ObservationSet observations_for(const std::string& area, const std::string& period);
  const std::string& hub_;
  const SenderIdentity& sender_;
  std::uint32_t observations_;
  std::string_view indicator_;
  std::uint64_t made_ = 0;
  std::uint64_t random_ = 0x9E3779B97F4A7C15ULL;
};

}  // namespace rapporteur::bench
