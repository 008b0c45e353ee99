// The certificate of a submission: its bytes, and those of the system that it speaks of.
//
// Threads: any; pure. Units and shapes: witnesses have one numerator a variable, none negative.
// Errors: `decode` gives kMalformed for bytes that are not canonical, or above a limit; `encode`
// kRefused for what would be.
// Source: PROTOCOL.md, "Certificate".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/disclosure/width.h"
#include "broker/disclosure/witness.h"
#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::disclosure {

struct Certificate {
  // What it was made under.
  WidthRule rule;
  bool zeros_sensitive = false;
  Digest system_sha256;
  // What it is of.
  std::uint32_t variables = 0;
  std::uint32_t hidden_cells = 0;
  std::int64_t narrowest = 0;  // range that is shown, rounded down
  std::vector<Witness> witnesses;
};

[[nodiscard]] Result<std::string> encode(const Certificate& certificate);
[[nodiscard]] Result<Certificate> decode_certificate(std::string_view bytes);

// Of its canonical bytes.
[[nodiscard]] Digest system_sha256(const LinearSystem& system);

}  // namespace rapporteur::disclosure
