#include "broker/admission/signed_message.h"

#include <algorithm>

#include <google/protobuf/arena.h>

#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"
#include "proto/base/reason.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::admission {
namespace {

// Empty: nothing is wrong. Else the field and what is wrong with it.
using Wrong = std::string;

bool has_unknown_fields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= limits::kCodeBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

bool is_version(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// AGENCY:ID(VERSION)
bool is_dataflow(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t open = text.find('(');
  if (colon == std::string_view::npos || open == std::string_view::npos || open < colon ||
      text.back() != ')') {
    return false;
  }
  const std::string_view agency = text.substr(0, colon);
  return std::all_of(agency.begin(), agency.end(), [](char c) { return c != '-'; }) &&
         is_code(agency) && is_code(text.substr(colon + 1, open - colon - 1)) &&
         is_version(text.substr(open + 1, text.size() - open - 2));
}

template <typename Texts>
bool ascending_and_distinct(const Texts& texts) {
  return std::adjacent_find(texts.begin(), texts.end(),
                            [](const auto& a, const auto& b) { return a >= b; }) == texts.end();
}

bool is_kind_name(const std::string& name) {
  v1::ParticipantKind kind{};
  return v1::ParticipantKind_Parse(name, &kind) && kind != v1::PARTICIPANT_KIND_UNSPECIFIED;
}

Wrong check_releasability(const v1::Releasability& releasability) {
  const auto& participants = releasability.participants();
  const auto& kinds = releasability.kinds();
  const int listed = participants.size() + kinds.size();
  if (releasability.audience() != v1::AUDIENCE_LISTED) {
    const bool known = releasability.audience() == v1::AUDIENCE_PUBLIC ||
                       releasability.audience() == v1::AUDIENCE_PARTICIPANTS;
    return known && listed == 0 ? "" : "releasability: no audience, or a list beside one";
  }
  if (listed == 0 || static_cast<std::size_t>(listed) > limits::kReleasabilityEntries) {
    return "releasability: a list of " + std::to_string(listed) + " entries";
  }
  const bool valid = std::all_of(participants.begin(), participants.end(), valid_participant_id) &&
                     std::all_of(kinds.begin(), kinds.end(), is_kind_name) &&
                     ascending_and_distinct(participants) && ascending_and_distinct(kinds);
  return valid ? "" : "releasability: not ids and kinds, ascending, each once";
}

Wrong check_statistics_fields(const v1::Header& header) {
  const bool replaces = header.kind() != v1::KIND_NEW;
  if (!is_dataflow(header.dataflow())) return "dataflow: not AGENCY:ID(VERSION)";
  if (!is_code(header.indicator())) return "indicator: not a code";
  const auto& areas = header.ref_areas();
  if (static_cast<std::size_t>(areas.size()) > limits::kAreasPerSubmission) {
    return "ref_areas: more than " + std::to_string(limits::kAreasPerSubmission);
  }
  if (!std::all_of(areas.begin(), areas.end(), is_code) || !ascending_and_distinct(areas)) {
    return "ref_areas: not codes, ascending, each once";
  }
  if (replaces != MessageId::from(header.revises()).has_value() ||
      (!replaces && !header.revises().empty())) {
    return "revises: 16 bytes in a revision or withdrawal, else nothing";
  }
  const std::size_t hash = header.certificate_sha256().size();
  if (hash != 0 && (hash != Digest::kBytes || header.kind() == v1::KIND_WITHDRAWAL)) {
    return "certificate_sha256: 32 bytes or nothing; nothing in a withdrawal";
  }
  return check_releasability(header.releasability());
}

Wrong check_kind(const v1::Header& header) {
  switch (header.kind()) {
    case v1::KIND_NEW:
    case v1::KIND_REVISION:
    case v1::KIND_WITHDRAWAL:
      return check_statistics_fields(header);
    case v1::KIND_SKIP:
    case v1::KIND_ADMINISTRATION: {
      const bool bare = header.dataflow().empty() && header.indicator().empty() &&
                        header.ref_areas().empty() && header.revises().empty() &&
                        !header.has_releasability() && header.certificate_sha256().empty();
      return bare ? "" : "kind: fields of statistics in a message that is none";
    }
    default:
      return "kind: not one this hub knows";
  }
}

Wrong check_header(const v1::Header& header) {
  if (header.hub().empty() || header.hub().size() > limits::kNameBytes) return "hub: no name";
  if (!valid_participant_id(header.sender())) return "sender: not a participant id";
  if (!KeyId::from(header.key_id())) return "key_id: not 8 bytes";
  const auto id = MessageId::from(header.message_id());
  if (!id || !is_uuid_v7(*id)) return "message_id: not a UUIDv7 of 16 bytes";
  if (header.sequence() == 0) return "sequence: counts from 1";
  if (header.created_ms() == 0) return "created_ms: missing";
  if (!Digest::from(header.commitment())) return "commitment: not 32 bytes";
  return check_kind(header);
}

Wrong check_envelope(const v1::Envelope& envelope) {
  if (!SignatureBytes::from(envelope.signature())) return "signature: not 64 bytes";
  if (envelope.salt().size() != limits::kSaltBytes) return "salt: not 32 bytes";
  if (!envelope.has_second_signature()) return "";
  const v1::SecondSignature& second = envelope.second_signature();
  if (has_unknown_fields(second) || !KeyId::from(second.key_id()) ||
      !SignatureBytes::from(second.signature()) || !is_reason(second.reason())) {
    return "second_signature: key id, signature and a reason of one line";
  }
  return "";
}

std::string too_large(std::string_view what, std::size_t most) {
  return std::string(what) + " of more than " + std::to_string(most) + " bytes";
}

std::optional<std::string> over_bounds(const v1::Envelope& envelope) {
  if (envelope.header().size() > limits::kHeaderBytes) {
    return too_large("a header", limits::kHeaderBytes);
  }
  if (envelope.body().size() > limits::kBodyBytes) return too_large("a body", limits::kBodyBytes);
  if (envelope.certificate().size() > limits::kCertificateBytes) {
    return too_large("a certificate", limits::kCertificateBytes);
  }
  return std::nullopt;
}

tl::unexpected<v1::Fault> malformed(std::string what) {
  return tl::unexpected(make_fault(faults::kMalformed, std::move(what)));
}

// The bytes are the ones this header is written as: nothing unknown, repeated or out of order.
bool canonical(const v1::Header& header, std::string_view bytes) {
  if (has_unknown_fields(header) || has_unknown_fields(header.releasability())) return false;
  return header.ByteSizeLong() == bytes.size() && header.SerializeAsString() == bytes;
}

}  // namespace

v1::Fault make_fault(std::string_view code, std::string message) {
  v1::Fault fault;
  fault.set_code(std::string(code));
  fault.set_message(std::move(message));
  return fault;
}

OrFault<SignedMessage> read_message(ByteSpan bytes, google::protobuf::Arena& arena) {
  if (bytes.size() > limits::kFrameBytes) {
    return tl::unexpected(
        make_fault(faults::kTooLarge, too_large("an envelope", limits::kFrameBytes)));
  }
  auto* envelope = google::protobuf::Arena::CreateMessage<v1::Envelope>(&arena);
  if (!envelope->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return malformed("the message is not an Envelope");
  }
  if (has_unknown_fields(*envelope)) return malformed("the envelope holds an unknown field");
  if (const auto what = over_bounds(*envelope)) {
    return tl::unexpected(make_fault(faults::kTooLarge, *what));
  }
  if (Wrong wrong = check_envelope(*envelope); !wrong.empty()) return malformed(std::move(wrong));
  auto* header = google::protobuf::Arena::CreateMessage<v1::Header>(&arena);
  if (!header->ParseFromString(envelope->header())) return malformed("header: not a Header");
  if (!canonical(*header, envelope->header())) {
    return malformed("header: unknown fields, or not in canonical form");
  }
  if (Wrong wrong = check_header(*header); !wrong.empty()) return malformed(std::move(wrong));
  if (header->kind() == v1::KIND_SKIP && !envelope->body().empty()) {
    return malformed("body: a SKIP has none");
  }
  return SignedMessage{envelope, header, *MessageId::from(header->message_id()),
                       *KeyId::from(header->key_id()),
                       *SignatureBytes::from(envelope->signature())};
}

std::optional<v1::Fault> authenticate(const SignedMessage& message, const Principal& principal,
                                      const Authority& authority) {
  const v1::Header& header = *message.header;
  const v1::Envelope& envelope = *message.envelope;
  const v1::Participant* line = authority.directory.by_curve_key(principal.curve_key);
  if (line == nullptr || line->id() != principal.participant) {
    return make_fault(faults::kNotActive,
                      "the participant or the key of this line is not active; ask an operator");
  }
  const auto key = authority.directory.by_signing_key(message.key_id);
  if (!key) {
    return make_fault(faults::kUnknownKey,
                      "no valid signing key has this id; ask an operator to add the key");
  }
  if (!sabotaged("signature-off") &&
      !crypto::verify(key->key, crypto::domain::kHeader, bytes_of(envelope.header()),
                      message.signature)) {
    return make_fault(faults::kSignature, "the signature does not hold; sign the header again");
  }
  if (!sabotaged("identity-off") &&
      (header.sender() != principal.participant || key->participant->id() != header.sender())) {
    return make_fault(faults::kIdentity, "sender, signing key and line are not one participant's");
  }
  if (header.hub() != authority.hub) {
    return make_fault(faults::kHub, "the header is signed for another hub than " + authority.hub);
  }
  const auto latest =
      static_cast<std::uint64_t>((authority.now + limits::kCreatedAheadOfClock).time_since_epoch() /
                                 std::chrono::milliseconds(1));
  if (header.created_ms() > latest && !sabotaged("in-future-off")) {
    v1::Fault fault =
        make_fault(faults::kInFuture, "created after the hub's clock; set the sender's clock");
    fault.set_retry_after_ms(header.created_ms() - latest);
    return fault;
  }
  if (crypto::commitment(bytes_of(envelope.salt()), bytes_of(envelope.body())).view() !=
          header.commitment() &&
      !sabotaged("commitment-off")) {
    return make_fault(faults::kCommitment, "salt and body are not those that were signed");
  }
  return std::nullopt;
}

}  // namespace rapporteur::admission
