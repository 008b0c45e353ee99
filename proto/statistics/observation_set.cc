#include "proto/statistics/observation_set.h"

#include <bit>
#include <unordered_map>

#include <xxhash.h>

namespace rapporteur {
namespace {

static_assert(std::endian::native == std::endian::little,
              "key hashes are stored; their words are little-endian");

template <typename CodeOfDimension>
std::string joined_key(const CodeOfDimension& code_of) {
  std::string text;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (d > 0) text += '.';
    text += code_of(d);
  }
  return text;
}

bool same_value(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  if (!a || !b) return !a && !b;
  return a->same_digits(*b);
}

// A column while rows are still added.
class ColumnBuilder {
 public:
  void add(const std::string& code) {
    const auto next = static_cast<std::uint32_t>(codes_.size());
    const auto [entry, is_new] = position_.try_emplace(code, next);
    if (is_new) codes_.push_back(code);
    indices_.push_back(entry->second);
  }
  [[nodiscard]] Column take() {
    if (codes_.size() == 1) indices_.clear();
    return {std::move(codes_), std::move(indices_)};
  }

 private:
  std::unordered_map<std::string, std::uint32_t> position_;
  std::vector<std::string> codes_;
  std::vector<std::uint32_t> indices_;
};

}  // namespace

bool Observation::operator==(const Observation& other) const {
  return key == other.key && attributes == other.attributes && same_value(value, other.value);
}

std::string Observation::key_text() const {
  return joined_key([&](std::size_t d) -> const std::string& { return key[d]; });
}

std::string ObservationSet::key_text(std::size_t row) const {
  return joined_key([&](std::size_t d) -> const std::string& { return dimensions_[d].code(row); });
}

void ObservationSet::hash_codes() {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const auto& codes = dimensions_[d].codes;
    code_hashes_[d].resize(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      code_hashes_[d][i] = XXH3_64bits_withSeed(codes[i].data(), codes[i].size(), d);
    }
  }
}

std::uint64_t ObservationSet::key_hash(std::size_t row) const {
  std::array<std::uint64_t, kDimensions> words;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    words[d] = code_hashes_[d][dimensions_[d].index(row)];
  }
  return XXH3_64bits(words.data(), sizeof(words));
}

bool ObservationSet::same_key(std::size_t row, const ObservationSet& other,
                              std::size_t other_row) const {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (dimensions_[d].code(row) != other.dimensions_[d].code(other_row)) return false;
  }
  return true;
}

Observation ObservationSet::observation(std::size_t row) const {
  Observation out;
  for (std::size_t d = 0; d < kDimensions; ++d) out.key[d] = dimensions_[d].code(row);
  for (std::size_t a = 0; a < kAttributes; ++a) out.attributes[a] = attributes_[a].code(row);
  out.value = values_[row];
  return out;
}

struct ObservationSetBuilder::Impl {
  std::array<ColumnBuilder, kDimensions> dimensions;
  std::array<ColumnBuilder, kAttributes> attributes;
  std::vector<std::optional<Decimal>> values;
};

ObservationSetBuilder::ObservationSetBuilder() : impl_(std::make_unique<Impl>()) {}
ObservationSetBuilder::~ObservationSetBuilder() = default;

void ObservationSetBuilder::add(const Observation& observation) {
  for (std::size_t d = 0; d < kDimensions; ++d) impl_->dimensions[d].add(observation.key[d]);
  for (std::size_t a = 0; a < kAttributes; ++a) impl_->attributes[a].add(observation.attributes[a]);
  impl_->values.push_back(observation.value);
}

std::size_t ObservationSetBuilder::rows() const {
  return impl_->values.size();
}

ObservationSet ObservationSetBuilder::build() {
  ObservationSet set;
  for (std::size_t d = 0; d < kDimensions; ++d) set.dimensions_[d] = impl_->dimensions[d].take();
  for (std::size_t a = 0; a < kAttributes; ++a) set.attributes_[a] = impl_->attributes[a].take();
  set.values_ = std::move(impl_->values);
  set.hash_codes();
  impl_ = std::make_unique<Impl>();
  return set;
}

}  // namespace rapporteur
