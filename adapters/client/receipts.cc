#include "adapters/client/receipts.h"

#include "adapters/client/files.h"
#include "store/merkle/tree.h"
#include "store/verify/receipt.h"

namespace rapporteur::client {

Result<std::string> proof_file(const v1::Outcome& outcome) {
  auto proof = merkle::unpack(outcome.proof());
  if (!proof) return tl::unexpected(proof.error());
  verify::Receipt receipt;
  receipt.index = LogIndex{outcome.index()};
  receipt.proof = std::move(*proof);
  receipt.checkpoint = outcome.checkpoint();
  receipt.nonce = outcome.nonce();
  receipt.record = outcome.record();
  if (!outcome.accepted()) {
    for (const v1::Finding& finding : outcome.findings()) {
      receipt.findings.push_back(finding.SerializeAsString());
    }
    receipt.refusal_signature = outcome.refusal_signature();
  }
  return receipt.file();
}

std::filesystem::path Receipts::file_of(const MessageId& id) const {
  return folder_ / (uuid_text(id) + ".tlog-proof");
}

Status Receipts::store(const MessageId& id, const v1::Outcome& outcome) const {
  auto content = proof_file(outcome);
  if (!content) return tl::unexpected(content.error());
  return write_file_atomically(file_of(id), *content);
}

}  // namespace rapporteur::client
