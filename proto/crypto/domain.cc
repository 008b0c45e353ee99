#include "proto/crypto/domain.h"

#include "proto/crypto/sha256.h"

namespace rapporteur::crypto {
namespace {

Digest hash_of(std::string_view domain, ByteSpan first, ByteSpan second) {
  thread_local Sha256 hash;
  return hash.update(domain).update(first).update(second).finish();
}

}  // namespace

Digest commitment(ByteSpan salt, ByteSpan body) {
  return hash_of(domain::kBody, salt, body);
}

Digest record_hash(ByteSpan nonce, ByteSpan record) {
  return hash_of(domain::kRecord, nonce, record);
}

Digest next_delivered(const Digest& previous, ByteSpan header) {
  return next_delivered(previous, sha256(header));
}

Digest next_delivered(const Digest& previous, const Digest& header_sha256) {
  return hash_of(domain::kDelivered, previous.span(), header_sha256.span());
}

}  // namespace rapporteur::crypto
