#include "proto/crypto/sha256.h"

#include <openssl/evp.h>

#include "proto/base/check.h"

namespace rapporteur::crypto {
namespace {

// Looking a digest up by name takes longer than hashing a Merkle node.
const EVP_MD* fetched_digest() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  RAPPORTEUR_CHECK(digest != nullptr);
  return digest;
}

}  // namespace

void Sha256::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  RAPPORTEUR_CHECK(context_ != nullptr);
  RAPPORTEUR_CHECK(EVP_DigestInit_ex2(context_.get(), fetched_digest(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteSpan bytes) {
  RAPPORTEUR_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  unsigned size = 0;
  RAPPORTEUR_CHECK(EVP_DigestFinal_ex(context_.get(),
                                      reinterpret_cast<unsigned char*>(digest.bytes.data()),
                                      &size) == 1);
  RAPPORTEUR_CHECK(size == Digest::kBytes);
  RAPPORTEUR_CHECK(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
  return digest;
}

Digest sha256(ByteSpan bytes) {
  thread_local Sha256 hash;
  return hash.update(bytes).finish();
}

}  // namespace rapporteur::crypto
