// Record keys: a fraction of 1 for each case, the same wherever the case is counted.
//
// HMAC-SHA-256 of what the register calls the case, under a key that only the agency has: without
// it nobody can work out how a count was changed. The key of a cell is the sum of the keys of its
// cases modulo 1; so the same cases give the same key in whatever table they are counted.
//
// Threads: any. Units and shapes: in units of 2^-64; sums wrap around.
// Errors: as read_key_file (proto/crypto/key_file.h).
// Source: Fraser and Wooton (2005); ADR 31.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "proto/base/result.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::anonymise {

class RecordKeys {
 public:
  explicit RecordKeys(crypto::SecretBytes key) : key_(std::move(key)) {}
  [[nodiscard]] static Result<RecordKeys> read_file(const std::string& path);
  // A new key file, for the owner alone; one that exists stays as it is.
  [[nodiscard]] static Status make_file(const std::string& path);

  [[nodiscard]] std::uint64_t key_of(std::string_view name_of_case) const;

 private:
  crypto::SecretBytes key_;
};

}  // namespace rapporteur::anonymise
