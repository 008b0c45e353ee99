#include "proto/crypto/body_cipher.h"

#include <array>

#include <sodium.h>

#include "proto/base/check.h"

namespace rapporteur::crypto {
namespace {

static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == kBodyKeyBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kBodyTagBytes);

using IndexBytes = std::array<unsigned char, 8>;

IndexBytes bytes_of_index(LogIndex index) {
  IndexBytes out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<unsigned char>(index.value >> (56 - 8 * i) & 0xFFU);
  }
  return out;
}

const unsigned char* octets(ByteSpan bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

std::string seal_body(const BodySeal& seal, std::string_view salt, std::string_view body) {
  RAPPORTEUR_CHECK(seal.nonce.size() >= crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  const std::size_t size = salt.size() + body.size();
  std::string out;
  out.reserve(size + kBodyTagBytes);
  out.append(salt).append(body).append(kBodyTagBytes, '\0');
  const IndexBytes index = bytes_of_index(seal.index);
  unsigned long long sealed = 0;
  const int done = crypto_aead_xchacha20poly1305_ietf_encrypt(
      octets(out), &sealed, octets(out), size, index.data(), index.size(), nullptr,
      octets(seal.nonce), octets(seal.key));
  RAPPORTEUR_CHECK(done == 0 && sealed == out.size());
  return out;
}

std::optional<std::string> open_body(const BodySeal& seal, std::string_view sealed) {
  RAPPORTEUR_CHECK(seal.nonce.size() >= crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  if (sealed.size() < kBodyTagBytes) return std::nullopt;
  std::string out(sealed.size() - kBodyTagBytes, '\0');
  const IndexBytes index = bytes_of_index(seal.index);
  unsigned long long opened = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          octets(out), &opened, nullptr, octets(bytes_of(sealed)), sealed.size(), index.data(),
          index.size(), octets(seal.nonce), octets(seal.key)) != 0) {
    return std::nullopt;
  }
  return out;
}

void wipe(std::span<std::byte> bytes) {
  sodium_memzero(bytes.data(), bytes.size());
}

}  // namespace rapporteur::crypto
