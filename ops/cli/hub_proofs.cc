#include "ops/cli/hub_proofs.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/hub_file.h"
#include "ops/cli/trust.h"
#include "proto/base/counted.h"
#include "proto/base/limits.h"
#include "store/merkle/tree.h"

namespace rapporteur::cli {
namespace {

constexpr const char* kAskForProofs = "keep what you have been given and ask the hub's operator";

Error at_hub(Error error, const OperatorLine& line, const std::string& what) {
  error.what = what + ": " + error.what;
  error.where = line.hub().endpoint;
  if (error.remedy.empty()) error.remedy = kAskForProofs;
  return error;
}

Result<SignedHead> opened(const OperatorLine& line, const std::string& note) {
  auto checkpoint = notes::open_checkpoint(note, client::log_key(line.hub()));
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  return SignedHead{std::move(*checkpoint), note};
}

Result<verify::Receipt> receipt_in(const v1::Proof& proof, const std::string& note) {
  auto hashes = merkle::unpack(proof.proof());
  if (!hashes) return tl::unexpected(hashes.error());
  verify::Receipt receipt;
  receipt.index = LogIndex{proof.index()};
  receipt.proof = std::move(*hashes);
  receipt.checkpoint = note;
  receipt.nonce = proof.nonce();
  receipt.record = proof.record();
  return receipt;
}

Status check_held(const OperatorLine& line, const notes::Checkpoint& held,
                  const notes::Checkpoint& newest) {
  if (held.size <= newest.size) return {};
  return fail(
      ErrorKind::kNotVerified,
      fmt::format("the hub's newest checkpoint is over {}, the one you hold over {}: the log "
                  "was rolled back",
                  counted(newest.size.value, "entry"), held.size.value),
      line.hub().endpoint, kAskForProofs);
}

}  // namespace

Result<SignedHead> head_of_size(OperatorLine& line, std::uint64_t size) {
  v1::Query query;
  query.mutable_checkpoint()->set_tree_size(size);
  const auto answer = line.query(query);
  if (!answer) return tl::unexpected(answer.error());
  auto head = opened(line, answer->checkpoint().checkpoint());
  if (!head) return tl::unexpected(at_hub(head.error(), line, "the hub's checkpoint"));
  if (size != 0 && head->checkpoint.size.value != size) {
    return fail(ErrorKind::kNotFound, "the log signed no checkpoint over " + counted(size, "entry"),
                fmt::format("size {}", size),
                fmt::format("the next larger one is over {}", head->checkpoint.size.value));
  }
  return head;
}

Result<SignedHead> cosigned_head(OperatorLine& line) {
  v1::Query query;
  query.mutable_status();
  const auto answer = line.query(query);
  if (!answer) return tl::unexpected(answer.error());
  const std::string& note = answer->status().cosigned_checkpoint();
  if (note.empty()) {
    return fail(ErrorKind::kNotFound, "the hub has no checkpoint that witnesses cosigned",
                line.hub().endpoint, "rapporteur-publisher asks them; see `rapporteur status`");
  }
  auto head = opened(line, note);
  if (!head) return tl::unexpected(at_hub(head.error(), line, "the hub's cosigned checkpoint"));
  return head;
}

Result<SignedHead> head_in_file(const OperatorLine& line, const std::filesystem::path& file) {
  const auto bytes = read_named(file, limits::kProofFileBytes,
                                "name a size, or a file that holds a checkpoint or a receipt");
  if (!bytes) return tl::unexpected(bytes.error());
  const auto proof = verify::ProofFile::parse(*bytes);
  auto head = opened(line, proof ? proof->checkpoint : *bytes);
  if (head) return head;
  Error error = head.error();
  error.where = file.string();
  error.remedy = "name a checkpoint or a receipt of " + client::log_key(line.hub()).name;
  return tl::unexpected(error);
}

Status for_each_receipt(OperatorLine& line, const SignedHead& head,
                        std::span<const std::uint64_t> indices,
                        const std::function<Status(const verify::Receipt&)>& use) {
  const notes::VerifierKey log = client::log_key(line.hub());
  while (!indices.empty()) {
    v1::Query query;
    query.mutable_proofs()->set_tree_size(head.checkpoint.size.value);
    const auto now = indices.first(
        std::min<std::size_t>(indices.size(), static_cast<std::size_t>(limits::kProofsPerAnswer)));
    for (const std::uint64_t index : now) query.mutable_proofs()->add_indices(index);
    const auto answer = line.query(query);
    if (!answer) return tl::unexpected(answer.error());
    const auto& proofs = answer->proofs().proofs();
    if (proofs.empty() || static_cast<std::size_t>(proofs.size()) > now.size()) {
      return fail(ErrorKind::kMalformed, "the hub answered another number of proofs",
                  line.hub().endpoint, kAskForProofs);
    }
    for (const v1::Proof& proof : proofs) {
      const auto receipt = receipt_in(proof, head.note);
      if (!receipt) return tl::unexpected(at_hub(receipt.error(), line, "the hub's proof"));
      const auto verified = verify::verify_receipt(*receipt, log);
      if (!verified || receipt->index.value != indices.front()) {
        return tl::unexpected(
            at_hub(verified ? Error{ErrorKind::kNotVerified, "it is of another entry", {}, {}}
                            : verified.error(),
                   line, fmt::format("the hub's proof of entry {}", indices.front())));
      }
      if (auto used = use(*receipt); !used) return used;
      indices = indices.subspan(1);
    }
  }
  return {};
}

Result<std::vector<Digest>> consistency(OperatorLine& line, const notes::Checkpoint& first,
                                        const notes::Checkpoint& second) {
  const auto newest = head_of_size(line, 0);
  if (!newest) return tl::unexpected(newest.error());
  for (const auto* held : {&first, &second}) {
    if (auto checked = check_held(line, *held, newest->checkpoint); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  std::vector<Digest> proof;
  if (first.size < second.size) {
    v1::Query query;
    query.mutable_consistency()->set_first_size(first.size.value);
    query.mutable_consistency()->set_second_size(second.size.value);
    const auto answer = line.query(query);
    if (!answer) return tl::unexpected(answer.error());
    auto hashes = merkle::unpack(answer->consistency().proof());
    if (!hashes) return tl::unexpected(at_hub(hashes.error(), line, "the hub's proof"));
    proof = std::move(*hashes);
  }
  if (auto held =
          merkle::verify_consistency(first.size, second.size, proof, first.root, second.root);
      !held) {
    return tl::unexpected(at_hub(held.error(), line,
                                 fmt::format("the trees over {} and {} entries are not one log",
                                             first.size.value, second.size.value)));
  }
  return proof;
}

}  // namespace rapporteur::cli
