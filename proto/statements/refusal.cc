#include "proto/statements/refusal.h"

#include "proto/crypto/sha256.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur {

std::string refusal_statement(const v1::Outcome& outcome) {
  std::string statement = outcome.message_id() + crypto::sha256(outcome.record()).string();
  for (const v1::Finding& finding : outcome.findings()) {
    const std::string bytes = finding.SerializeAsString();
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      statement += static_cast<char>(bytes.size() >> shift & 0xFFU);
    }
    statement += bytes;
  }
  return statement;
}

}  // namespace rapporteur
