// A proof file, and a receipt in one, from any bytes; what is read is written as it was.
#include <cstdint>

#include "proto/base/check.h"
#include "store/verify/receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto file = verify::ProofFile::parse(bytes)) RAPPORTEUR_CHECK(file->bytes() == bytes);
  if (const auto receipt = verify::Receipt::parse(bytes)) {
    const auto again = verify::Receipt::parse(receipt->file());
    RAPPORTEUR_CHECK(again && again->file() == receipt->file());
    // Nobody holds the key of the zero point.
    RAPPORTEUR_CHECK(!verify::verify_receipt(
        *receipt, notes::VerifierKey{"hub.example/log", notes::KeyType::kEd25519, {}}));
  }
  return 0;
}
