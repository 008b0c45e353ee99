#include "store/verify/receipt.h"

#include "proto/crypto/domain.h"
#include "store/merkle/tree.h"

namespace rapporteur::verify {
namespace {

constexpr char kExtraVersion = 0x01;
constexpr std::size_t kNonceBytes = 32;
constexpr std::size_t kSizeBytes = 8;

tl::unexpected<Error> not_verified(const char* why) {
  return fail(ErrorKind::kNotVerified, why);
}

}  // namespace

Result<Receipt> Receipt::parse(std::string_view file) {
  auto proof = ProofFile::parse(file);
  if (!proof) return tl::unexpected(proof.error());
  const auto refuse = [](const char* why) {
    return fail(ErrorKind::kMalformed, std::string("not a receipt of this log: ") + why,
                "extra line");
  };
  if (!proof->extra) return refuse("nonce and record are missing");
  std::string_view extra = *proof->extra;
  if (extra.empty() || extra.front() != kExtraVersion) return refuse("its version is not known");
  extra.remove_prefix(1);
  if (extra.size() <= kNonceBytes + kSizeBytes) return refuse("it is too short");
  Receipt receipt;
  receipt.index = proof->index;
  receipt.proof = std::move(proof->proof);
  receipt.checkpoint = std::move(proof->checkpoint);
  receipt.nonce = extra.substr(0, kNonceBytes);
  for (const char byte : extra.substr(kNonceBytes, kSizeBytes)) {
    receipt.backed_up_to.value =
        receipt.backed_up_to.value << 8U | static_cast<unsigned char>(byte);
  }
  receipt.record = extra.substr(kNonceBytes + kSizeBytes);
  return receipt;
}

std::string Receipt::file() const {
  std::string extra(1, kExtraVersion);
  extra += nonce;
  for (int shift = 56; shift >= 0; shift -= 8) {
    extra += static_cast<char>(backed_up_to.value >> static_cast<unsigned>(shift));
  }
  extra += record;
  return ProofFile{std::move(extra), index, proof, checkpoint}.bytes();
}

Result<VerifiedReceipt> verify_receipt(const Receipt& receipt, const notes::VerifierKey& log) {
  VerifiedReceipt out;
  out.index = receipt.index;
  auto checkpoint = notes::open_checkpoint(receipt.checkpoint, log);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  out.checkpoint = std::move(*checkpoint);
  const Digest leaf = merkle::record_leaf_hash(bytes_of(receipt.nonce), bytes_of(receipt.record));
  if (auto included = merkle::verify_inclusion(receipt.index, out.checkpoint.size, leaf,
                                               receipt.proof, out.checkpoint.root);
      !included) {
    return tl::unexpected(included.error());
  }
  if (!out.record.ParseFromString(receipt.record)) {
    return fail(ErrorKind::kMalformed, "the record cannot be read");
  }
  return out;
}

Result<VerifiedReceipt> verify_receipt(std::string_view file, const notes::VerifierKey& log) {
  const auto receipt = Receipt::parse(file);
  if (!receipt) return tl::unexpected(receipt.error());
  return verify_receipt(*receipt, log);
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

Status verify_commitment(const v1::Header& header, ByteSpan salt, ByteSpan body) {
  if (crypto::commitment(salt, body).view() != header.commitment()) {
    return not_verified("salt and body are not those that were signed");
  }
  return {};
}

}  // namespace rapporteur::verify
