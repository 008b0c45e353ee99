// The request with which an agency asks to be enrolled: its public keys and the proof that it holds
// the secret one it will sign with. `rapporteur-adapter init` writes it, `rapporteur participant
// add` reads it.
//
// The proof is an Ed25519 signature under domain::kEnrolment over
// participant || NUL || CURVE public key || signing public key.
//
// A request for one more signing key, such as a data officer's, has no CURVE key; its proof stands
// under domain::kKeyRequest. `rapporteur-adapter keygen` writes it, `rapporteur participant
// add-key` reads it. Errors: kConfiguration with file:line, kNotVerified when the proof does not
// hold.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::client {

struct EnrolmentRequest {
  std::string participant;
  PublicKeyBytes curve_key;
  PublicKeyBytes signing_key;
};

// `signing` is the secret key whose public key stands in the request.
[[nodiscard]] std::string enrolment_text(const std::string& participant,
                                         const PublicKeyBytes& curve_key,
                                         const crypto::SigningKey& signing);
[[nodiscard]] Result<EnrolmentRequest> parse_enrolment(std::string_view toml,
                                                       const std::string& name);
[[nodiscard]] Result<EnrolmentRequest> read_enrolment(const std::filesystem::path& file);

struct KeyRequest {
  std::string participant;
  PublicKeyBytes signing_key;
};
[[nodiscard]] std::string key_request_text(const std::string& participant,
                                           const crypto::SigningKey& signing);
[[nodiscard]] Result<KeyRequest> read_key_request(const std::filesystem::path& file);

}  // namespace rapporteur::client
