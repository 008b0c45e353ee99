// SubmissionBody: bytes to observations and back, in one canonical form only.
//
// Decoding re-encodes and compares, so that a body holds nothing that was not judged: no unknown or
// repeated field, no unused dictionary entry, no other order.
// Threads: any. Errors: kMalformed (not protobuf, columns missing or of unequal length, index out
// of range, scale above 6, over a bound of limits.h, not canonical); `where` names the column.
// Source: PROTOCOL.md, "Canonical body".
#pragma once

#include "proto/base/ids.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::v1 {
class Observations;
}

namespace rapporteur {

struct Body {
  ObservationSet observations;
  std::uint32_t rows_left_out = 0;
};

class BodyCodec {
 public:
  [[nodiscard]] static Result<Body> decode(ByteSpan bytes);
  [[nodiscard]] static std::string encode(const ObservationSet& observations,
                                          std::uint32_t rows_left_out);
  // The dimensions only of the given rows: what Accepted.deleted holds.
  static void encode_keys(const ObservationSet& observations, std::span<const std::size_t> rows,
                          v1::Observations& out);
  // Reverse of encode_keys: observations without value and attributes.
  [[nodiscard]] static Result<ObservationSet> decode_keys(const v1::Observations& keys);
};

}  // namespace rapporteur
