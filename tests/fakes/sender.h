// Makes signed envelopes the plain way, and lets a test spoil any part of them before or after the
// signature.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "proto/crypto/domain.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/envelope.pb.h"
#include "tests/fakes/party.h"

namespace rapporteur::fakes {

inline constexpr const char* kHub = "test-hub";
inline constexpr const char* kDataflow = "RAPPORTEUR:THB(1.0)";
inline constexpr std::uint64_t kNowMs = 1'700'000'000'000;

// A total: every dimension that could break it down is _T, or _Z where the indicator has none.
[[nodiscard]] inline Observation figure(const std::string& indicator, const std::string& area,
                                        const std::string& period, std::int64_t value) {
  Observation observation;
  const bool cases = indicator.starts_with("CJ_");
  observation[Dimension::kFreq] = "A";
  observation[Dimension::kRefArea] = area;
  observation[Dimension::kCounterpartArea] = "_Z";
  observation[Dimension::kIndicator] = indicator;
  observation[Dimension::kExplForm] = "_T";
  observation[Dimension::kSex] = cases ? "_Z" : "_T";
  observation[Dimension::kAge] = cases ? "_Z" : "_T";
  observation[Dimension::kCitizen] = cases ? "_Z" : "_T";
  observation[Dimension::kRegOrg] = cases ? "_Z" : "_T";
  observation[Dimension::kUnitMeasure] = cases ? "CASE" : "PER";
  observation[Dimension::kTimePeriod] = period;
  observation.value = Decimal(value);
  observation[Attribute::kObsStatus] = "A";
  return observation;
}

[[nodiscard]] inline ObservationSet set_of(const std::vector<Observation>& observations) {
  ObservationSetBuilder builder;
  for (const Observation& observation : observations) builder.add(observation);
  return builder.build();
}

// One participant that sends; numbers its messages and gives them ids.
class Sender {
 public:
  explicit Sender(const std::string& id) : party(id) {}

  // A NEW of these observations, ready to be changed.
  [[nodiscard]] v1::Header header(const std::vector<Observation>& observations = {}) {
    v1::Header header;
    header.set_hub(kHub);
    header.set_sender(party.id);
    header.set_key_id(party.signing.key_id().string());
    header.set_message_id(next_id().string());
    header.set_kind(v1::KIND_NEW);
    header.set_sequence(++sequence);
    header.set_created_ms(kNowMs);
    header.set_dataflow(kDataflow);
    header.mutable_releasability()->set_audience(v1::AUDIENCE_PARTICIPANTS);
    std::vector<std::string> areas;
    for (const Observation& observation : observations) {
      areas.push_back(observation[Dimension::kRefArea]);
      header.set_indicator(observation[Dimension::kIndicator]);
    }
    std::sort(areas.begin(), areas.end());
    areas.erase(std::unique(areas.begin(), areas.end()), areas.end());
    for (const std::string& area : areas) header.add_ref_areas(area);
    return header;
  }
  [[nodiscard]] v1::Header replacing(v1::Kind kind, const std::string& message_id,
                                     const std::vector<Observation>& observations = {}) {
    v1::Header out = header(observations);
    out.set_kind(kind);
    out.set_revises(message_id);
    if (out.indicator().empty()) out.set_indicator("VIC_REG");
    return out;
  }
  [[nodiscard]] v1::Header bare(v1::Kind kind) {
    v1::Header out = header();
    out.set_kind(kind);
    out.clear_dataflow();
    out.clear_releasability();
    return out;
  }

  // Commits to the body and signs.
  [[nodiscard]] v1::Envelope sealed(v1::Header header, const std::string& body) const {
    v1::Envelope envelope;
    envelope.set_salt(crypto::sha256("salt " + header.message_id()).string());
    envelope.set_body(body);
    header.set_commitment(
        crypto::commitment(bytes_of(envelope.salt()), bytes_of(envelope.body())).string());
    envelope.set_header(header.SerializeAsString());
    sign(envelope);
    return envelope;
  }
  [[nodiscard]] v1::Envelope sealed(v1::Header header,
                                    const std::vector<Observation>& observations) const {
    return sealed(std::move(header),
                  observations.empty() ? "" : BodyCodec::encode(set_of(observations), 0));
  }
  [[nodiscard]] v1::Envelope submission(const std::vector<Observation>& observations) {
    return sealed(header(observations), observations);
  }
  [[nodiscard]] v1::Envelope administration(const v1::AdministrativeAction& action) {
    return sealed(bare(v1::KIND_ADMINISTRATION), action.SerializeAsString());
  }
  void sign(v1::Envelope& envelope) const {
    envelope.set_signature(
        party.signing.sign(crypto::domain::kHeader, bytes_of(envelope.header())).string());
  }

  [[nodiscard]] MessageId next_id() {
    const Digest random = crypto::sha256(party.id + std::to_string(++ids_));
    return make_message_id(UnixMillis(std::chrono::milliseconds(kNowMs)),
                           std::span(random.bytes).first<10>());
  }

  Party party;
  std::uint64_t sequence = 0;

 private:
  std::uint64_t ids_ = 0;
};

}  // namespace rapporteur::fakes
