#include "proto/crypto/hmac.h"

#include <sodium.h>

namespace rapporteur::crypto {
namespace {

const unsigned char* raw(const void* bytes) {
  return static_cast<const unsigned char*>(bytes);
}

}  // namespace

Digest hmac_sha256(ByteSpan key, std::string_view domain, ByteSpan message) {
  Digest digest;
  static_assert(Digest::kBytes == crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, raw(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, raw(domain.data()), domain.size());
  crypto_auth_hmacsha256_update(&state, raw(message.data()), message.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(digest.bytes.data()));
  sodium_memzero(&state, sizeof state);
  return digest;
}

}  // namespace rapporteur::crypto
