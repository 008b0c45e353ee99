// For the demonstration only: sends a submission whose signature is not the sender's.
//
// It has the party's own line key, so it gets as far as somebody who has broken into an agency's
// network but does not hold its signing key. Prints the hub's answer; exit 1 when it refused.
#include <cstdio>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/agency.h"
#include "adapters/client/connection.h"
#include "adapters/client/envelope.h"
#include "proto/crypto/domain.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur {
namespace {

std::string plausible_body() {
  Observation observation;
  observation.key = {"A", "SI", "_Z", "VIC_ASSIST", "_T", "_T", "_T", "_T", "_Z", "PER", "2007"};
  observation.value = Decimal(40);
  observation[Attribute::kObsStatus] = "A";
  ObservationSetBuilder builder;
  builder.add(observation);
  return BodyCodec::encode(builder.build(), 0);
}

v1::Envelope forged_envelope(const client::Agency& agency, const client::HubAddress& hub,
                             const crypto::SigningKey& key) {
  client::EnvelopeParts parts;
  parts.hub = hub.hub;
  parts.sender = agency.settings().participant;
  parts.created = SystemClock().now();
  parts.message_id = crypto::new_message_id(parts.created);
  parts.sequence = Sequence{1};
  parts.dataflow = "RAPPORTEUR:THB(1.0)";
  parts.indicator = "VIC_ASSIST";
  parts.ref_areas = {"SI"};
  parts.releasability.set_audience(v1::AUDIENCE_PARTICIPANTS);
  parts.body = plausible_body();
  v1::Envelope envelope = client::make_envelope(parts, key);
  // Signed by a stranger under the party's key id.
  envelope.set_signature(crypto::SigningKey::generate()
                             .sign(crypto::domain::kHeader, bytes_of(envelope.header()))
                             .string());
  return envelope;
}

Result<std::string> forge(const std::string& folder) {
  const auto agency = client::Agency::open(folder);
  if (!agency) return tl::unexpected(agency.error());
  const auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  const auto curve_keys = agency->curve_keys();
  if (!curve_keys) return tl::unexpected(curve_keys.error());
  const auto key = agency->signing_key();
  if (!key) return tl::unexpected(key.error());
  auto line = client::Connection::open(*hub, *curve_keys);
  if (!line) return tl::unexpected(line.error());
  if (auto welcome = (*line)->hello(); !welcome) return tl::unexpected(welcome.error());
  v1::Frame frame;
  frame.set_submit(forged_envelope(*agency, *hub, *key).SerializeAsString());
  const auto answer = (*line)->ask(frame);
  if (!answer) return tl::unexpected(answer.error());
  return fmt::format("the hub took it: log entry {}", answer->outcome().index());
}

}  // namespace
}  // namespace rapporteur

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: rapporteur-demo-forger FOLDER-OF-A-PARTY\n", stderr);
    return 2;
  }
  const auto taken = rapporteur::forge(argv[1]);
  std::fprintf(taken ? stdout : stderr, "%s\n",
               taken ? taken->c_str() : taken.error().line().c_str());
  return taken ? 0 : rapporteur::exit_code(taken.error().kind);
}
