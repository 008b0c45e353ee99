// HMAC-SHA-256 (RFC 2104, FIPS 198-1) over libsodium.
//
// Threads: any. Units and shapes: keys of any length, as of RFC 2104.
#pragma once

#include "proto/base/ids.h"

namespace rapporteur::crypto {

// Of domain || message; `domain` is one of domain.h, or is empty for formats of others.
[[nodiscard]] Digest hmac_sha256(ByteSpan key, std::string_view domain, ByteSpan message);

}  // namespace rapporteur::crypto
