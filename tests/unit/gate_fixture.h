// A hub in memory with two bodies, for the tests of the gate.
#pragma once

#include <gmock/gmock.h>

#include "tests/fakes/gate_stage.h"

namespace rapporteur::admission {

using fakes::figure;
using fakes::Sender;

class GateTest : public testing::Test {
 protected:
  GateTest() {
    stage_.enrol(at_, "AT");
    stage_.enrol(lv_, "LV");
  }
  std::string send(const v1::Envelope& envelope) { return stage_.send(envelope, at_); }
  // A message of AT whose signed header is changed by `change`.
  template <typename Change>
  std::string with_header(const Change& change) {
    const std::vector<Observation> figures{figure("VIC_REG", "AT", "2006", 42)};
    v1::Header header = at_.header(figures);
    change(header);
    return send(at_.sealed(std::move(header), figures));
  }
  // A message of AT whose envelope is changed after the signature.
  template <typename Change>
  std::string with_envelope(const Change& change) {
    v1::Envelope envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
    change(envelope);
    return send(envelope);
  }
  // A body of AT, changed before it is committed to.
  template <typename Change>
  std::string with_figure(const Change& change) {
    Observation observation = figure("VIC_REG", "AT", "2006", 42);
    change(observation);
    return send(at_.submission({observation}));
  }
  static std::string id_of(const v1::Envelope& envelope) {
    v1::Header header;
    header.ParseFromString(envelope.header());
    return header.message_id();
  }

  static journal::ResourceId message_resource(const std::string& sender,
                                              const v1::Envelope& envelope) {
    return journal::MessageKey{sender, *MessageId::from(id_of(envelope))}.resource();
  }
  static const rules::Finding* finding_of(const Enter& enter, std::string_view code) {
    for (const rules::Finding& finding : enter.findings) {
      if (finding.code == code) return &finding;
    }
    return nullptr;
  }

  fakes::GateStage stage_;
  Sender at_{"at"};
  Sender lv_{"lv"};
};

}  // namespace rapporteur::admission
