#include "broker/admission/answers.h"

#include <charconv>

#include <google/protobuf/arena.h>

#include "broker/core/wire.h"
#include "proto/base/fault_codes.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/tree.h"

namespace rapporteur::admission {
namespace {

namespace pb = google::protobuf;

std::string joined(std::string_view sentence, const std::string& detail) {
  std::string out(sentence);
  if (out.empty() || detail.empty()) return out + detail;
  return out + " " + detail;
}

// What the log keeps of a refusal's findings: codes and cell keys, no values.
void findings_of(const v1::Refused& refused, v1::Outcome& out) {
  const auto add = [&](const std::string& code, const std::string& key) {
    rules::Finding finding;
    finding.code = code;
    finding.key = key;
    *out.add_findings() = finding_of(finding);
  };
  std::map<std::string, std::uint32_t> with_cell;
  for (const auto& cell : refused.cells()) {
    add(cell.code(), cell.key());
    ++with_cell[cell.code()];
  }
  for (const auto& rule : refused.rules()) {
    if (with_cell[rule.code()] == 0) add(rule.code(), {});
  }
}

core::Answered storage_fault(core::Asker asker) {
  v1::Fault fault;
  fault.set_code(std::string(faults::kStorage));
  fault.set_message("the log cannot be read at present");
  fault.set_retry_after_ms(1'000);
  return Answers::fault(std::move(asker), fault);
}

}  // namespace

v1::Finding finding_of(const rules::Finding& finding) {
  v1::Finding out;
  const rules::Rule* rule = rules::find_rule(finding.code);
  out.set_code(finding.code);
  out.set_severity(finding.severity == rules::Severity::kError ? v1::Finding::ERROR
                                                               : v1::Finding::WARNING);
  out.set_field(finding.field);
  out.set_row(finding.row);
  for (const std::uint64_t waiver : finding.waived_by) out.add_waived_by(waiver);
  out.set_key(finding.key);
  out.set_message(joined(rule == nullptr ? "" : rule->sentence_en, finding.detail_en));
  out.set_message_fr(joined(rule == nullptr ? "" : rule->sentence_fr, finding.detail_fr));
  if (finding.remedy.empty() && rule != nullptr) {
    out.set_remedy(std::string(rule->remedy_en));
  } else {
    out.set_remedy(finding.remedy);
  }
  return out;
}

std::string refusal_signature(const crypto::SigningKey& key, const v1::Outcome& refusal) {
  std::string message = refusal.message_id();
  message += crypto::sha256(refusal.record()).view();
  for (const auto& finding : refusal.findings()) {
    const std::string bytes = finding.SerializeAsString();
    const auto size = static_cast<std::uint32_t>(bytes.size());
    for (const int shift : {24, 16, 8, 0}) {
      message +=
          static_cast<char>(static_cast<unsigned char>(size >> static_cast<unsigned>(shift)));
    }
    message += bytes;
  }
  return key.sign(crypto::domain::kRefusal, bytes_of(message)).string();
}

core::Answered Answers::outcome(Message& message, const journal::Committed& committed) const {
  pb::Arena arena;
  auto& out = *pb::Arena::CreateMessage<v1::Outcome>(&arena);
  const journal::Appended& entry = *committed.entry;
  out.set_message_id(message.message_id.string());
  out.set_accepted(message.accepted);
  out.set_index(entry.index.value);
  out.set_nonce(entry.nonce);
  out.set_record(entry.record);
  out.set_tree_size(committed.tree_size.value);
  out.set_proof(merkle::pack(entry.proof));
  out.set_checkpoint(*committed.checkpoint);
  out.set_backed_up_to(backed_up_.get().value);
  for (const auto& finding : message.findings) *out.add_findings() = finding_of(finding);
  if (!message.accepted) out.set_refusal_signature(refusal_signature(key_, out));
  core::Answered answered;
  using enum core::AnswerKind;
  answered.kind = message.administrative ? kAdministered : message.accepted ? kAccepted : kRefused;
  answered.frame = core::make_frame(message.job.asker.correlation, v1::Frame::kOutcome, out);
  answered.asker = std::move(message.job.asker);
  return answered;
}

core::Answered Answers::repeated(core::Asker asker, LogIndex index,
                                 const MessageId& message_id) const {
  const auto checkpoint = reader_.checkpoint();
  const auto size = checkpoint == nullptr ? TreeSize{} : size_of(*checkpoint).value_or(TreeSize{});
  const auto entry = reader_.entry(index);
  const auto proof = reader_.inclusion_proof(index, size);
  v1::Record record;
  if (!entry || !proof || !record.ParseFromString(entry->record)) {
    return storage_fault(std::move(asker));
  }
  v1::Outcome out;
  out.set_message_id(message_id.string());
  out.set_accepted(!record.has_refused());
  out.set_index(index.value);
  out.set_nonce(entry->nonce);
  out.set_record(entry->record);
  out.set_tree_size(size.value);
  out.set_proof(merkle::pack(*proof));
  out.set_checkpoint(*checkpoint);
  out.set_backed_up_to(backed_up_.get().value);
  if (record.has_refused()) {
    findings_of(record.refused(), out);
    out.set_refusal_signature(refusal_signature(key_, out));
  }
  core::Answered answered;
  answered.kind = core::AnswerKind::kRepeated;
  answered.frame = core::make_frame(asker.correlation, v1::Frame::kOutcome, out);
  answered.asker = std::move(asker);
  return answered;
}

core::Answered Answers::fault(core::Asker asker, const v1::Fault& fault) {
  core::Answered answered;
  answered.kind = core::AnswerKind::kFault;
  answered.code = fault.code();
  answered.frame = core::make_fault(asker.correlation, fault);
  answered.asker = std::move(asker);
  return answered;
}

Result<TreeSize> size_of(std::string_view checkpoint) {
  const auto first = checkpoint.find('\n');
  const auto second = checkpoint.find('\n', first + 1);
  TreeSize size;
  if (first != std::string_view::npos && second != std::string_view::npos) {
    const auto line = checkpoint.substr(first + 1, second - first - 1);
    const auto read = std::from_chars(line.data(), line.data() + line.size(), size.value);
    if (read.ec == std::errc() && read.ptr == line.data() + line.size()) return size;
  }
  return fail(ErrorKind::kMalformed, "a checkpoint without a size line");
}

}  // namespace rapporteur::admission
