// Ed25519 signatures and X25519 key pairs over libsodium.
//
// Verification is libsodium's: it refuses small-order and non-canonical points and S >= L, which
// other implementations accept. Hub, client and verifier all use this one rule.
//
// Threads: all functions may be called from any thread.
// Lifetime: secret keys are wiped when destroyed and are never copied implicitly.
// Source: RFC 8032; PROTOCOL.md, "Signatures".
#pragma once

#include <array>
#include <memory>

#include "proto/base/ids.h"

namespace rapporteur::crypto {

// 32 bytes that are wiped on destruction: an Ed25519 seed or an X25519 secret key.
class SecretBytes {
 public:
  SecretBytes();
  explicit SecretBytes(std::span<const std::byte, 32> bytes);
  ~SecretBytes();
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  [[nodiscard]] std::span<const std::byte, 32> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::byte, 32> mutable_bytes() { return bytes_; }

 private:
  std::array<std::byte, 32> bytes_{};
};

class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate();
  [[nodiscard]] static SigningKey from_seed(const SecretBytes& seed);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;

  [[nodiscard]] const PublicKeyBytes& public_key() const { return public_key_; }
  [[nodiscard]] const KeyId& key_id() const { return key_id_; }
  [[nodiscard]] SecretBytes seed() const;

  // Signs domain || message; `domain` is one of domain.h and ends in NUL, or is empty for formats
  // of others that have their own separation.
  [[nodiscard]] SignatureBytes sign(std::string_view domain, ByteSpan message) const;

 private:
  SigningKey() = default;
  std::array<unsigned char, 64> secret_{};
  PublicKeyBytes public_key_;
  KeyId key_id_;
};

[[nodiscard]] KeyId key_id_of(const PublicKeyBytes& public_key);

[[nodiscard]] bool verify(const PublicKeyBytes& key, std::string_view domain, ByteSpan message,
                          const SignatureBytes& signature);

struct CurveKeyPair {
  PublicKeyBytes public_key;
  SecretBytes secret_key;
};
[[nodiscard]] CurveKeyPair generate_curve_key_pair();
[[nodiscard]] PublicKeyBytes curve_public_key(const SecretBytes& secret_key);

// Whether it is the one encoding of a point that serves as a public key: canonical, on the curve,
// not of small order (with which a shared secret, or a signature, would mean nothing).
[[nodiscard]] bool valid_signing_key(const PublicKeyBytes& key);
[[nodiscard]] bool valid_curve_key(const PublicKeyBytes& key);

void fill_random(std::span<std::byte> bytes);
[[nodiscard]] MessageId new_message_id(UnixMillis now);

}  // namespace rapporteur::crypto
