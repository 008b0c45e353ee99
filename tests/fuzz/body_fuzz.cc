// A submission body from any bytes: what is taken is written again as the same bytes, holds only
// what its accessors can reach, and survives row by row.
#include <cstdint>

#include <google/protobuf/stubs/logging.h>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/statistics/body_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  google::protobuf::SetLogHandler(nullptr);  // it complains of every text that is no UTF-8
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto body = BodyCodec::decode(bytes_of(bytes));
  if (!body) {
    RAPPORTEUR_CHECK(body.error().kind == ErrorKind::kMalformed && !body.error().where.empty());
    return 0;
  }
  const ObservationSet& observations = body->observations;
  RAPPORTEUR_CHECK(observations.rows() <= limits::kObservations);
  RAPPORTEUR_CHECK(BodyCodec::encode(observations, body->rows_left_out) == bytes);
  ObservationSetBuilder builder;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    builder.add(observations.observation(row));
    RAPPORTEUR_CHECK(observations.same_key(row, observations, row));
  }
  const ObservationSet again = builder.build();
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    RAPPORTEUR_CHECK(again.key_hash(row) == observations.key_hash(row));
  }
  RAPPORTEUR_CHECK(BodyCodec::encode(again, body->rows_left_out) == bytes);
  return 0;
}
