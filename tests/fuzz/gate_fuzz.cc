// The gate over any bytes. The first byte chooses: an envelope as it comes; or header and body that
// an enrolled sender signs, so that what stands behind the signature is reached too.
#include <cstdint>

#include <google/protobuf/stubs/logging.h>

#include "proto/base/check.h"
#include "tests/fakes/gate_stage.h"

namespace rapporteur {
namespace {

struct Stage {
  Stage() {
    google::protobuf::SetLogHandler(nullptr);
    hub.enrol(at, "*");
    const std::vector<Observation> figures{fakes::figure("VIC_REG", "AT", "2006", 42)};
    RAPPORTEUR_CHECK(hub.send(at.submission(figures), at) == "accepted");
  }
  fakes::GateStage hub;
  fakes::Sender at{"at"};
};

// Two bytes of length, that many of a header, the rest is the body.
std::string signed_envelope(const Stage& stage, std::string_view bytes) {
  v1::Envelope envelope;
  const std::size_t stated = bytes.size() < 2 ? 0
                                              : static_cast<unsigned char>(bytes[0]) * 256UL +
                                                    static_cast<unsigned char>(bytes[1]);
  bytes.remove_prefix(std::min<std::size_t>(2, bytes.size()));
  const std::size_t size = std::min(stated, bytes.size());
  envelope.set_salt(std::string(32, 's'));
  envelope.set_body(std::string(bytes.substr(size)));
  v1::Header header;
  if (header.ParsePartialFromArray(bytes.data(), static_cast<int>(size))) {
    header.set_hub(fakes::kHub);
    header.set_sender("at");
    header.set_key_id(stage.at.party.signing.key_id().string());
    header.set_created_ms(fakes::kNowMs);
    header.set_commitment(
        crypto::commitment(bytes_of(envelope.salt()), bytes_of(envelope.body())).string());
    envelope.set_header(header.SerializeAsString());
  } else {
    envelope.set_header(std::string(bytes.substr(0, size)));
  }
  stage.at.sign(envelope);
  return envelope.SerializeAsString();
}

void check(const admission::Verdict& verdict) {
  if (const auto* refused = std::get_if<admission::Refuse>(&verdict)) {
    RAPPORTEUR_CHECK(!refused->fault.code().empty() && !refused->fault.message().empty());
    return;
  }
  const auto* enter = std::get_if<admission::Enter>(&verdict);
  if (enter == nullptr) return;
  v1::Record record;
  RAPPORTEUR_CHECK(record.ParseFromString(enter->entry.draft.record));
  RAPPORTEUR_CHECK(enter->entry.sequence && enter->entry.draft.message);
  RAPPORTEUR_CHECK(enter->accepted == !rules::any_error(enter->findings));
  RAPPORTEUR_CHECK(enter->accepted == !record.has_refused());
  RAPPORTEUR_CHECK(enter->accepted ||
                   (enter->entry.draft.body.empty() && enter->entry.draft.salt.empty() &&
                    enter->entry.draft.tables.empty()));
}

}  // namespace
}  // namespace rapporteur

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  static const Stage stage;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(stage.hub.judge(data[0] % 2 == 0 ? std::string(bytes) : signed_envelope(stage, bytes),
                        stage.at));
  return 0;
}
