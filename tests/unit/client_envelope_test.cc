// Envelopes, and the verification of what the hub answers: every forged answer is refused.
#include <gmock/gmock.h>

#include "adapters/client/delivery.h"
#include "adapters/client/envelope.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"
#include "tests/fakes/fake_log.h"

namespace rapporteur {
namespace {

using testing::FakeLog;
using ::testing::HasSubstr;

client::EnvelopeParts parts() {
  client::EnvelopeParts parts;
  parts.hub = "hub";
  parts.sender = "at";
  parts.message_id = crypto::new_message_id(UnixMillis(std::chrono::milliseconds(1)));
  parts.sequence = Sequence{1};
  parts.created = UnixMillis(std::chrono::milliseconds(1'000));
  parts.dataflow = "RAPPORTEUR:THB(1.0)";
  parts.indicator = "CJ_INV";
  parts.ref_areas = {"BE", "AT", "BE"};
  parts.releasability.set_audience(v1::AUDIENCE_PARTICIPANTS);
  parts.body = "body";
  return parts;
}

class ClientOutcome : public ::testing::Test {
 protected:
  ClientOutcome() : sent_(client::make_envelope(parts(), key_)) {
    for (int i = 0; i < 5; ++i) log_.append({{}, "other " + std::to_string(i), {}, {}, {}});
    v1::Record record;
    record.set_time_ms(1);
    record.set_header(sent_.header());
    record.set_signature(sent_.signature());
    v1::Record refused = record;
    record.mutable_accepted();
    refused.mutable_refused()->add_rules()->set_code("SMALL_CELL");
    const std::size_t accepted_at = log_.append({{}, record.SerializeAsString(), {}, {}, {}});
    v1::Finding finding;
    finding.set_code("SMALL_CELL");
    finding.set_row(3);
    const std::size_t refused_at =
        log_.append({{}, refused.SerializeAsString(), {}, {}, {finding, finding}});
    log_.append({{}, "after", {}, {}, {}});
    receipt_ = log_.outcome(accepted_at);
    refusal_ = log_.outcome(refused_at);
  }

  void expect_forged(const v1::Outcome& outcome, const char* what) {
    const auto verified = client::verify_outcome(outcome, sent_, log_.verifier_key());
    EXPECT_FALSE(verified) << what;
    if (!verified) {
      EXPECT_EQ(exit_code(verified.error().kind), 1) << what;
    }
  }

  crypto::SigningKey key_ = crypto::SigningKey::generate();
  v1::Envelope sent_;
  FakeLog log_;
  v1::Outcome receipt_;
  v1::Outcome refusal_;
};

TEST(ClientEnvelope, SignsAHeaderThatCommitsToTheBody) {
  const auto key = crypto::SigningKey::generate();
  const v1::Envelope envelope = client::make_envelope(parts(), key);
  v1::Header header;
  ASSERT_TRUE(header.ParseFromString(envelope.header()));
  EXPECT_THAT(header.ref_areas(), ::testing::ElementsAre("AT", "BE"));
  EXPECT_EQ(header.key_id(), key.key_id().view());
  EXPECT_EQ(header.commitment(),
            crypto::commitment(bytes_of(envelope.salt()), bytes_of(envelope.body())).view());
  EXPECT_TRUE(crypto::verify(key.public_key(), crypto::domain::kHeader, bytes_of(envelope.header()),
                             *SignatureBytes::from(envelope.signature())));
}

TEST(ClientEnvelope, CarriesTheCertificateThatItsHeaderStates) {
  const auto key = crypto::SigningKey::generate();
  client::EnvelopeParts with = parts();
  with.certificate = "certificate";
  const v1::Envelope envelope = client::make_envelope(with, key);
  v1::Header header;
  ASSERT_TRUE(header.ParseFromString(envelope.header()));
  EXPECT_EQ(envelope.certificate(), "certificate");
  EXPECT_EQ(header.certificate_sha256(), crypto::sha256("certificate").view());
  const v1::Envelope without = client::make_envelope(parts(), key);
  ASSERT_TRUE(header.ParseFromString(without.header()));
  EXPECT_TRUE(without.certificate().empty());
  EXPECT_TRUE(header.certificate_sha256().empty());
}

TEST(ClientEnvelope, SaltIsFreshEachTime) {
  const auto key = crypto::SigningKey::generate();
  const v1::Envelope one = client::make_envelope(parts(), key);
  const v1::Envelope two = client::make_envelope(parts(), key);
  EXPECT_EQ(one.salt().size(), 32U);
  EXPECT_NE(one.salt(), two.salt());
  EXPECT_NE(one.salt(), std::string(32, '\0'));
}

TEST(ClientEnvelope, ADraftSignedLaterIsTheSameMessage) {
  const auto key = crypto::SigningKey::generate();
  client::EnvelopeParts content = parts();
  v1::Envelope draft = client::make_draft(content);
  EXPECT_TRUE(draft.signature().empty());
  ASSERT_TRUE(client::sign_draft(draft, Sequence{9}, content.created, key));
  v1::Header header;
  ASSERT_TRUE(header.ParseFromString(draft.header()));
  EXPECT_EQ(header.sequence(), 9U);
  EXPECT_EQ(header.message_id(), content.message_id.view());
}

TEST(ClientEnvelope, ASecondSignatureEndsWithTheFirst) {
  const auto key = crypto::SigningKey::generate();
  const client::SecondSigner officer{crypto::SigningKey::generate(), "counted twice"};
  v1::Envelope envelope = client::make_envelope(parts(), key);
  client::sign_second(envelope, officer);
  EXPECT_EQ(envelope.second_signature().key_id(), officer.key.key_id().view());
  EXPECT_TRUE(crypto::verify(officer.key.public_key(), crypto::domain::kSecond,
                             bytes_of(envelope.header() + "counted twice"),
                             *SignatureBytes::from(envelope.second_signature().signature())));
  ASSERT_TRUE(client::sign_draft(envelope, Sequence{2}, parts().created, key));
  EXPECT_FALSE(envelope.has_second_signature());
}

// As a hub delivers it, and as one that lies would.
class ClientDelivery : public ::testing::Test {
 protected:
  ClientDelivery() {
    v1::DirectoryState state;
    state.set_version(1);
    for (const auto& [id, keys] :
         {std::pair("at", std::vector{&key_, &officer_.key}), std::pair("lv", std::vector{&lv_})}) {
      v1::Participant& participant = *state.add_participants();
      participant.set_id(id);
      for (const crypto::SigningKey* one : keys) {
        participant.add_signing_keys()->set_key(one->public_key().string());
      }
    }
    exported_.set_state(state.SerializeAsString());
    exported_.set_signature(
        log_.sign(crypto::domain::kDirectory, bytes_of(exported_.state())).string());
    sent_ = client::make_envelope(parts(), key_);
    client::sign_second(sent_, officer_);
  }

  std::string said() const {
    v1::Record record;
    record.set_header(sent_.header());
    record.set_signature(sent_.signature());
    if (sent_.has_second_signature()) {
      *record.mutable_second_signature() = sent_.second_signature();
    }
    record.mutable_accepted();
    v1::Delivery delivery;
    delivery.set_index(7);
    delivery.set_record(record.SerializeAsString());
    delivery.set_salt(sent_.salt());
    delivery.set_body(sent_.body());
    const auto directory = client::SignedDirectory::open(exported_, log_.public_key());
    if (!directory) return directory.error().what;
    const auto verified = client::verify_delivery(delivery, "hub", *directory);
    return verified ? "" : verified.error().what;
  }

  crypto::SigningKey key_ = crypto::SigningKey::generate();
  crypto::SigningKey lv_ = crypto::SigningKey::generate();
  crypto::SigningKey log_ = crypto::SigningKey::generate();
  client::SecondSigner officer_{crypto::SigningKey::generate(), "counted twice"};
  v1::Directory exported_;
  v1::Envelope sent_;
};

TEST_F(ClientDelivery, ASecondSignatureIsTheDataOfficersOrNothingIsTaken) {
  EXPECT_EQ(said(), "");
  sent_.mutable_second_signature()->set_reason("counted thrice");
  EXPECT_THAT(said(), HasSubstr("second signature does not hold"));
  client::sign_second(sent_, {crypto::SigningKey::from_seed(key_.seed()), "counted twice"});
  EXPECT_THAT(said(), HasSubstr("second signature does not hold"));
  client::sign_second(sent_, {crypto::SigningKey::from_seed(lv_.seed()), "counted twice"});
  EXPECT_THAT(said(), HasSubstr("no such key of 'at'"));
  sent_.clear_second_signature();
  EXPECT_EQ(said(), "");
}

TEST_F(ClientOutcome, ARefusalKeepsNoSecondSignatureAndAReceiptDoes) {
  const client::SecondSigner officer{crypto::SigningKey::generate(), "counted twice"};
  client::sign_second(sent_, officer);
  EXPECT_TRUE(client::verify_outcome(refusal_, sent_, log_.verifier_key()));
  expect_forged(receipt_, "a receipt without it");
}

TEST_F(ClientOutcome, AReceiptThatHoldsIsAccepted) {
  const auto verified = client::verify_outcome(receipt_, sent_, log_.verifier_key());
  ASSERT_TRUE(verified) << verified.error().line();
  EXPECT_TRUE(verified->accepted);
  EXPECT_EQ(verified->index.value, 5U);
  EXPECT_EQ(verified->checkpoint.size.value, 8U);
}

TEST_F(ClientOutcome, ARefusalThatHoldsIsARefusal) {
  const auto verified = client::verify_outcome(refusal_, sent_, log_.verifier_key());
  ASSERT_TRUE(verified) << verified.error().line();
  EXPECT_FALSE(verified->accepted);
}

TEST_F(ClientOutcome, AForgedReceiptIsRefused) {
  const auto flipped = [](std::string bytes, std::size_t at) {
    bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
    return bytes;
  };
  for (std::size_t i = 0; i < receipt_.record().size(); ++i) {
    v1::Outcome forged = receipt_;
    forged.set_record(flipped(receipt_.record(), i));
    expect_forged(forged, "record");
  }
  for (std::size_t i = 0; i < receipt_.proof().size(); ++i) {
    v1::Outcome forged = receipt_;
    forged.set_proof(flipped(receipt_.proof(), i));
    expect_forged(forged, "proof");
  }
  for (std::size_t i = 0; i < receipt_.checkpoint().size(); ++i) {
    v1::Outcome forged = receipt_;
    forged.set_checkpoint(flipped(receipt_.checkpoint(), i));
    expect_forged(forged, "checkpoint");
  }
  for (std::size_t i = 0; i < receipt_.nonce().size(); ++i) {
    v1::Outcome forged = receipt_;
    forged.set_nonce(flipped(receipt_.nonce(), i));
    expect_forged(forged, "nonce");
  }
}

TEST_F(ClientOutcome, AReceiptOfAnotherPlaceOrMessageIsRefused) {
  v1::Outcome forged = receipt_;
  forged.set_index(4);
  expect_forged(forged, "index");
  forged = receipt_;
  forged.set_tree_size(7);
  expect_forged(forged, "tree size");
  forged = receipt_;
  forged.set_message_id(std::string(16, 'x'));
  expect_forged(forged, "message id");
  forged = receipt_;
  forged.set_accepted(false);
  expect_forged(forged, "a receipt called a refusal");
  forged = refusal_;
  forged.set_accepted(true);
  expect_forged(forged, "a refusal called a receipt");
  // A byte moved from nonce to record gives the same hash.
  forged = receipt_;
  forged.set_record(receipt_.nonce().back() + receipt_.record());
  forged.mutable_nonce()->pop_back();
  expect_forged(forged, "nonce cut short");
  EXPECT_FALSE(
      client::verify_outcome(receipt_, client::make_envelope(parts(), key_), log_.verifier_key()));
}

TEST_F(ClientOutcome, AnotherLogsReceiptIsRefused) {
  EXPECT_FALSE(client::verify_outcome(receipt_, sent_, FakeLog().verifier_key()));
}

TEST_F(ClientOutcome, ARefusalWithOtherFindingsIsRefused) {
  v1::Outcome forged = refusal_;
  forged.mutable_findings(0)->set_row(4);
  expect_forged(forged, "a finding changed");
  forged = refusal_;
  forged.mutable_findings()->RemoveLast();
  expect_forged(forged, "a finding left out");
  forged = refusal_;
  forged.set_refusal_signature(std::string(64, '\0'));
  expect_forged(forged, "no signature");
}

}  // namespace
}  // namespace rapporteur
