#include "adapters/client/receipts.h"

#include "adapters/client/files.h"
#include "proto/base/limits.h"
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

Result<verify::Receipt> Receipts::read(const MessageId& id) const {
  auto receipt =
      read_small_file(file_of(id), limits::kProofFileBytes).and_then([](const std::string& text) {
        return verify::Receipt::parse(text);
      });
  if (receipt) return receipt;
  return fail(ErrorKind::kStorage, receipt.error().what, file_of(id).string(),
              "restore it from the folder's backup, or ask the hub: rapporteur proof get");
}

Status Receipts::replace(const MessageId& id, const verify::Receipt& receipt) const {
  return write_file_atomically(file_of(id), receipt.file());
}

}  // namespace rapporteur::client
