// What hides protected counts passes the gate with the certificate that was made for it, and with
// no other.
#include "adapters/anonymise/certify.h"
#include "broker/disclosure/certificate.h"
#include "broker/disclosure/release_check.h"
#include "proto/crypto/sha256.h"
#include "tests/unit/gate_fixture.h"

namespace rapporteur::admission {
namespace {

class GateCertificateTest : public GateTest {
 protected:
  static Observation by_sex(const std::string& area, const std::string& sex,
                            std::optional<std::int64_t> value) {
    Observation out = figure("VIC_REG", area, "2006", value.value_or(0));
    out[Dimension::kSex] = sex;
    if (!value) {
      out.value.reset();
      out[Attribute::kObsStatus] = "Q";
    }
    return out;
  }
  static std::vector<Observation> table(const std::string& area, std::int64_t total) {
    return {by_sex(area, "F", {}), by_sex(area, "M", {}), by_sex(area, "_T", total)};
  }
  // Where nothing else is public.
  static std::string certificate_of(const std::vector<Observation>& figures) {
    const ObservationSet set = fakes::set_of(figures);
    const std::vector<std::string> areas{figures.front()[Dimension::kRefArea]};
    const rules::NothingPublished nothing;
    std::string bytes;
    const auto found =
        disclosure::check_release({"at", fakes::kDataflow, "VIC_REG", areas, set}, {}, nothing,
                                  nothing, [&](const disclosure::CertificateTask& task) {
                                    auto made = anonymise::certify(task);
                                    bytes = made.value().bytes;
                                    return made;
                                  });
    EXPECT_TRUE(found.empty());
    return bytes;
  }
  // Signed with its SHA-256 in the header.
  std::string send_with(const std::string& certificate, const std::vector<Observation>& figures,
                        Sender& sender) {
    v1::Header header = sender.header(figures);
    if (!certificate.empty()) {
      header.set_certificate_sha256(crypto::sha256(certificate).string());
    }
    v1::Envelope envelope = sender.sealed(std::move(header), figures);
    envelope.set_certificate(certificate);
    return stage_.send(envelope, sender);
  }
};

TEST_F(GateCertificateTest, TheOneMadeForItPassesAndIsNotKept) {
  const std::string certificate = certificate_of(table("AT", 18));
  EXPECT_EQ(send_with(certificate, table("AT", 18), at_), "accepted");
  EXPECT_EQ(stage_.last_record().SerializeAsString().find(certificate), std::string::npos);
}

TEST_F(GateCertificateTest, NoneIsRefused) {
  EXPECT_EQ(send_with({}, table("AT", 18), at_), "refused NEEDS_CERTIFICATE");
}

TEST_F(GateCertificateTest, AForgedOneIsRefused) {
  auto forged = disclosure::decode_certificate(certificate_of(table("AT", 18))).value();
  ++forged.witnesses.at(0).numerators.at(1);
  EXPECT_EQ(send_with(disclosure::encode(forged).value(), table("AT", 18), at_),
            "refused BAD_CERTIFICATE");
}

TEST_F(GateCertificateTest, ThatOfAnotherTableIsRefused) {
  EXPECT_EQ(send_with(certificate_of(table("AT", 19)), table("AT", 18), at_),
            "refused STALE_LEDGER");
}

TEST_F(GateCertificateTest, OneFromBeforeOtherFiguresCameIsRefused) {
  const std::vector<Observation> parts{by_sex("AT", "F", {}), by_sex("AT", "M", {})};
  const std::string certificate = certificate_of(parts);
  EXPECT_EQ(send_with({}, {by_sex("AT", "_T", 18)}, at_), "accepted");
  EXPECT_EQ(send_with(certificate, parts, at_), "refused STALE_LEDGER");
  EXPECT_EQ(send_with(certificate_of(table("AT", 18)), parts, at_), "accepted");
}

TEST_F(GateCertificateTest, WhatAnotherSenderPublishesDoesNotMatter) {
  const std::string of_at = certificate_of(table("AT", 18));
  const std::string of_lv = certificate_of(table("LV", 30));
  EXPECT_EQ(send_with(of_lv, table("LV", 30), lv_), "accepted");
  EXPECT_EQ(send_with(of_at, table("AT", 18), at_), "accepted");
}

TEST_F(GateCertificateTest, TheHiddenPartOfAKnownTotalIsRefusedWhateverComesWithIt) {
  EXPECT_EQ(send_with({}, {by_sex("AT", "_T", 18)}, at_), "accepted");
  const std::vector<Observation> parts{by_sex("AT", "F", 16), by_sex("AT", "M", {})};
  EXPECT_EQ(send_with(certificate_of(table("AT", 18)), parts, at_), "refused LINEAR_EXACT");
}

}  // namespace
}  // namespace rapporteur::admission
