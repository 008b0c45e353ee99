#include "proto/statistics/waived_cell.h"

#include <array>
#include <string>
#include <string_view>

#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"

namespace rapporteur {
namespace {

// Its length before it, so that no two sequences of texts run together to the same bytes.
void append(std::string& bytes, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes += static_cast<char>(static_cast<unsigned char>(size >> shift));
  }
  bytes += text;
}

}  // namespace

Digest waived_cell_hash(const ObservationSet& observations, std::size_t row) {
  std::string bytes(crypto::domain::kWaivedCell);
  for (std::size_t d = 0; d < kDimensions; ++d) {
    append(bytes, observations.code(static_cast<Dimension>(d), row));
  }
  if (sabotaged("waiver-any-value")) return crypto::sha256(bytes);
  const std::optional<Decimal>& value = observations.value(row);
  append(bytes, value ? value->text() : std::string());
  for (const Attribute attribute :
       {Attribute::kUnitMult, Attribute::kValueQualifier, Attribute::kObsStatus}) {
    append(bytes, observations.code(attribute, row));
  }
  return crypto::sha256(bytes);
}

}  // namespace rapporteur
