#include "store/verify/receipt.h"

#include <gtest/gtest.h>

#include "proto/crypto/domain.h"
#include "proto/crypto/encoding.h"
#include "proto/statements/refusal.h"
#include "store/merkle/frontier.h"
#include "tests/support/cosigner.h"

namespace rapporteur::verify {
namespace {

constexpr std::string_view kOrigin = "hub.example/log";

// A log of seven entries and the receipt of one.
class ReceiptTest : public ::testing::Test {
 protected:
  ReceiptTest() {
    v1::Header header;
    header.set_hub("hub");
    header.set_sender("at");
    header.set_key_id(sender_.key_id().string());
    header.set_commitment(crypto::commitment(bytes_of(salt_), bytes_of(body_)).string());
    v1::Record record;
    record.set_time_ms(1);
    record.set_header(header.SerializeAsString());
    record.set_signature(sender_.sign(crypto::domain::kHeader, bytes_of(record.header())).string());
    record.mutable_accepted();
    receipt_.nonce = std::string(32, 'n');
    receipt_.record = record.SerializeAsString();
    receipt_.index = LogIndex{4};
    merkle::Frontier tree;
    for (int i = 0; i < 7; ++i) {
      tree.append(
          i == 4 ? merkle::record_leaf_hash(bytes_of(receipt_.nonce), bytes_of(receipt_.record))
                 : merkle::leaf_hash(bytes_of(std::to_string(i))));
    }
    receipt_.proof = tree.inclusion_proofs(receipt_.index, 1).front();
    receipt_.checkpoint =
        notes::sign_checkpoint({std::string(kOrigin), tree.size(), tree.root()}, log_);
  }

  crypto::SigningKey log_ = crypto::SigningKey::generate();
  crypto::SigningKey sender_ = crypto::SigningKey::generate();
  notes::VerifierKey verifier_{std::string(kOrigin), notes::KeyType::kEd25519, log_.public_key()};
  std::string salt_ = std::string(32, 's');
  std::string body_ = "body";
  Receipt receipt_;
};

TEST_F(ReceiptTest, AReceiptVerifiesFromItsFileAlone) {
  const std::string file = receipt_.file();
  EXPECT_TRUE(file.starts_with("c2sp.org/tlog-proof@v1\nextra "));
  const auto verified = verify_receipt(file, verifier_);
  ASSERT_TRUE(verified.has_value()) << verified.error().line();
  EXPECT_EQ(verified->index, LogIndex{4});
  EXPECT_EQ(verified->head.checkpoint.size, TreeSize{7});
  EXPECT_TRUE(verified->record.has_accepted());
  const auto parsed = Receipt::parse(file);
  EXPECT_EQ(parsed->file(), file);
}

TEST_F(ReceiptTest, AForgedProofIsRefused) {
  const auto refused = [&](const Receipt& forged) {
    const auto verified = verify_receipt(forged, verifier_);
    return !verified && verified.error().kind == ErrorKind::kNotVerified;
  };
  Receipt other = receipt_;
  other.record += '\x00';
  EXPECT_TRUE(refused(other));
  other = receipt_;
  other.nonce[0] = 'x';
  EXPECT_TRUE(refused(other));
  other = receipt_;
  other.index.value = 5;
  EXPECT_TRUE(refused(other));
  other = receipt_;
  other.proof.pop_back();
  EXPECT_TRUE(refused(other));
  other = receipt_;
  other.proof.front().bytes[0] ^= std::byte{1};
  EXPECT_TRUE(refused(other));
  other = receipt_;
  other.checkpoint = notes::sign_checkpoint({std::string(kOrigin), TreeSize{7}, {}}, log_);
  EXPECT_TRUE(refused(other));
}

TEST_F(ReceiptTest, ACheckpointOfSomebodyElseIsRefused) {
  const auto other = crypto::SigningKey::generate();
  const notes::VerifierKey key{std::string(kOrigin), notes::KeyType::kEd25519, other.public_key()};
  EXPECT_EQ(verify_receipt(receipt_, key).error().kind, ErrorKind::kNotVerified);
}

TEST_F(ReceiptTest, UnderAPolicyTheWitnessesItAsksForHaveCosigned) {
  const auto witness = testing::seeded_key(7);
  const auto key = testing::verifier("w.example", witness, notes::KeyType::kCosignatureV1);
  const auto policy =
      Policy::parse("log " + verifier_.text() + "\nwitness W " + key.text() + "\nquorum W\n");
  ASSERT_TRUE(policy.has_value()) << policy.error().line();
  EXPECT_EQ(verify_receipt(receipt_, *policy).error().kind, ErrorKind::kNotVerified);
  auto note = notes::Note::parse(receipt_.checkpoint).value();
  note.signatures.push_back(testing::cosign(note.text, "w.example", 1'700'000'000, witness));
  receipt_.checkpoint = note.bytes();
  const auto verified = verify_receipt(receipt_.file(), *policy);
  ASSERT_TRUE(verified.has_value()) << verified.error().line();
  ASSERT_EQ(verified->head.witnesses.size(), 1U);
  EXPECT_EQ(verified->head.witnesses[0].name, "W");
  EXPECT_EQ(verified->head.witnesses[0].time.time_since_epoch().count(), 1'700'000'000);
  // A quorum does not make a wrong record right.
  receipt_.record += '\x00';
  EXPECT_EQ(verify_receipt(receipt_, *policy).error().kind, ErrorKind::kNotVerified);
}

TEST_F(ReceiptTest, TheSenderIsBoundByItsSignature) {
  v1::Record record = verify_receipt(receipt_, verifier_)->record;
  const auto header = verify_sender(record, sender_.public_key());
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->sender(), "at");
  EXPECT_TRUE(verify_commitment(*header, bytes_of(salt_), bytes_of(body_)));
  EXPECT_FALSE(verify_commitment(*header, bytes_of(salt_), bytes_of("another")));
  EXPECT_FALSE(verify_commitment(*header, bytes_of(std::string(32, 'x')), bytes_of(body_)));
  EXPECT_FALSE(verify_sender(record, log_.public_key()));
  record.mutable_signature()->back() ^= 1;
  EXPECT_FALSE(verify_sender(record, sender_.public_key()));
  record.clear_header();
  EXPECT_FALSE(verify_sender(record, sender_.public_key()));
}

// Only the hub's own words are shown to the sender of a refused message.
TEST_F(ReceiptTest, FindingsHoldUnderTheHubsSignatureOnly) {
  v1::Header header;
  header.set_message_id(std::string(16, 'm'));
  v1::Record record;
  record.set_header(header.SerializeAsString());
  record.mutable_refused();
  Receipt refusal;
  refusal.nonce = std::string(32, 'n');
  refusal.record = record.SerializeAsString();
  merkle::Frontier tree;
  tree.append(merkle::record_leaf_hash(bytes_of(refusal.nonce), bytes_of(refusal.record)));
  refusal.checkpoint =
      notes::sign_checkpoint({std::string(kOrigin), tree.size(), tree.root()}, log_);
  EXPECT_TRUE(verify_receipt(refusal, verifier_)->findings.empty());

  v1::Finding finding;
  finding.set_code("SMALL_CELL");
  refusal.findings = {finding.SerializeAsString()};
  EXPECT_FALSE(verify_receipt(refusal, verifier_));
  const auto sign = [&](const crypto::SigningKey& key) {
    const std::string statement =
        refusal_statement(header.message_id(), refusal.record, refusal.findings);
    refusal.refusal_signature = key.sign(crypto::domain::kRefusal, bytes_of(statement)).string();
  };
  sign(sender_);
  EXPECT_FALSE(verify_receipt(refusal, verifier_));
  sign(log_);
  const auto verified = verify_receipt(refusal.file(), verifier_);
  ASSERT_TRUE(verified.has_value()) << verified.error().line();
  ASSERT_EQ(verified->findings.size(), 1U);
  EXPECT_EQ(verified->findings[0].code(), "SMALL_CELL");
  refusal.findings.clear();
  EXPECT_FALSE(verify_receipt(refusal, verifier_));
  receipt_.refusal_signature = refusal.refusal_signature;
  EXPECT_FALSE(verify_receipt(receipt_, verifier_));
}

TEST(ProofFile, ReadsAndWritesTheLayoutOfTheStandard) {
  const std::string hash = crypto::base64(Digest{}.span());
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string tail = "index 73894\n" + hash + "\n" + hash + "\n\nsome\ncheckpoint\n\nx";
  for (const std::string& text : {head + tail, head + "extra YWdl\n" + tail,
                                  head + "extra \n" + tail, head + "index 0\n\ncheckpoint"}) {
    const auto file = ProofFile::parse(text);
    ASSERT_TRUE(file.has_value()) << text;
    EXPECT_EQ(file->bytes(), text);
  }
}

TEST(ProofFile, RefusesWhatIsNone) {
  const std::string head = "c2sp.org/tlog-proof@v1\n";
  const std::string hash = crypto::base64(Digest{}.span()) + "\n";
  std::string many;
  for (int i = 0; i < 65; ++i) many += hash;
  for (const std::string& text : {std::string(),
                                  head,
                                  std::string("c2sp.org/tlog-proof@v2\nindex 0\n\nx"),
                                  std::string("c2sp.org/tlog-proof@v1\r\nindex 0\n\nx"),
                                  head + "\n",
                                  head + "index 0\n",
                                  head + "index 0\n\n",
                                  head + "index 0\n" + hash,
                                  head + "index\n\nx",
                                  head + "index 01\n\nx",
                                  head + "index -1\n\nx",
                                  head + "index 1 \n\nx",
                                  head + "index 18446744073709551616\n\nx",
                                  head + "extra !\nindex 0\n\nx",
                                  head + "extra YWdl\nextra YWdl\nindex 0\n\nx",
                                  head + "extra YWdl\n",
                                  head + "index 0\nAAAA\n\nx",
                                  head + "index 0\nhash\n\nx",
                                  head + "index 0\n" + many + "\nx",
                                  head + "other YWdl\nindex 0\n\nx",
                                  head + "index 0\n\n" + std::string(5U << 20U, 'x')}) {
    const auto file = ProofFile::parse(text);
    ASSERT_FALSE(file.has_value()) << text.substr(0, 200);
    EXPECT_EQ(file.error().kind, ErrorKind::kMalformed);
  }
}

TEST(ProofFile, ForeignExtraDataIsNoReceipt) {
  const auto with_extra = [](std::optional<std::string> extra) {
    return Receipt::parse(ProofFile{std::move(extra), LogIndex{0}, {}, "checkpoint"}.bytes());
  };
  EXPECT_FALSE(with_extra(std::nullopt));
  EXPECT_FALSE(with_extra(""));
  EXPECT_FALSE(with_extra("\xFF\xFF"));
  v1::ProofExtra extra;
  extra.set_nonce(std::string(31, 'n'));
  EXPECT_FALSE(with_extra(extra.SerializeAsString()));
  extra.set_nonce(std::string(32, 'n'));
  EXPECT_TRUE(with_extra(extra.SerializeAsString()));
}

}  // namespace
}  // namespace rapporteur::verify
