#include "proto/statements/refusal.h"

#include <vector>

#include "proto/crypto/sha256.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur {

std::string refusal_statement(const v1::Outcome& outcome) {
  std::vector<std::string> findings;
  for (const v1::Finding& finding : outcome.findings()) {
    findings.push_back(finding.SerializeAsString());
  }
  return refusal_statement(outcome.message_id(), outcome.record(), findings);
}

std::string refusal_statement(std::string_view message_id, std::string_view record,
                              std::span<const std::string> findings) {
  std::string statement = std::string(message_id) + crypto::sha256(record).string();
  for (const std::string& finding : findings) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      statement += static_cast<char>(finding.size() >> shift & 0xFFU);
    }
    statement += finding;
  }
  return statement;
}

}  // namespace rapporteur
