#include "broker/admission/judging.h"

#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/crypto/domain.h"

namespace rapporteur::admission {
namespace {

core::Event complaint(core::Asker asker, std::string_view code, std::string message) {
  v1::Fault fault;
  fault.set_code(std::string(code));
  fault.set_message(std::move(message));
  return Answers::fault(std::move(asker), fault);
}

}  // namespace

journal::Proposal Judging::proposal(core::Judge job) {
  journal::Proposal out;
  out.lane = job.asker.participant;
  out.ticket = job.ticket;
  Message message;
  message.job = std::move(job);
  out.context = std::make_unique<HubContext>(std::move(message));
  return out;
}

void Judging::judge(journal::Proposal& proposal) const {
  auto& of_a_sender = hub_context(*proposal.context).message;
  if (!of_a_sender) {
    // Of the hub's own: who proposed it looks again.
    proposal.content = journal::NoEntry{};
    return;
  }
  Message& message = *of_a_sender;
  const auto envelope =
      std::string_view(message.job.frame).substr(message.job.offset, message.job.size);
  Verdict verdict =
      gate_.judge(bytes_of(envelope), {message.job.asker.participant, message.job.curve_key});
  message.answer.reset();
  if (auto* enter = std::get_if<Enter>(&verdict)) {
    message.accepted = enter->accepted;
    message.administrative = enter->administrative;
    message.message_id = enter->message_id;
    message.findings = std::move(enter->findings);
    message.erases = enter->entry.draft.erases;
    message.salt = enter->entry.draft.salt;
    message.body = enter->entry.draft.body;
    proposal.content = std::move(enter->entry);
    return;
  }
  proposal.content = journal::NoEntry{};
  // The asker stays with the message, in case it has to be judged again.
  if (const auto* repeat = std::get_if<Repeat>(&verdict)) {
    message.answer = answers_.repeated(message.job.asker, repeat->index, repeat->message_id);
  } else {
    message.answer = Answers::fault(message.job.asker, std::get<Refuse>(verdict).fault);
  }
}

core::Event Judging::verify(core::VerifyAcknowledgement job) const {
  core::AcknowledgementVerified out;
  v1::AcknowledgementStatement statement;
  auto& signed_one = out.signed_acknowledgement;
  if (!signed_one.ParseFromString(job.bytes) ||
      !statement.ParseFromString(signed_one.statement())) {
    return complaint(std::move(job.asker), faults::kMalformed, "Acknowledge cannot be read");
  }
  const auto key_id = KeyId::from(signed_one.key_id());
  const auto signature = SignatureBytes::from(signed_one.signature());
  const auto delivered = Digest::from(statement.delivered_sha256());
  if (!key_id || !signature || !delivered) {
    return complaint(std::move(job.asker), faults::kMalformed,
                     "key id, signature or running hash has not its length");
  }
  if (statement.hub() != hub_) {
    return complaint(std::move(job.asker), faults::kHub, "signed for another hub");
  }
  const auto directory = directory_.get();
  const auto key = directory->by_signing_key(*key_id);
  if (!key) {
    return complaint(std::move(job.asker), faults::kUnknownKey, "no valid key has this id");
  }
  if (key->participant->id() != job.asker.participant ||
      statement.participant() != job.asker.participant) {
    return complaint(std::move(job.asker), faults::kIdentity, "somebody else's acknowledgement");
  }
  if (!crypto::verify(key->key, crypto::domain::kAcknowledgement, bytes_of(signed_one.statement()),
                      *signature)) {
    return complaint(std::move(job.asker), faults::kSignature, "the signature does not hold");
  }
  out.asker = std::move(job.asker);
  out.subscription = statement.subscription();
  out.number = DeliveryNumber{statement.delivery_number()};
  out.delivered = *delivered;
  return out;
}

}  // namespace rapporteur::admission
