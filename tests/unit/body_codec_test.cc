#include "proto/statistics/body_codec.h"

#include <functional>

#include <gtest/gtest.h>

#include "proto/base/limits.h"
#include "rapporteur/v1/statistics.pb.h"

namespace rapporteur {
namespace {

Observation observation(const char* area, const char* period, std::optional<Decimal> value) {
  Observation row;
  row.key = {"A", area, "_Z", "VIC_IDENT", "_T", "_T", "_T", "_T", "_Z", "PER", period};
  row.value = value;
  row[Attribute::kObsStatus] = value ? "A" : "O";
  return row;
}

// Three rows: two areas, a fraction, a missing value.
v1::SubmissionBody example() {
  ObservationSetBuilder builder;
  builder.add(observation("AT", "2006", Decimal(12)));
  builder.add(observation("BE", "2006", std::nullopt));
  builder.add(observation("AT", "2007", Decimal(25, 1)));
  v1::SubmissionBody message;
  EXPECT_TRUE(message.ParseFromString(BodyCodec::encode(builder.build(), 0)));
  return message;
}

std::string where_refused(const std::string& bytes) {
  const auto body = BodyCodec::decode(bytes_of(bytes));
  if (body) return "taken";
  EXPECT_EQ(body.error().kind, ErrorKind::kMalformed);
  return body.error().where;
}

std::string where_refused(const std::function<void(v1::SubmissionBody&)>& change) {
  v1::SubmissionBody message = example();
  change(message);
  return where_refused(message.SerializeAsString());
}

v1::CodeColumn& area(v1::SubmissionBody& body) {
  return *body.mutable_observations()->mutable_dimensions(1);
}

TEST(BodyCodec, TakesTheExampleAsItIs) {
  EXPECT_EQ(where_refused([](v1::SubmissionBody&) {}), "taken");
}

TEST(BodyCodec, ADictionaryIsDistinctWhollyUsedAndInOrderOfFirstUse) {
  const auto refused = [](const std::function<void(v1::CodeColumn&)>& change) {
    return where_refused([&](v1::SubmissionBody& body) { change(area(body)); });
  };
  EXPECT_EQ(refused([](auto& c) { c.add_codes("CY"); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_codes(1, "AT"); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_codes(1, ""); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_codes(1, std::string(limits::kCodeBytes + 1, 'A')); }),
            "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_codes(1, std::string(limits::kCodeBytes, 'A')); }),
            "taken");
  EXPECT_EQ(refused([](auto& c) { c.set_indices(1, 2); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_indices(1, 0); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_indices(0, 1); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.set_indices(2, 0xFFFFFFFF); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.add_indices(0); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.mutable_indices()->RemoveLast(); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) { c.clear_codes(); }), "REF_AREA");
  EXPECT_EQ(refused([](auto& c) {
              c.Clear();
              c.add_codes("AT");
            }),
            "taken");
  EXPECT_EQ(refused([](auto& c) {
              c.Clear();
              c.add_codes("AT");
              for (int i = 0; i < 3; ++i) c.add_indices(0);
            }),
            "REF_AREA");
}

TEST(BodyCodec, AManyWordedDictionaryIsDistinctToo) {
  ObservationSetBuilder builder;
  for (int i = 0; i < 40; ++i) {
    builder.add(observation("AT", std::to_string(1900 + i).c_str(), Decimal(i)));
  }
  v1::SubmissionBody message;
  ASSERT_TRUE(message.ParseFromString(BodyCodec::encode(builder.build(), 0)));
  EXPECT_EQ(where_refused(message.SerializeAsString()), "taken");
  message.mutable_observations()->mutable_dimensions(10)->set_codes(39, "1900");
  EXPECT_EQ(where_refused(message.SerializeAsString()), "TIME_PERIOD");
}

TEST(BodyCodec, ScalesAndMantissasFitTheRows) {
  const auto refused = [](const std::function<void(v1::Observations&)>& change) {
    return where_refused([&](v1::SubmissionBody& body) { change(*body.mutable_observations()); });
  };
  EXPECT_EQ(refused([](auto& o) { o.add_mantissas(1); }), "OBS_VALUE");
  EXPECT_EQ(refused([](auto& o) { o.mutable_mantissas()->RemoveLast(); }), "OBS_VALUE");
  EXPECT_EQ(refused([](auto& o) { o.clear_scales(); }), "OBS_VALUE");
  EXPECT_EQ(refused([](auto& o) { o.add_scales(0); }), "OBS_VALUE");
  EXPECT_EQ(refused([](auto& o) { o.set_scales(2, 8); }), "OBS_VALUE");
  EXPECT_EQ(refused([](auto& o) { o.set_scales(2, 6); }), "taken");
  EXPECT_EQ(refused([](auto& o) {
              for (int i = 0; i < 3; ++i) o.set_scales(i, 0);
              o.add_mantissas(1);
            }),
            "OBS_VALUE");
}

TEST(BodyCodec, ElevenDimensionsEightAttributesAndABoundedNumberOfRows) {
  EXPECT_EQ(where_refused([](auto& b) { b.mutable_observations()->add_dimensions(); }),
            "dimensions");
  EXPECT_EQ(
      where_refused([](auto& b) { b.mutable_observations()->mutable_dimensions()->RemoveLast(); }),
      "dimensions");
  EXPECT_EQ(where_refused([](auto& b) { b.mutable_observations()->add_attributes(); }),
            "attributes");
  EXPECT_EQ(
      where_refused([](auto& b) { b.mutable_observations()->mutable_attributes()->RemoveLast(); }),
      "attributes");
  EXPECT_EQ(where_refused([](auto& b) { b.mutable_observations()->set_rows(0); }), "dimensions");
  EXPECT_EQ(
      where_refused([](auto& b) { b.mutable_observations()->set_rows(limits::kObservations + 1); }),
      "rows");
  EXPECT_EQ(where_refused(std::string(limits::kBodyBytes + 1, '\0')), "body");
}

TEST(BodyCodec, FreeTextMayBeLongerThanACode) {
  const auto with = [](std::size_t size) {
    return where_refused([size](v1::SubmissionBody& body) {
      body.mutable_observations()->mutable_attributes(7)->set_codes(0, std::string(size, 'x'));
    });
  };
  EXPECT_EQ(with(limits::kFreeTextBytes), "taken");
  EXPECT_EQ(with(limits::kFreeTextBytes + 1), "COMMENT_OBS");
}

TEST(BodyCodec, NothingTravelsInFieldsNobodyKnows) {
  const std::string unknown = "\x9A\x06\x02hi";  // field 99
  const auto hide_in = [&](google::protobuf::Message& place) {
    ASSERT_TRUE(place.MergeFromString(unknown));
  };
  EXPECT_EQ(where_refused(example().SerializeAsString() + unknown), "body");
  EXPECT_EQ(where_refused([&](auto& b) { hide_in(*b.mutable_observations()); }), "body");
  EXPECT_EQ(where_refused([&](auto& b) { hide_in(area(b)); }), "body");
  EXPECT_EQ(
      where_refused([&](auto& b) { hide_in(*b.mutable_observations()->mutable_attributes(7)); }),
      "body");
}

TEST(BodyCodec, OneWayOfWritingOnly) {
  const std::string bytes = example().SerializeAsString();
  EXPECT_EQ(where_refused(bytes + std::string("\x10\x00", 2)), "body");  // a default, written
  EXPECT_EQ(where_refused(bytes + std::string("\x10\x01\x10\x02", 4)), "body");  // twice
  EXPECT_EQ(where_refused("\x10\x05" + bytes), "body");                          // out of order
  EXPECT_EQ(where_refused(bytes + std::string("\x10\x85\x00", 3)), "body");      // a longer varint
  EXPECT_EQ(where_refused(bytes + std::string("\x0A\x00", 2)), "body");          // merged
  EXPECT_EQ(where_refused(std::string("\x0A\x00", 2)), "body");  // empty, yet present
  EXPECT_EQ(where_refused(bytes + "\x10\x05"), "taken");
}

TEST(BodyCodec, IndicesAreWrittenPacked) {
  using namespace std::string_literals;
  const auto column =
      "\x0A\x02"
      "AT"
      "\x0A\x02"
      "BE"s;
  const auto packed = "\x12\x0D"s + column + "\x12\x03\x00\x01\x00"s;
  const auto one_by_one = "\x12\x0E"s + column + "\x10\x00\x10\x01\x10\x00"s;
  std::string inside = example().observations().SerializeAsString();
  ASSERT_NE(inside.find(packed), std::string::npos);
  inside.replace(inside.find(packed), packed.size(), one_by_one);
  ASSERT_GE(inside.size(), 128U);
  ASSERT_LT(inside.size(), 16'384U);
  const std::string bytes = "\x0A"s + static_cast<char>(inside.size() % 128 + 128) +
                            static_cast<char>(inside.size() / 128) + inside;
  v1::SubmissionBody same;
  ASSERT_TRUE(same.ParseFromString(bytes));
  EXPECT_EQ(same.SerializeAsString(), example().SerializeAsString());
  EXPECT_EQ(where_refused(bytes), "body");
}

TEST(BodyCodec, TextThatIsNoUtf8IsRefused) {
  std::string bytes = example().SerializeAsString();
  const std::size_t at = bytes.find("BE");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '\xFF';
  EXPECT_EQ(where_refused(bytes), "body");
}

TEST(BodyCodec, AWithdrawalHasNoRowsAndIsEmpty) {
  EXPECT_EQ(BodyCodec::encode(ObservationSetBuilder().build(), 0), "");
  const auto body = BodyCodec::decode({});
  ASSERT_TRUE(body.has_value());
  EXPECT_TRUE(body->observations.empty());
}

TEST(ObservationSet, TheBuilderIsEmptyAfterBuilding) {
  ObservationSetBuilder builder;
  builder.add(observation("AT", "2006", Decimal(1)));
  EXPECT_EQ(builder.rows(), 1U);
  EXPECT_EQ(builder.build().rows(), 1U);
  EXPECT_EQ(builder.rows(), 0U);
  EXPECT_TRUE(builder.build().empty());
}

TEST(ObservationSet, AKeyHasItsTextAndAHashThatNeverChanges) {
  ObservationSetBuilder builder;
  builder.add(observation("AT", "2006", Decimal(1)));
  const ObservationSet set = builder.build();
  EXPECT_EQ(set.key_text(0), "A.AT._Z.VIC_IDENT._T._T._T._T._Z.PER.2006");
  EXPECT_EQ(set.observation(0).key_text(), set.key_text(0));
  EXPECT_EQ(set.key_hash(0), 1'417'266'971'205'921'005ULL);  // databases hold it
}

TEST(Components, AreFoundByName) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    EXPECT_EQ(dimension_named(kDimensionNames[d]), static_cast<Dimension>(d));
  }
  for (std::size_t a = 0; a < kAttributes; ++a) {
    EXPECT_EQ(attribute_named(kAttributeNames[a]), static_cast<Attribute>(a));
  }
  EXPECT_FALSE(dimension_named("OBS_STATUS").has_value());
  EXPECT_FALSE(attribute_named("freq").has_value());
}

}  // namespace
}  // namespace rapporteur
