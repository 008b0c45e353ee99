// Time-stamp tokens of RFC 3161: that something existed at a time, by the word of an authority that
// is neither the hub nor a witness.
//
// Threads: any. Errors: verify_timestamp: kConfiguration for a CA file that cannot be read,
// kMalformed for what is no response, kNotVerified with the reason: not granted, of another digest,
// another nonce, or without a chain to the CA.
// Source: RFC 3161; OpenSSL 3 TS_RESP_verify_response.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "proto/base/ids.h"

namespace rapporteur::crypto {

struct TimestampRequest {
  std::string der;
  std::string nonce;  // the answer to this request holds it
};

// Asks for a token with its certificates over a SHA-256.
[[nodiscard]] TimestampRequest timestamp_request(const Digest& sha256);

struct TimestampExpected {
  Digest sha256;
  std::filesystem::path ca_file;  // PEM; whom the verifier trusts
  std::string nonce;              // "": any
};

// The time in the token. Its certificates must hold at that time, so that a token outlives them;
// whether one was revoked since is not looked at.
[[nodiscard]] Result<std::chrono::sys_seconds> verify_timestamp(std::string_view response_der,
                                                                const TimestampExpected& expected);

}  // namespace rapporteur::crypto
