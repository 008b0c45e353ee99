// A note, a checkpoint and a verifier key from any bytes; what is read is written as it was.
#include <cstdint>

#include "proto/base/check.h"
#include "store/notes/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto note = notes::Note::parse(bytes)) {
    RAPPORTEUR_CHECK(note->bytes() == bytes);
    RAPPORTEUR_CHECK(note->text.ends_with('\n') && !note->signatures.empty());
    notes::VerifierKey known{note->signatures[0].name, notes::KeyType::kCosignatureV1, {}};
    RAPPORTEUR_CHECK(!notes::verify(*note, std::span(&known, 1)));
    RAPPORTEUR_CHECK(!notes::open_checkpoint(bytes, known));
  }
  if (const auto checkpoint = notes::Checkpoint::parse(bytes)) {
    RAPPORTEUR_CHECK(bytes.starts_with(checkpoint->text()));
  }
  if (const auto key = notes::VerifierKey::parse(bytes)) {
    RAPPORTEUR_CHECK(notes::VerifierKey::parse(key->text()).value() == *key);
  }
  return 0;
}
