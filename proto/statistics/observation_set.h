// The observations of one submission in memory: columns of codes, as on the wire.
//
// Units and shapes: `rows()` rows; each column is a dictionary and one index a row. A rule that
// depends on a code alone looks at each dictionary entry once, not at each row.
// Threads: immutable once built; reading from any thread.
// Lifetime: owns its codes; string_views live as long as the set is neither moved from nor
// destroyed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/decimal.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur {

struct Column {
  std::vector<std::string> codes;      // distinct, in the order of first use
  std::vector<std::uint32_t> indices;  // empty when there is one code for all rows

  [[nodiscard]] std::uint32_t index(std::size_t row) const {
    return indices.empty() ? 0 : indices[row];
  }
  [[nodiscard]] const std::string& code(std::size_t row) const { return codes[index(row)]; }
};

// One observation as a person thinks of it; what sources produce and sinks consume.
struct Observation {
  std::array<std::string, kDimensions> key;
  std::optional<Decimal> value;
  std::array<std::string, kAttributes> attributes;  // "" is not given

  [[nodiscard]] std::string& operator[](Dimension d) { return key[static_cast<std::size_t>(d)]; }
  [[nodiscard]] const std::string& operator[](Dimension d) const {
    return key[static_cast<std::size_t>(d)];
  }
  [[nodiscard]] std::string& operator[](Attribute a) {
    return attributes[static_cast<std::size_t>(a)];
  }
  [[nodiscard]] const std::string& operator[](Attribute a) const {
    return attributes[static_cast<std::size_t>(a)];
  }
  bool operator==(const Observation& other) const;
  // Codes joined by '.', in the order of the dimensions.
  [[nodiscard]] std::string key_text() const;
};

// Rows of a set.
using Rows = std::span<const std::uint32_t>;

class ObservationSet {
 public:
  [[nodiscard]] std::size_t rows() const { return values_.size(); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] const Column& column(Dimension d) const {
    return dimensions_[static_cast<std::size_t>(d)];
  }
  [[nodiscard]] const Column& column(Attribute a) const {
    return attributes_[static_cast<std::size_t>(a)];
  }
  [[nodiscard]] const std::string& code(Dimension d, std::size_t row) const {
    return column(d).code(row);
  }
  [[nodiscard]] const std::string& code(Attribute a, std::size_t row) const {
    return column(a).code(row);
  }
  [[nodiscard]] const std::optional<Decimal>& value(std::size_t row) const { return values_[row]; }
  // A number without a qualifier.
  [[nodiscard]] bool has_count(std::size_t row) const {
    return value(row) && code(Attribute::kValueQualifier, row).empty();
  }
  [[nodiscard]] std::string key_text(std::size_t row) const;
  // XXH3-64 over eleven 64-bit little-endian words, word d being XXH3-64 of the code of dimension d
  // with seed d. The same on every machine and in every version: the store keeps it. For finding
  // equal keys, never as proof that two are equal.
  [[nodiscard]] std::uint64_t key_hash(std::size_t row) const;
  [[nodiscard]] bool same_key(std::size_t row, const ObservationSet& other,
                              std::size_t other_row) const;
  [[nodiscard]] Observation observation(std::size_t row) const;

 private:
  friend class ObservationSetBuilder;
  friend class BodyCodec;
  // Called once, when the columns are complete: a code is hashed once, not once a row.
  void hash_codes();

  std::array<Column, kDimensions> dimensions_;
  std::array<Column, kAttributes> attributes_;
  std::vector<std::optional<Decimal>> values_;
  std::array<std::vector<std::uint64_t>, kDimensions> code_hashes_;  // beside each dictionary
};

class ObservationSetBuilder {
 public:
  ObservationSetBuilder();
  ~ObservationSetBuilder();
  void add(const Observation& observation);
  [[nodiscard]] std::size_t rows() const;
  // Leaves the builder empty.
  [[nodiscard]] ObservationSet build();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur
