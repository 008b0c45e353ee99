#include "proto/statistics/body_codec.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include <google/protobuf/arena.h>

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "rapporteur/v1/statistics.pb.h"

namespace rapporteur {
namespace {

constexpr std::uint32_t kNoValueScale = Decimal::kMaxScale + 1;

tl::unexpected<Error> refuse(std::string what, std::string_view where) {
  return fail(ErrorKind::kMalformed, std::move(what), std::string(where));
}

constexpr bool is_text(Attribute attribute) {
  return attribute == Attribute::kSourceCode || attribute == Attribute::kMethod ||
         attribute == Attribute::kCommentObs || attribute == Attribute::kConfRedist;
}

bool all_distinct(const google::protobuf::RepeatedPtrField<std::string>& codes) {
  constexpr int kFewEnoughToCompare = 8;
  if (codes.size() <= kFewEnoughToCompare) {
    for (auto one = codes.begin(); one != codes.end(); ++one) {
      if (std::find(codes.begin(), one, *one) != one) return false;
    }
    return true;
  }
  std::unordered_set<std::string_view> seen;
  seen.reserve(static_cast<std::size_t>(codes.size()));
  return std::all_of(codes.begin(), codes.end(),
                     [&](const std::string& code) { return seen.insert(code).second; });
}

// Whether the indices use the dictionary in the order of first use, and all of it.
bool in_order_of_first_use(const google::protobuf::RepeatedField<std::uint32_t>& indices,
                           std::uint32_t codes) {
  std::uint32_t used = 0;
  for (const std::uint32_t index : indices) {
    if (index > used || index >= codes) return false;
    if (index == used) ++used;
  }
  return used == codes;
}

struct ColumnShape {
  std::string_view name;
  std::uint32_t rows = 0;
  std::size_t code_bytes_most = limits::kCodeBytes;
  bool may_be_empty = false;  // "" stands for "not given"
};

Result<Column> decode_column(const v1::CodeColumn& in, const ColumnShape& shape) {
  const int codes = in.codes_size();
  if (codes < 1 || static_cast<std::uint32_t>(codes) > shape.rows) {
    return refuse("a dictionary of " + std::to_string(codes) + " codes for " +
                      std::to_string(shape.rows) + " rows",
                  shape.name);
  }
  for (const std::string& code : in.codes()) {
    if (code.size() > shape.code_bytes_most) return refuse("code too long", shape.name);
    if (code.empty() && !shape.may_be_empty) return refuse("empty code", shape.name);
  }
  if (!all_distinct(in.codes())) return refuse("the dictionary repeats a code", shape.name);
  if (codes == 1 ? in.indices_size() != 0
                 : static_cast<std::uint32_t>(in.indices_size()) != shape.rows) {
    return refuse("not one index a row", shape.name);
  }
  if (codes > 1 && !in_order_of_first_use(in.indices(), static_cast<std::uint32_t>(codes))) {
    return refuse("the dictionary is not in the order of first use, or not all of it is used",
                  shape.name);
  }
  return Column{{in.codes().begin(), in.codes().end()}, {in.indices().begin(), in.indices().end()}};
}

Result<std::vector<std::optional<Decimal>>> decode_values(const v1::Observations& in) {
  constexpr std::string_view kWhere = "OBS_VALUE";
  const std::uint32_t rows = in.rows();
  const auto& scales = in.scales();
  if (!scales.empty() && static_cast<std::uint32_t>(scales.size()) != rows) {
    return refuse("not one scale a row", kWhere);
  }
  if (!scales.empty() && std::all_of(scales.begin(), scales.end(), [](auto s) { return s == 0; })) {
    return refuse("scales given though every value is whole", kWhere);
  }
  std::vector<std::optional<Decimal>> values(rows);
  int mantissa = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t scale = scales.empty() ? 0 : scales[static_cast<int>(row)];
    if (scale > kNoValueScale) return refuse("scale above 6", kWhere);
    if (scale == kNoValueScale) continue;
    if (mantissa == in.mantissas_size()) return refuse("fewer values than announced", kWhere);
    values[row] = Decimal(in.mantissas(mantissa++), static_cast<std::uint8_t>(scale));
  }
  if (mantissa != in.mantissas_size()) return refuse("more values than announced", kWhere);
  return values;
}

void encode_column(const Column& column, v1::CodeColumn& out) {
  for (const std::string& code : column.codes) out.add_codes(code);
  out.mutable_indices()->Add(column.indices.begin(), column.indices.end());
}

void encode_values(const ObservationSet& set, v1::Observations& out) {
  const auto scale_of = [&](std::size_t row) -> std::uint32_t {
    const auto& value = set.value(row);
    return value ? value->scale() : kNoValueScale;
  };
  bool all_whole = true;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    all_whole = all_whole && scale_of(row) == 0;
    if (const auto& value = set.value(row)) out.add_mantissas(value->mantissa());
  }
  for (std::size_t row = 0; !all_whole && row < set.rows(); ++row) out.add_scales(scale_of(row));
}

void encode_observations(const ObservationSet& set, v1::Observations& out) {
  out.set_rows(static_cast<std::uint32_t>(set.rows()));
  for (std::size_t d = 0; d < kDimensions; ++d) {
    encode_column(set.column(static_cast<Dimension>(d)), *out.add_dimensions());
  }
  encode_values(set, out);
  for (std::size_t a = 0; a < kAttributes; ++a) {
    encode_column(set.column(static_cast<Attribute>(a)), *out.add_attributes());
  }
}

// The codes that the rows use, renumbered in the order of first use.
Column column_of_rows(const Column& column, std::span<const std::size_t> rows) {
  constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> renumbered(column.codes.size(), kUnused);
  Column out;
  for (const std::size_t row : rows) {
    const std::uint32_t index = column.index(row);
    if (renumbered[index] == kUnused) {
      renumbered[index] = static_cast<std::uint32_t>(out.codes.size());
      out.codes.push_back(column.codes[index]);
    }
    out.indices.push_back(renumbered[index]);
  }
  if (out.codes.size() == 1) out.indices.clear();
  return out;
}

bool has_unknown_fields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

bool has_unknown_fields_anywhere(const v1::SubmissionBody& body) {
  const v1::Observations& in = body.observations();
  const auto& dimensions = in.dimensions();
  const auto& attributes = in.attributes();
  return has_unknown_fields(body) || has_unknown_fields(in) ||
         std::any_of(dimensions.begin(), dimensions.end(), has_unknown_fields) ||
         std::any_of(attributes.begin(), attributes.end(), has_unknown_fields);
}

// With every field known and every column in its one form, the message is the one `encode` would
// build; what is left to compare is how it was written down.
bool written_canonically(const v1::SubmissionBody& message, ByteSpan bytes) {
  if (message.ByteSizeLong() != bytes.size()) return false;
  std::string again(bytes.size(), '\0');
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(again.data()));
  return again == text_of(bytes);
}

}  // namespace

Result<ObservationSet> BodyCodec::decode_keys(const v1::Observations& keys) {
  ObservationSet set;
  if (keys.rows() > limits::kObservations) {
    return refuse("more than " + std::to_string(limits::kObservations) + " rows", "rows");
  }
  const std::size_t columns = keys.rows() == 0 ? 0 : kDimensions;
  if (static_cast<std::size_t>(keys.dimensions_size()) != columns) {
    return refuse("expected " + std::to_string(columns) + " columns, found " +
                      std::to_string(keys.dimensions_size()),
                  "dimensions");
  }
  for (std::size_t d = 0; d < columns; ++d) {
    auto column = decode_column(keys.dimensions(static_cast<int>(d)),
                                {.name = kDimensionNames[d], .rows = keys.rows()});
    if (!column) return tl::unexpected(column.error());
    set.dimensions_[d] = std::move(*column);
  }
  set.values_.resize(keys.rows());
  for (Column& column : set.attributes_) {
    if (columns > 0) column.codes.emplace_back();
  }
  set.hash_codes();
  return set;
}

Result<Body> BodyCodec::decode(ByteSpan bytes) {
  if (bytes.size() > limits::kBodyBytes) return refuse("body too long", "body");
  constexpr std::size_t kOnStack = 24UL << 10U;
  alignas(8) std::array<char, kOnStack> first_block;
  google::protobuf::ArenaOptions options;
  options.initial_block = first_block.data();
  options.initial_block_size = first_block.size();
  google::protobuf::Arena arena(options);
  auto& message = *google::protobuf::Arena::CreateMessage<v1::SubmissionBody>(&arena);
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return refuse("not a submission body", "body");
  }
  const v1::Observations& in = message.observations();
  auto keys = decode_keys(in);
  if (!keys) return tl::unexpected(keys.error());
  Body body{std::move(*keys), message.rows_left_out()};
  auto values = decode_values(in);
  if (!values) return tl::unexpected(values.error());
  body.observations.values_ = std::move(*values);
  const std::size_t columns = in.rows() == 0 ? 0 : kAttributes;
  if (static_cast<std::size_t>(in.attributes_size()) != columns) {
    return refuse("expected " + std::to_string(columns) + " columns, found " +
                      std::to_string(in.attributes_size()),
                  "attributes");
  }
  for (std::size_t a = 0; a < columns; ++a) {
    const bool text = is_text(static_cast<Attribute>(a));
    auto column =
        decode_column(in.attributes(static_cast<int>(a)),
                      {.name = kAttributeNames[a],
                       .rows = in.rows(),
                       .code_bytes_most = text ? limits::kFreeTextBytes : limits::kCodeBytes,
                       .may_be_empty = true});
    if (!column) return tl::unexpected(column.error());
    body.observations.attributes_[a] = std::move(*column);
  }
  const bool empty_but_present = message.has_observations() && in.rows() == 0;
  const bool canonical = !has_unknown_fields_anywhere(message) && !empty_but_present &&
                         written_canonically(message, bytes);
  if (!canonical && !sabotaged("canonical-off")) {
    return refuse("not in canonical form", "body");
  }
  return body;
}

std::string BodyCodec::encode(const ObservationSet& observations, std::uint32_t rows_left_out) {
  google::protobuf::Arena arena;
  auto& message = *google::protobuf::Arena::CreateMessage<v1::SubmissionBody>(&arena);
  if (!observations.empty()) encode_observations(observations, *message.mutable_observations());
  message.set_rows_left_out(rows_left_out);
  return message.SerializeAsString();
}

void BodyCodec::encode_keys(const ObservationSet& observations, std::span<const std::size_t> rows,
                            v1::Observations& out) {
  out.Clear();
  if (rows.empty()) return;
  out.set_rows(static_cast<std::uint32_t>(rows.size()));
  for (std::size_t d = 0; d < kDimensions; ++d) {
    encode_column(column_of_rows(observations.column(static_cast<Dimension>(d)), rows),
                  *out.add_dimensions());
  }
}

}  // namespace rapporteur
