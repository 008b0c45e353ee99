// A certificate from any bytes: what is taken is written again as the same bytes, and its witnesses
// are tables of counts.
#include <algorithm>
#include <cstdint>

#include <google/protobuf/stubs/logging.h>

#include "broker/disclosure/certificate.h"
#include "proto/base/check.h"
#include "proto/base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  google::protobuf::SetLogHandler(nullptr);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto certificate = disclosure::decode_certificate(bytes);
  if (!certificate) {
    RAPPORTEUR_CHECK(certificate.error().kind == ErrorKind::kMalformed);
    return 0;
  }
  RAPPORTEUR_CHECK(certificate->variables * certificate->witnesses.size() <=
                   limits::kCertificateNumerators);
  for (const disclosure::Witness& witness : certificate->witnesses) {
    RAPPORTEUR_CHECK(witness.denominator >= 1 &&
                     witness.denominator <= disclosure::kMaxDenominator);
    RAPPORTEUR_CHECK(witness.numerators.size() == certificate->variables);
    RAPPORTEUR_CHECK(std::all_of(witness.numerators.begin(), witness.numerators.end(),
                                 [](std::int64_t numerator) { return numerator >= 0; }));
  }
  RAPPORTEUR_CHECK(disclosure::encode(*certificate).value() == bytes);
  return 0;
}
