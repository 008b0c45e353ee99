// SHA-256 (FIPS 180-4) over OpenSSL.
//
// Threads: free functions may be called from any thread; a Sha256 belongs to one thread at a time.
#pragma once

#include <memory>

#include "proto/base/ids.h"

struct evp_md_ctx_st;

namespace rapporteur::crypto {

// Incremental hash; reusable after finish(). Fetches the digest once per process.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(ByteSpan bytes);
  Sha256& update(std::string_view text) { return update(bytes_of(text)); }
  // Returns the digest of all updates since the last finish and starts anew.
  [[nodiscard]] Digest finish();

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

[[nodiscard]] Digest sha256(ByteSpan bytes);
[[nodiscard]] inline Digest sha256(std::string_view text) {
  return sha256(bytes_of(text));
}

}  // namespace rapporteur::crypto
