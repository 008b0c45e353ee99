// An add-checkpoint request from any bytes; what is read is written as it was.
#include <cstdint>

#include "adapters/witness/request.h"
#include "proto/base/check.h"
#include "store/notes/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto request = witness::AddCheckpoint::parse(bytes);
  if (!request) return 0;
  RAPPORTEUR_CHECK(request->body() == bytes);
  RAPPORTEUR_CHECK(request->proof.size() <= witness::kProofLines);
  if (const auto note = notes::Note::parse(request->checkpoint)) {
    static_cast<void>(notes::Checkpoint::parse(note->text));
  }
  return 0;
}
