#include "proto/statistics/body_codec.h"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "proto/base/limits.h"
#include "rapporteur/v1/statistics.pb.h"

namespace rapporteur {
namespace {

std::string code_from(std::initializer_list<const char*> codes) {
  return *rc::gen::elementOf(std::vector<std::string>(codes.begin(), codes.end()));
}

Observation any_observation() {
  Observation row;
  row.key = {"A",
             code_from({"AT", "BE", "EL"}),
             "_Z",
             "VIC_IDENT",
             code_from({"_T", "SEX"}),
             code_from({"_T", "F", "M"}),
             "_T",
             "_T",
             "_Z",
             "PER",
             code_from({"2006", "2007"})};
  if (*rc::gen::arbitrary<bool>()) {
    row.value = Decimal(*rc::gen::arbitrary<std::int64_t>(), *rc::gen::inRange<std::uint8_t>(0, 7));
  }
  row[Attribute::kObsStatus] = row.value ? "A" : "O";
  row[Attribute::kCommentObs] = *rc::gen::element<std::string>("", "note", "caf\xC3\xA9");
  return row;
}

std::vector<Observation> any_observations(int most = 60) {
  std::vector<Observation> rows(*rc::gen::inRange<std::size_t>(0, static_cast<std::size_t>(most)));
  for (Observation& row : rows) row = any_observation();
  return rows;
}

ObservationSet set_of(const std::vector<Observation>& rows) {
  ObservationSetBuilder builder;
  for (const Observation& row : rows) builder.add(row);
  return builder.build();
}

RC_GTEST_PROP(BodyCodec, WhatWasEncodedIsDecodedUnchanged, ()) {
  const auto rows = any_observations();
  const auto left_out = *rc::gen::arbitrary<std::uint32_t>();
  const auto body = BodyCodec::decode(bytes_of(BodyCodec::encode(set_of(rows), left_out)));
  RC_ASSERT(body.has_value());
  RC_ASSERT(body->rows_left_out == left_out);
  RC_ASSERT(body->observations.rows() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(body->observations.observation(i) == rows[i]);
    RC_ASSERT(body->observations.key_text(i) == rows[i].key_text());
  }
}

RC_GTEST_PROP(BodyCodec, AChangedBitIsRefusedOrIsAnotherCanonicalBody, ()) {
  std::string bytes = BodyCodec::encode(set_of(any_observations(8)), 3);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ (1 << *rc::gen::inRange(0, 8)));
  if (const auto body = BodyCodec::decode(bytes_of(bytes))) {
    RC_ASSERT(BodyCodec::encode(body->observations, body->rows_left_out) == bytes);
  }
}

RC_GTEST_PROP(BodyCodec, ATruncatedBodyIsRefusedOrIsAnotherCanonicalBody, ()) {
  const std::string whole = BodyCodec::encode(set_of(any_observations(8)), 3);
  const std::string bytes = whole.substr(0, *rc::gen::inRange<std::size_t>(0, whole.size()));
  if (const auto body = BodyCodec::decode(bytes_of(bytes))) {
    RC_ASSERT(BodyCodec::encode(body->observations, body->rows_left_out) == bytes);
  }
}

RC_GTEST_PROP(BodyCodec, KeysOfChosenRowsSurviveWithoutValuesAndAttributes, ()) {
  const auto rows = any_observations();
  const ObservationSet set = set_of(rows);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (*rc::gen::arbitrary<bool>()) chosen.push_back(i);
  }
  v1::Observations keys;
  BodyCodec::encode_keys(set, chosen, keys);
  const auto decoded = BodyCodec::decode_keys(keys);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->rows() == chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    RC_ASSERT(decoded->same_key(i, set, chosen[i]));
    RC_ASSERT(decoded->key_hash(i) == set.key_hash(chosen[i]));
    RC_ASSERT(!decoded->value(i).has_value());
    RC_ASSERT(decoded->code(Attribute::kObsStatus, i).empty());
  }
}

RC_GTEST_PROP(ObservationSet, EqualKeysHaveEqualHashesAndOthersDoNot, ()) {
  const auto rows = any_observations();
  const ObservationSet set = set_of(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      RC_ASSERT((set.key_hash(i) == set.key_hash(j)) == (rows[i].key == rows[j].key));
      RC_ASSERT(set.same_key(i, set, j) == (rows[i].key == rows[j].key));
    }
  }
}

}  // namespace
}  // namespace rapporteur
