// A policy from any bytes. One that is read takes no note that no known log signed.
#include <cstdint>

#include "proto/base/check.h"
#include "store/verify/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = verify::Policy::parse(text);
  if (!policy) {
    RAPPORTEUR_CHECK(policy.error().kind == ErrorKind::kMalformed);
    return 0;
  }
  // What a policy says holds line by line: a comment more changes nothing.
  RAPPORTEUR_CHECK(verify::Policy::parse("#\n" + std::string(text)).has_value());
  static const std::string note =
      notes::sign_checkpoint({"hub.example/log", TreeSize{7}, {}}, crypto::SigningKey::generate());
  RAPPORTEUR_CHECK(!policy->open(note));
  return 0;
}
