// Messages that nothing can be attributed to: nothing is stored, no sequence number is used.
#include "proto/base/limits.h"
#include "tests/unit/gate_fixture.h"

namespace rapporteur::admission {
namespace {

TEST_F(GateTest, BytesThatAreNoEnvelopeAreAFault) {
  const std::string good =
      at_.submission({figure("VIC_REG", "AT", "2006", 42)}).SerializeAsString();
  EXPECT_EQ(stage_.send(std::string("\xFF\xFF\xFF"), at_), "fault MALFORMED");
  EXPECT_EQ(stage_.send(std::string(), at_), "fault MALFORMED");
  EXPECT_EQ(stage_.send(good.substr(0, good.size() - 1), at_), "fault MALFORMED");
  const std::string unknown_field = "\xFA\x01\x01x";  // field 31
  EXPECT_EQ(stage_.send(good + unknown_field, at_), "fault MALFORMED");
}

TEST_F(GateTest, OversizedPartsAreAFault) {
  EXPECT_EQ(stage_.send(std::string(limits::kFrameBytes + 1, 'x'), at_), "fault TOO_LARGE");
  EXPECT_EQ(
      with_envelope([](auto& e) { e.set_header(std::string(limits::kHeaderBytes + 1, 'x')); }),
      "fault TOO_LARGE");
  EXPECT_EQ(with_envelope([](auto& e) { e.set_body(std::string(limits::kBodyBytes + 1, 'x')); }),
            "fault TOO_LARGE");
  EXPECT_EQ(with_envelope([](auto& e) {
              e.set_certificate(std::string(limits::kCertificateBytes + 1, 'x'));
            }),
            "fault TOO_LARGE");
}

TEST_F(GateTest, EnvelopeFieldsHaveTheirShape) {
  EXPECT_EQ(with_envelope([](auto& e) { e.mutable_signature()->pop_back(); }), "fault MALFORMED");
  EXPECT_EQ(with_envelope([](auto& e) { e.clear_salt(); }), "fault MALFORMED");
  EXPECT_EQ(with_envelope([](auto& e) { e.set_header("\x01"); }), "fault MALFORMED");
  EXPECT_EQ(with_envelope([](auto& e) { e.mutable_second_signature()->set_key_id("x"); }),
            "fault MALFORMED");
}

TEST_F(GateTest, HeaderIsCanonicalAndKnown) {
  const auto resigned = [&](auto change) {
    v1::Envelope envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
    change(*envelope.mutable_header());
    at_.sign(envelope);
    return send(envelope);
  };
  EXPECT_EQ(resigned([](std::string& h) { h += "\xFA\x01\x01x"; }), "fault MALFORMED");
  EXPECT_EQ(resigned([](std::string& h) { h += h; }), "fault MALFORMED") << "repeated fields";
  EXPECT_EQ(resigned([](std::string& h) { h += std::string("\x28\x00", 2); }), "fault MALFORMED")
      << "a field written though it is empty";
  EXPECT_EQ(resigned([](std::string& h) { h.pop_back(); }), "fault MALFORMED");
}

TEST_F(GateTest, HeaderFieldsHaveTheirShape) {
  using H = v1::Header;
  const std::string malformed = "fault MALFORMED";
  EXPECT_EQ(with_header([](H& h) { h.clear_hub(); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_sender("AT"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_key_id("1234567"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_message_id("1234567"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_message_id(std::string(16, '\x40')); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.clear_sequence(); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.clear_created_ms(); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.clear_kind(); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_kind(static_cast<v1::Kind>(5)); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_dataflow("THB"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_dataflow("A:B(1.0) John Doe"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_indicator("John Doe"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.add_ref_areas("AT"); }), malformed) << "AT twice";
  EXPECT_EQ(with_header([](H& h) { h.set_revises(std::string(16, 'x')); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_kind(v1::KIND_REVISION); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.clear_releasability(); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.mutable_releasability()->add_participants("lv"); }),
            malformed);
  EXPECT_EQ(with_header([](H& h) { h.mutable_releasability()->set_audience(v1::AUDIENCE_LISTED); }),
            malformed);
  EXPECT_EQ(with_header([](H& h) {
              h.mutable_releasability()->set_audience(v1::AUDIENCE_LISTED);
              h.mutable_releasability()->add_kinds("EVERYBODY");
            }),
            malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_certificate_sha256("x"); }), malformed);
  EXPECT_EQ(with_header([](H& h) { h.set_kind(v1::KIND_SKIP); }), malformed);
}

TEST_F(GateTest, SignatureMustHold) {
  EXPECT_EQ(with_envelope([](auto& e) { (*e.mutable_signature())[3] ^= 1; }), "fault SIGNATURE");
  EXPECT_EQ(with_envelope([&](auto& e) { lv_.sign(e); }), "fault SIGNATURE");
}

TEST_F(GateTest, SenderIsWhoSignedAndWhoIsOnTheLine) {
  // LV signs a message in the name of AT with its own key.
  const std::vector<Observation> figures{figure("VIC_REG", "AT", "2006", 42)};
  v1::Header header = lv_.header(figures);
  header.set_sender("at");
  EXPECT_EQ(stage_.send(lv_.sealed(header, figures), lv_), "fault IDENTITY");
  EXPECT_EQ(stage_.send(lv_.sealed(header, figures), at_), "fault IDENTITY");
  // What AT signed does not come in over the line of LV.
  EXPECT_EQ(stage_.send(at_.submission(figures), lv_), "fault IDENTITY");
}

TEST_F(GateTest, KeyMustBeKnownAndValid) {
  EXPECT_EQ(with_header([](v1::Header& h) { h.set_key_id("12345678"); }), "fault UNKNOWN_KEY");
  v1::AdministrativeAction end;
  end.mutable_change_key()->set_participant("at");
  end.mutable_change_key()->set_end_signing_key(at_.party.signing.public_key().string());
  stage_.administer(end);
  EXPECT_EQ(with_header([](v1::Header&) {}), "fault UNKNOWN_KEY");
}

TEST_F(GateTest, SuspendedAndRevokedSendersAreNotHeard) {
  stage_.administer(fakes::state_change("at", v1::SUSPENDED));
  EXPECT_EQ(with_header([](v1::Header&) {}), "fault NOT_ACTIVE");
  stage_.administer(fakes::state_change("at", v1::ACTIVE));
  EXPECT_EQ(with_header([](v1::Header&) {}), "accepted");
  stage_.administer(fakes::state_change("at", v1::REVOKED));
  EXPECT_EQ(with_header([](v1::Header&) {}), "fault NOT_ACTIVE");
  const Sender stranger("stranger");
  EXPECT_EQ(stage_.send(lv_.submission({figure("VIC_REG", "LV", "2006", 42)}), stranger),
            "fault NOT_ACTIVE");
}

TEST_F(GateTest, HeaderIsForThisHubAndNotFromTheFuture) {
  EXPECT_EQ(with_header([](v1::Header& h) { h.set_hub("other-hub"); }), "fault HUB");
  const auto ahead =
      static_cast<std::uint64_t>(std::chrono::milliseconds(limits::kCreatedAheadOfClock).count());
  EXPECT_EQ(with_header([&](v1::Header& h) { h.set_created_ms(fakes::kNowMs + ahead + 1); }),
            "fault IN_FUTURE");
  EXPECT_EQ(with_header([&](v1::Header& h) { h.set_created_ms(~std::uint64_t{0}); }),
            "fault IN_FUTURE");
  EXPECT_EQ(with_header([&](v1::Header& h) { h.set_created_ms(fakes::kNowMs + ahead); }),
            "accepted");
}

TEST_F(GateTest, BodyAndSaltAreThoseThatWereSigned) {
  EXPECT_EQ(with_envelope([](auto& e) { e.mutable_body()->back() ^= 1; }), "fault COMMITMENT");
  EXPECT_EQ(with_envelope([](auto& e) { (*e.mutable_salt())[0] ^= 1; }), "fault COMMITMENT");
}

TEST_F(GateTest, StoreThatCannotBeReadIsAFault) {
  stage_.journal.fail_reads(true);
  EXPECT_EQ(with_header([](v1::Header&) {}), "fault STORAGE");
}

}  // namespace
}  // namespace rapporteur::admission
