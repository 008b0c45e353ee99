// The bytes of a certificate.
#include "broker/disclosure/certificate.h"

#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "rapporteur/v1/certificate.pb.h"

namespace rapporteur::testing {
namespace {

using disclosure::Certificate;
using disclosure::LinearSystem;

// a + b = 18, a at least 1, b from 0 to 30.
LinearSystem two_parts() {
  return {{{1, std::nullopt}, {0, 30}}, {{{{0, 1}, {1, 1}}, 18}}};
}

Certificate example() {
  Certificate out;
  out.rule = {3, 10};
  out.system_sha256 = disclosure::system_sha256(two_parts());
  out.variables = 2;
  out.hidden_cells = 2;
  out.narrowest = 16;
  out.witnesses = {{1, {1, 17}}, {2, {34, 2}}};
  return out;
}

v1::Certificate on_the_wire() {
  v1::Certificate out;
  EXPECT_TRUE(out.ParseFromString(disclosure::encode(example()).value()));
  return out;
}
bool refused(const v1::Certificate& certificate) {
  const auto decoded = disclosure::decode_certificate(certificate.SerializeAsString());
  return !decoded && decoded.error().kind == ErrorKind::kMalformed;
}

TEST(Certificate, SurvivesItsBytes) {
  const auto bytes = disclosure::encode(example()).value();
  const auto again = disclosure::decode_certificate(bytes).value();
  EXPECT_EQ(again.rule.k, 10);
  EXPECT_EQ(again.rule.width, 3);
  EXPECT_EQ(again.system_sha256, example().system_sha256);
  EXPECT_EQ(again.narrowest, 16);
  ASSERT_EQ(again.witnesses.size(), 2U);
  EXPECT_EQ(again.witnesses[1].denominator, 2);
  EXPECT_EQ(again.witnesses[1].numerators, (std::vector<std::int64_t>{34, 2}));
  EXPECT_EQ(disclosure::encode(again).value(), bytes);
}

TEST(Certificate, WritesTheFirstWholeAndTheOthersAsDifferences) {
  const v1::Certificate wire = on_the_wire();
  EXPECT_EQ(wire.version(), 1U);
  EXPECT_EQ(wire.witnesses(0).numerators(1), 17);
  EXPECT_EQ(wire.witnesses(1).numerators(0), 33);
  EXPECT_EQ(wire.witnesses(1).numerators(1), -15);
}

// As PROTOCOL.md says them, byte by byte.
TEST(Certificate, TheSystemHasItsCanonicalBytes) {
  const std::string bytes = crypto::hex(bytes_of(std::string("rapporteur/v1/system\0", 21))) +
                            "00000002" +
                            "0000000000000001"
                            "00" +
                            "0000000000000000"
                            "01"
                            "000000000000001e" +
                            "00000001" +
                            "0000000000000012"
                            "00000002"
                            "00000000"
                            "00000001"
                            "00000001"
                            "00000001";
  EXPECT_EQ(disclosure::system_sha256(two_parts()),
            crypto::sha256(crypto::parse_hex(bytes).value()));
}

TEST(Certificate, OtherFiguresAreAnotherSystem) {
  const Digest digest = disclosure::system_sha256(two_parts());
  LinearSystem other = two_parts();
  other.equations[0].constant = 19;
  EXPECT_NE(disclosure::system_sha256(other), digest);
  other = two_parts();
  other.bounds[1].most.reset();
  EXPECT_NE(disclosure::system_sha256(other), digest);
}

TEST(Certificate, WhatIsNotCanonicalOrNoTableIsRefused) {
  EXPECT_FALSE(refused(on_the_wire()));
  const std::string bytes = disclosure::encode(example()).value();
  EXPECT_FALSE(disclosure::decode_certificate("").has_value());
  EXPECT_FALSE(disclosure::decode_certificate(bytes + std::string("\xfa\x01\x00", 3)).has_value());
  EXPECT_FALSE(disclosure::decode_certificate(bytes + std::string("\x08\x01", 2)).has_value());
  const auto changed = [](auto&& change) {
    v1::Certificate wire = on_the_wire();
    change(wire);
    return refused(wire);
  };
  EXPECT_TRUE(changed([](auto& c) { c.set_version(2); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_system_sha256("short"); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_k(limits::kPolicyK + 1); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_interval_width(limits::kPolicyIntervalWidth + 1); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_hidden_cells(3); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_variables(3); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_variables(limits::kDisclosureCells + 1); }));
  EXPECT_TRUE(changed([](auto& c) { c.set_narrowest(UINT64_MAX); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(0)->set_denominator(0); }));
  EXPECT_TRUE(changed(
      [](auto& c) { c.mutable_witnesses(0)->set_denominator((std::uint64_t{1} << 40U) + 1); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(1)->add_numerators(0); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(0)->set_numerators(0, -1); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(1)->set_numerators(0, -2); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(1)->set_numerators(0, INT64_MAX); }));
  EXPECT_TRUE(changed([](auto& c) { c.mutable_witnesses(1)->set_numerators(0, INT64_MIN); }));
}

TEST(Certificate, TooManyNumbersAreRefused) {
  Certificate large;
  large.variables = limits::kDisclosureCells;
  const std::size_t most = limits::kCertificateNumerators / large.variables;
  large.witnesses.assign(most + 1, {1, std::vector<std::int64_t>(large.variables, 1)});
  EXPECT_FALSE(disclosure::encode(large).has_value());
}

TEST(Certify, ShowsWhatCanBeShown) {
  const LinearSystem system = two_parts();
  const std::vector<disclosure::Target> targets{{0, std::nullopt}, {1, std::nullopt}};
  const auto given = anonymise::certify({system, targets, {3, 10}, false}).value();
  EXPECT_TRUE(given.held.empty());
  const auto certificate = disclosure::decode_certificate(given.bytes).value();
  EXPECT_EQ(certificate.hidden_cells, 2U);
  EXPECT_GE(certificate.narrowest, 3);
  for (const auto& witness : certificate.witnesses) {
    EXPECT_FALSE(disclosure::misfit_of(system, witness).has_value());
  }
  EXPECT_TRUE(disclosure::not_shown(targets, certificate.witnesses, {3, 10}).empty());
}

TEST(Certify, NamesWhatIsHeld) {
  LinearSystem system = two_parts();
  system.bounds = {{1, std::nullopt}, {1, std::nullopt}};
  system.equations[0].constant = 5;
  const std::vector<disclosure::Target> targets{{0, std::nullopt}, {1, std::nullopt}};
  const auto given = anonymise::certify({system, targets, {3, 10}, false}).value();
  ASSERT_EQ(given.held.size(), 2U);
  EXPECT_EQ(given.held[0].variable, 0U);
  EXPECT_EQ(given.held[0].equations, (std::vector<std::uint32_t>{0}));
}

TEST(Certify, NothingIsMadeWhereNothingFits) {
  LinearSystem system = two_parts();
  system.equations.push_back({{{0, 1}, {1, 1}}, 19});
  const std::vector<disclosure::Target> targets{{0, std::nullopt}};
  const auto given = anonymise::certify({system, targets, {3, 10}, false});
  ASSERT_FALSE(given.has_value());
  EXPECT_EQ(given.error().kind, ErrorKind::kRefused);
}

}  // namespace
}  // namespace rapporteur::testing
