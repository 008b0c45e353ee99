// One submission and its receipt from fixed keys, salt and nonce, byte by byte: the example that
// PROTOCOL.md points at, so that a client in another language can check itself against it.
#include <sstream>

#include <gtest/gtest.h>

#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "proto/statements/refusal.h"
#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/exchange.pb.h"
#include "tests/support/paths.h"

namespace rapporteur {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

crypto::SigningKey key_of(char seed_byte) {
  const std::string seed(32, seed_byte);
  return crypto::SigningKey::from_seed(
      crypto::SecretBytes(std::span<const std::byte, 32>(bytes_of(seed))));
}

std::string body_bytes() {
  ObservationSetBuilder builder;
  Observation row;
  row.key = {"A", "AT", "_Z", "CJ_INV", "_T", "_Z", "_Z", "_Z", "_Z", "CASE", "2005"};
  row[Attribute::kObsStatus] = "A";
  row[Attribute::kValueQualifier] = "=";
  row.value = Decimal(195);
  builder.add(row);
  row[Dimension::kTimePeriod] = "2006";
  row[Attribute::kObsStatus] = "O";
  row[Attribute::kValueQualifier] = "";
  row.value.reset();
  builder.add(row);
  return BodyCodec::encode(builder.build(), 0);
}

v1::Header header_of(const crypto::SigningKey& key, const std::string& commitment) {
  v1::Header header;
  header.set_hub("hub.example");
  header.set_sender("at");
  header.set_key_id(key.key_id().string());
  header.set_message_id(parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value().string());
  header.set_kind(v1::KIND_NEW);
  header.set_sequence(1);
  header.set_created_ms(1'645'557'742'000);
  header.set_commitment(commitment);
  header.set_dataflow("RAPPORTEUR:THB(1.0)");
  header.set_indicator("CJ_INV");
  header.add_ref_areas("AT");
  header.mutable_releasability()->set_audience(v1::AUDIENCE_PUBLIC);
  return header;
}

std::string leaf_hash_of(const Digest& record_hash) {
  std::string leaf("\x00\x01", 2);  // the tree's prefix of a leaf, then the version of the entry
  return crypto::hex(crypto::sha256(leaf + record_hash.string()).span());
}

void add_refusal(Lines& lines, const v1::Header& header, const v1::Record& accepted) {
  v1::Record record = accepted;
  auto* rule = record.mutable_refused()->add_rules();
  rule->set_code("UNKNOWN_CODE");
  rule->set_count(1);
  v1::Outcome outcome;
  outcome.set_message_id(header.message_id());
  outcome.set_record(record.SerializeAsString());
  auto* finding = outcome.add_findings();
  finding->set_code("UNKNOWN_CODE");
  finding->set_severity(v1::Finding::ERROR);
  finding->set_field("REF_AREA");
  finding->set_row(1);
  const std::string statement = refusal_statement(outcome);
  const auto signature = key_of('\x05').sign(crypto::domain::kRefusal, bytes_of(statement));
  lines.emplace_back("refusal.record", crypto::hex(bytes_of(outcome.record())));
  lines.emplace_back("refusal.finding", crypto::hex(bytes_of(finding->SerializeAsString())));
  lines.emplace_back("refusal.statement", crypto::hex(bytes_of(statement)));
  lines.emplace_back("refusal.log_public_key", crypto::hex(key_of('\x05').public_key().span()));
  lines.emplace_back("refusal.signature", crypto::hex(signature.span()));
}

void add_acknowledgement(Lines& lines, const crypto::SigningKey& key, const std::string& header) {
  const Digest first = crypto::next_delivered(Digest{}, bytes_of(header));
  const Digest second = crypto::next_delivered(first, bytes_of(header));
  v1::AcknowledgementStatement statement;
  statement.set_hub("hub.example");
  statement.set_participant("at");
  statement.set_subscription("all");
  statement.set_delivery_number(2);
  statement.set_delivered_sha256(second.string());
  const std::string bytes = statement.SerializeAsString();
  lines.emplace_back("delivered.1", crypto::hex(first.span()));
  lines.emplace_back("delivered.2", crypto::hex(second.span()));
  lines.emplace_back("acknowledgement.statement", crypto::hex(bytes_of(bytes)));
  lines.emplace_back(
      "acknowledgement.signature",
      crypto::hex(key.sign(crypto::domain::kAcknowledgement, bytes_of(bytes)).span()));
}

Lines worked_example() {
  Lines lines;
  const auto add = [&](const char* name, std::string_view bytes) {
    lines.emplace_back(name, crypto::hex(bytes_of(bytes)));
  };
  const crypto::SigningKey key = key_of('\x07');
  const std::string body = body_bytes();
  const std::string salt(32, '\x11');
  const Digest commitment = crypto::commitment(bytes_of(salt), bytes_of(body));
  const v1::Header header_message = header_of(key, commitment.string());
  const std::string header = header_message.SerializeAsString();
  const SignatureBytes signature = key.sign(crypto::domain::kHeader, bytes_of(header));
  add("signing_seed", std::string(32, '\x07'));
  add("signing_public_key", key.public_key().view());
  add("key_id", key.key_id().view());
  add("body", body);
  add("salt", salt);
  add("commitment", commitment.view());
  add("header", header);
  add("header_signature", signature.view());
  v1::Envelope envelope;
  envelope.set_header(header);
  envelope.set_signature(signature.string());
  envelope.set_salt(salt);
  envelope.set_body(body);
  v1::Frame frame;
  frame.set_correlation(1);
  frame.set_submit(envelope.SerializeAsString());
  add("frame", frame.SerializeAsString());
  v1::Record record;
  record.set_time_ms(1'645'557'742'001);
  record.set_header(header);
  record.set_signature(signature.string());
  v1::Record accepted = record;
  accepted.mutable_accepted();
  const std::string nonce(32, '\x22');
  const Digest hash = crypto::record_hash(bytes_of(nonce), bytes_of(accepted.SerializeAsString()));
  add("record", accepted.SerializeAsString());
  add("nonce", nonce);
  add("record_hash", hash.view());
  lines.emplace_back("leaf_hash", leaf_hash_of(hash));
  add_refusal(lines, header_message, record);
  add_acknowledgement(lines, key, header);
  return lines;
}

TEST(WorkedExample, IsTheOneWrittenDown) {
  std::string today =
      "# One line each: name, bytes in hexadecimal. PROTOCOL.md says what they are.\n";
  for (const auto& [name, bytes] : worked_example()) {
    today.append(name).append(" ").append(bytes).append("\n");
  }
  EXPECT_EQ(today, testing::read_file(testing::fixtures() / "golden/v1/example/submission.hex"));
}

}  // namespace
}  // namespace rapporteur
