#include "store/verify/receipt.h"

#include "proto/base/limits.h"
#include "proto/crypto/domain.h"
#include "proto/statements/refusal.h"
#include "store/merkle/tree.h"

namespace rapporteur::verify {
namespace {

tl::unexpected<Error> not_verified(const char* why) {
  return fail(ErrorKind::kNotVerified, why);
}

// The findings, if there are any, are under the log's signature.
Result<std::vector<v1::Finding>> signed_findings(const Receipt& receipt, const v1::Record& record,
                                                 const PublicKeyBytes& log) {
  std::vector<v1::Finding> findings;
  if (receipt.findings.empty() && receipt.refusal_signature.empty()) return findings;
  v1::Header header;
  if (!record.has_refused() || !header.ParseFromString(record.header())) {
    return not_verified("findings beside a record that is no refusal");
  }
  const auto signature = SignatureBytes::from(receipt.refusal_signature);
  const std::string statement =
      refusal_statement(header.message_id(), receipt.record, receipt.findings);
  if (!signature ||
      !crypto::verify(log, crypto::domain::kRefusal, bytes_of(statement), *signature)) {
    return not_verified("the hub's signature on the findings does not hold");
  }
  for (const std::string& bytes : receipt.findings) {
    if (!findings.emplace_back().ParseFromString(bytes)) {
      return fail(ErrorKind::kMalformed, "a finding cannot be read");
    }
  }
  return findings;
}

}  // namespace

Result<Receipt> Receipt::parse(std::string_view file) {
  auto proof = ProofFile::parse(file);
  if (!proof) return tl::unexpected(proof.error());
  const auto refuse = [](const char* why) {
    return fail(ErrorKind::kMalformed, std::string("not a receipt of this log: ") + why,
                "extra line");
  };
  v1::ProofExtra extra;
  if (!proof->extra) return refuse("nonce and record are missing");
  if (!extra.ParseFromString(*proof->extra)) return refuse("it cannot be read");
  // Nonce and record are hashed one behind the other: only the fixed length keeps them apart.
  if (extra.nonce().size() != limits::kNonceBytes) return refuse("the nonce has not 32 bytes");
  Receipt receipt;
  receipt.index = proof->index;
  receipt.proof = std::move(proof->proof);
  receipt.checkpoint = std::move(proof->checkpoint);
  receipt.nonce = extra.nonce();
  receipt.record = extra.record();
  receipt.findings = {extra.findings().begin(), extra.findings().end()};
  receipt.refusal_signature = extra.refusal_signature();
  receipt.backed_up_to = extra.backed_up_to();
  return receipt;
}

std::string Receipt::file() const {
  v1::ProofExtra extra;
  extra.set_nonce(nonce);
  extra.set_record(record);
  for (const std::string& finding : findings) extra.add_findings(finding);
  extra.set_refusal_signature(refusal_signature);
  extra.set_backed_up_to(backed_up_to);
  return ProofFile{extra.SerializeAsString(), index, proof, checkpoint}.bytes();
}

Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const Policy& policy) {
  if (receipt.nonce.size() != limits::kNonceBytes)
    return not_verified("the nonce has not 32 bytes");
  VerifiedReceipt out;
  out.index = receipt.index;
  auto head = policy.open(receipt.checkpoint);
  if (!head) return tl::unexpected(head.error());
  out.head = std::move(*head);
  const notes::Checkpoint& checkpoint = out.head.checkpoint;
  const Digest leaf = merkle::record_leaf_hash(bytes_of(receipt.nonce), bytes_of(receipt.record));
  if (auto included = merkle::verify_inclusion(receipt.index, checkpoint.size, leaf, receipt.proof,
                                               checkpoint.root);
      !included) {
    return tl::unexpected(included.error());
  }
  if (!out.record.ParseFromString(receipt.record)) {
    return fail(ErrorKind::kMalformed, "the record cannot be read");
  }
  auto findings = signed_findings(receipt, out.record, out.head.log.key);
  if (!findings) return tl::unexpected(findings.error());
  out.findings = std::move(*findings);
  return out;
}

Result<VerifiedReceipt> verify_receipt(std::string_view file, const Policy& policy) {
  const auto receipt = Receipt::parse(file);
  if (!receipt) return tl::unexpected(receipt.error());
  return verify_receipt(*receipt, policy);
}

Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const notes::VerifierKey& log) {
  return verify_receipt(receipt, Policy::of_log(log));
}

Result<VerifiedReceipt> verify_receipt(std::string_view file, const notes::VerifierKey& log) {
  return verify_receipt(file, Policy::of_log(log));
}

Result<v1::Header> verify_sender(const v1::Record& record, const PublicKeyBytes& key) {
  if (record.header().empty()) return not_verified("the record holds no signed message");
  v1::Header header;
  if (!header.ParseFromString(record.header())) {
    return fail(ErrorKind::kMalformed, "the header cannot be read");
  }
  if (header.key_id() != crypto::key_id_of(key).view()) {
    return not_verified("the header names another key");
  }
  const auto signature = SignatureBytes::from(record.signature());
  if (!signature ||
      !crypto::verify(key, crypto::domain::kHeader, bytes_of(record.header()), *signature)) {
    return not_verified("the sender's signature does not hold");
  }
  return header;
}

Status verify_second(const v1::Record& record, const PublicKeyBytes& key) {
  const v1::SecondSignature& second = record.second_signature();
  v1::Header header;
  if (!header.ParseFromString(record.header())) {
    return fail(ErrorKind::kMalformed, "the header cannot be read");
  }
  const std::string id = crypto::key_id_of(key).string();
  const auto signature = SignatureBytes::from(second.signature());
  if (second.key_id() != id || header.key_id() == id || !signature ||
      !crypto::verify(key, crypto::domain::kSecond, bytes_of(record.header() + second.reason()),
                      *signature)) {
    return not_verified("the second signature does not hold");
  }
  return {};
}

Status verify_commitment(const v1::Header& header, ByteSpan salt, ByteSpan body) {
  if (crypto::commitment(salt, body).view() != header.commitment()) {
    return not_verified("salt and body are not those that were signed");
  }
  return {};
}

}  // namespace rapporteur::verify
