#include "adapters/client/envelope.h"

#include <algorithm>
#include <array>

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"
#include "proto/statements/refusal.h"
#include "store/merkle/tree.h"

namespace rapporteur::client {
namespace {

constexpr std::size_t kNonceBytes = 32;

std::string fresh_salt() {
  std::array<std::byte, limits::kSaltBytes> salt{};
  if (!sabotaged("fixed-salt")) crypto::fill_random(salt);
  return std::string(text_of(salt));
}

tl::unexpected<Error> not_verified(const char* what) {
  return fail(ErrorKind::kNotVerified, what, "answer of the hub",
              "keep it, and ask the hub's operator: an honest hub does not send this");
}

// Whether the record says of the message what the answer says.
bool says_the_same(const v1::Record& record, v1::Kind kind, bool accepted) {
  if (!accepted) return record.has_refused();
  if (kind == v1::KIND_SKIP) return record.has_skipped();
  if (kind == v1::KIND_ADMINISTRATION) return record.has_administered();
  return record.has_accepted();
}

Status check_record(const v1::Outcome& outcome, const v1::Envelope& sent) {
  v1::Header header;
  if (!header.ParseFromString(sent.header())) {
    return fail(ErrorKind::kMalformed, "the header that was sent cannot be read");
  }
  v1::Record record;
  if (!record.ParseFromString(outcome.record())) {
    return fail(ErrorKind::kMalformed, "the hub's record cannot be read", "answer of the hub");
  }
  if (outcome.message_id() != header.message_id()) {
    return not_verified("it answers another message");
  }
  // A refusal does not keep the second signature: its reason is free text.
  const bool same_second =
      record.second_signature().SerializeAsString() == sent.second_signature().SerializeAsString();
  if (record.header() != sent.header() || record.signature() != sent.signature() ||
      !(same_second || (!outcome.accepted() && !record.has_second_signature()))) {
    return not_verified("the record is not of the message that was sent");
  }
  if (!says_the_same(record, header.kind(), outcome.accepted())) {
    return not_verified("record and answer do not say the same");
  }
  return {};
}

Status check_proof(const v1::Outcome& outcome, const notes::Checkpoint& checkpoint) {
  // Nonce and record are hashed one after the other: only a fixed length keeps them apart.
  if (outcome.nonce().size() != kNonceBytes) return not_verified("the nonce has no 32 bytes");
  if (checkpoint.size.value != outcome.tree_size()) {
    return not_verified("the checkpoint is of another tree size");
  }
  auto proof = merkle::unpack(outcome.proof());
  if (!proof) return tl::unexpected(proof.error());
  const Digest leaf =
      merkle::record_leaf_hash(bytes_of(outcome.nonce()), bytes_of(outcome.record()));
  return merkle::verify_inclusion(LogIndex{outcome.index()}, checkpoint.size, leaf, *proof,
                                  checkpoint.root);
}

Status check_refusal(const v1::Outcome& outcome, const PublicKeyBytes& log_key) {
  const auto signature = SignatureBytes::from(outcome.refusal_signature());
  if (!signature || !crypto::verify(log_key, crypto::domain::kRefusal,
                                    bytes_of(refusal_statement(outcome)), *signature)) {
    return not_verified("the refusal's signature does not hold");
  }
  return {};
}

}  // namespace

v1::Envelope make_draft(const EnvelopeParts& parts) {
  v1::Envelope envelope;
  envelope.set_salt(fresh_salt());
  envelope.set_body(parts.body);
  v1::Header header;
  header.set_hub(parts.hub);
  header.set_sender(parts.sender);
  header.set_message_id(parts.message_id.string());
  header.set_kind(parts.kind);
  header.set_commitment(
      crypto::commitment(bytes_of(envelope.salt()), bytes_of(envelope.body())).string());
  header.set_dataflow(parts.dataflow);
  header.set_indicator(parts.indicator);
  std::vector<std::string> areas = parts.ref_areas;
  std::sort(areas.begin(), areas.end());
  areas.erase(std::unique(areas.begin(), areas.end()), areas.end());
  for (std::string& area : areas) header.add_ref_areas(std::move(area));
  if (parts.revises) header.set_revises(parts.revises->string());
  if (parts.releasability.audience() != v1::AUDIENCE_UNSPECIFIED) {
    *header.mutable_releasability() = parts.releasability;
  }
  if (!parts.certificate.empty()) {
    envelope.set_certificate(parts.certificate);
    header.set_certificate_sha256(crypto::sha256(parts.certificate).string());
  }
  envelope.set_header(header.SerializeAsString());
  return envelope;
}

Status sign_draft(v1::Envelope& draft, Sequence sequence, UnixMillis created,
                  const crypto::SigningKey& key) {
  v1::Header header;
  if (!header.ParseFromString(draft.header())) {
    return fail(ErrorKind::kMalformed, "the stored header cannot be read");
  }
  header.set_key_id(key.key_id().string());
  header.set_sequence(sequence.value);
  header.set_created_ms(unix_millis(created));
  draft.set_header(header.SerializeAsString());
  draft.set_signature(key.sign(crypto::domain::kHeader, bytes_of(draft.header())).string());
  draft.clear_second_signature();
  return {};
}

void ask_for_second(v1::Envelope& draft, const SecondSigner& officer) {
  draft.mutable_second_signature()->set_key_id(officer.key.key_id().string());
  draft.mutable_second_signature()->set_reason(officer.reason);
}

void sign_second(v1::Envelope& envelope, const SecondSigner& officer) {
  ask_for_second(envelope, officer);
  envelope.mutable_second_signature()->set_signature(
      officer.key.sign(crypto::domain::kSecond, bytes_of(envelope.header() + officer.reason))
          .string());
}

v1::Envelope make_envelope(const EnvelopeParts& parts, const crypto::SigningKey& key) {
  v1::Envelope envelope = make_draft(parts);
  // A header that was just written can be read.
  static_cast<void>(sign_draft(envelope, parts.sequence, parts.created, key));
  return envelope;
}

Result<notes::Checkpoint> CheckpointReader::open(std::string_view note) {
  if (!last_note_.empty() && note == last_note_) return last_;
  auto checkpoint = notes::open_checkpoint(note, log_);
  if (checkpoint) {
    last_note_ = note;
    last_ = *checkpoint;
  }
  return checkpoint;
}

Result<VerifiedOutcome> verify_outcome(const v1::Outcome& outcome, const v1::Envelope& sent,
                                       CheckpointReader& log) {
  if (auto record = check_record(outcome, sent); !record) return tl::unexpected(record.error());
  auto checkpoint = log.open(outcome.checkpoint());
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  if (auto proof = check_proof(outcome, *checkpoint); !proof) {
    return tl::unexpected(proof.error());
  }
  if (!outcome.accepted()) {
    if (auto refusal = check_refusal(outcome, log.log().key); !refusal) {
      return tl::unexpected(refusal.error());
    }
  }
  return VerifiedOutcome{outcome.accepted(), LogIndex{outcome.index()}, *checkpoint};
}

Result<VerifiedOutcome> verify_outcome(const v1::Outcome& outcome, const v1::Envelope& sent,
                                       const notes::VerifierKey& log) {
  CheckpointReader reader(log);
  return verify_outcome(outcome, sent, reader);
}

}  // namespace rapporteur::client
