#include "proto/crypto/ed25519.h"

#include <algorithm>
#include <string>

#include <sodium.h>

#include "proto/base/check.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::crypto {
namespace {

void ensure_sodium() {
  static const int started = sodium_init();
  RAPPORTEUR_CHECK(started >= 0);
}

const unsigned char* raw(ByteSpan bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Most signed things are short: join them on the stack rather than on the heap.
template <typename Use>
auto with_joined(std::string_view domain, ByteSpan message, Use use) {
  constexpr std::size_t kOnStack = 2048;
  const std::size_t size = domain.size() + message.size();
  std::array<std::byte, kOnStack> stack;
  std::string heap;
  std::byte* out = stack.data();
  if (size > kOnStack) {
    heap.resize(size);
    out = reinterpret_cast<std::byte*>(heap.data());
  }
  const ByteSpan head = bytes_of(domain);
  std::copy(message.begin(), message.end(), std::copy(head.begin(), head.end(), out));
  return use(reinterpret_cast<const unsigned char*>(out), size);
}

}  // namespace

SecretBytes::SecretBytes() = default;
SecretBytes::SecretBytes(std::span<const std::byte, 32> bytes) {
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}
SecretBytes::~SecretBytes() {
  sodium_memzero(bytes_.data(), bytes_.size());
}
SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}
SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), other.bytes_.size());
  }
  return *this;
}

SigningKey SigningKey::generate() {
  SecretBytes seed;
  fill_random(seed.mutable_bytes());
  return from_seed(seed);
}

SigningKey SigningKey::from_seed(const SecretBytes& seed) {
  ensure_sodium();
  SigningKey key;
  RAPPORTEUR_CHECK(
      crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(key.public_key_.bytes.data()),
                               key.secret_.data(), raw(seed.bytes())) == 0);
  key.key_id_ = key_id_of(key.public_key_);
  return key;
}

SigningKey::~SigningKey() {
  sodium_memzero(secret_.data(), secret_.size());
}
SigningKey::SigningKey(SigningKey&& other) noexcept
    : secret_(other.secret_), public_key_(other.public_key_), key_id_(other.key_id_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}
SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    public_key_ = other.public_key_;
    key_id_ = other.key_id_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SecretBytes SigningKey::seed() const {
  SecretBytes seed;
  crypto_sign_ed25519_sk_to_seed(reinterpret_cast<unsigned char*>(seed.mutable_bytes().data()),
                                 secret_.data());
  return seed;
}

SignatureBytes SigningKey::sign(std::string_view domain, ByteSpan message) const {
  SignatureBytes signature;
  with_joined(domain, message, [&](const unsigned char* joined, std::size_t size) {
    return crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.bytes.data()), nullptr,
                                joined, size, secret_.data());
  });
  return signature;
}

KeyId key_id_of(const PublicKeyBytes& public_key) {
  const Digest digest = sha256(public_key.span());
  KeyId id;
  std::copy_n(digest.bytes.begin(), KeyId::kBytes, id.bytes.begin());
  return id;
}

bool verify(const PublicKeyBytes& key, std::string_view domain, ByteSpan message,
            const SignatureBytes& signature) {
  ensure_sodium();
  return with_joined(domain, message, [&](const unsigned char* joined, std::size_t size) {
    return crypto_sign_verify_detached(raw(signature.span()), joined, size, raw(key.span())) == 0;
  });
}

CurveKeyPair generate_curve_key_pair() {
  ensure_sodium();
  CurveKeyPair pair;
  crypto_box_keypair(reinterpret_cast<unsigned char*>(pair.public_key.bytes.data()),
                     reinterpret_cast<unsigned char*>(pair.secret_key.mutable_bytes().data()));
  return pair;
}

PublicKeyBytes curve_public_key(const SecretBytes& secret_key) {
  ensure_sodium();
  PublicKeyBytes key;
  RAPPORTEUR_CHECK(crypto_scalarmult_base(
                       reinterpret_cast<unsigned char*>(key.bytes.data()),
                       reinterpret_cast<const unsigned char*>(secret_key.bytes().data())) == 0);
  return key;
}

bool valid_signing_key(const PublicKeyBytes& key) {
  ensure_sodium();
  return crypto_core_ed25519_is_valid_point(raw(key.span())) == 1;
}

bool valid_curve_key(const PublicKeyBytes& key) {
  ensure_sodium();
  // Below p = 2^255 - 19, little-endian: every other number below 2^256 is a second name of one
  // that is.
  constexpr auto kTop = std::byte{0x7F};
  const auto& bytes = key.bytes;
  if (bytes[31] > kTop) return false;
  const bool high =
      bytes[31] == kTop && std::all_of(bytes.begin() + 1, bytes.end() - 1,
                                       [](std::byte b) { return b == std::byte{0xFF}; });
  if (high && bytes[0] >= std::byte{0xED}) return false;
  // libsodium says no where the product is zero, as it is for every point of small order.
  std::array<unsigned char, crypto_scalarmult_SCALARBYTES> scalar{};
  scalar[0] = 8;
  std::array<unsigned char, crypto_scalarmult_BYTES> product{};
  return crypto_scalarmult(product.data(), scalar.data(), raw(key.span())) == 0;
}

void fill_random(std::span<std::byte> bytes) {
  ensure_sodium();
  randombytes_buf(bytes.data(), bytes.size());
}

MessageId new_message_id(UnixMillis now) {
  std::array<std::byte, 10> random{};
  fill_random(random);
  return make_message_id(now, random);
}

}  // namespace rapporteur::crypto
