#include "adapters/client/receipts.h"

#include "adapters/client/files.h"
#include "proto/base/limits.h"
#include "store/merkle/tree.h"
#include "store/verify/receipt.h"

namespace rapporteur::client {
namespace {

constexpr unsigned kEarlierReceipts = 64;

std::string_view origin_of(std::string_view checkpoint) {
  return checkpoint.substr(0, checkpoint.find('\n'));
}

}  // namespace

Result<std::string> proof_file(const v1::Outcome& outcome) {
  auto proof = merkle::unpack(outcome.proof());
  if (!proof) return tl::unexpected(proof.error());
  verify::Receipt receipt;
  receipt.index = LogIndex{outcome.index()};
  receipt.proof = std::move(*proof);
  receipt.checkpoint = outcome.checkpoint();
  receipt.nonce = outcome.nonce();
  receipt.record = outcome.record();
  receipt.backed_up_to = outcome.backed_up_to();
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

// By a hub that was restored: the receipt of the log before is evidence of it.
Status Receipts::keep_that_of_another_log(const MessageId& id, std::string_view checkpoint) const {
  const std::filesystem::path file = file_of(id);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const auto before = read_small_file(file, limits::kProofFileBytes);
  if (!before) return tl::unexpected(before.error());
  const auto proof = verify::ProofFile::parse(*before);
  if (!proof || origin_of(proof->checkpoint) == origin_of(checkpoint)) return {};
  for (unsigned number = 1; number <= kEarlierReceipts; ++number) {
    const std::filesystem::path place =
        folder_ / (uuid_text(id) + "." + std::to_string(number) + ".tlog-proof");
    if (std::filesystem::exists(place, error)) continue;
    return write_file_atomically(place, *before);
  }
  return fail(ErrorKind::kStorage, "too many receipts of one message", file.string(),
              "move the numbered ones elsewhere");
}

Status Receipts::store(const MessageId& id, const v1::Outcome& outcome) const {
  auto content = proof_file(outcome);
  if (!content) return tl::unexpected(content.error());
  if (auto kept = keep_that_of_another_log(id, outcome.checkpoint()); !kept) return kept;
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
  if (auto kept = keep_that_of_another_log(id, receipt.checkpoint); !kept) return kept;
  return write_file_atomically(file_of(id), receipt.file());
}

}  // namespace rapporteur::client
