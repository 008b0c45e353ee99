// Packed proofs and their verification take any bytes; what unpacks packs to the same bytes.
#include <cstdint>

#include "proto/base/check.h"
#include "store/merkle/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view packed(reinterpret_cast<const char*>(data), size);
  const auto proof = merkle::unpack(packed);
  if (!proof) return 0;
  RAPPORTEUR_CHECK(merkle::pack(*proof) == packed);
  const Digest leaf = merkle::leaf_hash(bytes_of(packed));
  const std::uint64_t tree = size == 0 ? 0 : std::uint64_t{data[0]} << (data[size - 1] % 57U);
  const std::uint64_t index = tree / (size + 1);
  // A hash of the proof itself is never the root it leads to.
  RAPPORTEUR_CHECK(!merkle::verify_inclusion(LogIndex{index}, TreeSize{tree}, leaf, *proof,
                                             merkle::empty_root()));
  RAPPORTEUR_CHECK(!merkle::verify_consistency(TreeSize{index}, TreeSize{tree}, *proof, leaf,
                                               merkle::empty_root()));
  return 0;
}
