#include "store/verify/record_check.h"

#include <algorithm>

#include "proto/base/limits.h"
#include "proto/crypto/domain.h"

namespace rapporteur::verify {
namespace {

Check signature_check(const PublicKeyBytes& key, std::string_view domain, std::string message,
                      const SignatureBytes& signature, std::string_view reason, LogIndex index) {
  return {[key, domain, message = std::move(message), signature] {
            return crypto::verify(key, domain, bytes_of(message), signature);
          },
          reason, index.value, false};
}

bool holds_message(const v1::Record& record) {
  return !record.header().empty() || !record.signature().empty() || record.has_second_signature();
}

}  // namespace

AuditCounts RecordCheck::counts() const {
  AuditCounts counts = counts_;
  counts.signing_keys = keys_.keys();
  counts.subscriptions = positions_.size();
  return counts;
}

Status RecordCheck::add(const AuditEntry& entry, std::vector<Check>& checks) {
  if (entry.nonce.size() != limits::kNonceBytes) return not_verified("its nonce has not 32 bytes");
  v1::Record record;
  if (!record.ParseFromArray(entry.record.data(), static_cast<int>(entry.record.size()))) {
    return not_verified("its record cannot be read");
  }
  if (record.time_ms() < time_ms_)
    return not_verified("its time is before that of the entry before it");
  time_ms_ = record.time_ms();
  if (entry.index.value == 0 && !record.has_started()) return not_verified("it founds no log");
  if (auto checked = event(record, entry, checks); !checked) return checked;
  ++counts_.entries;
  return {};
}

Status RecordCheck::event(const v1::Record& record, const AuditEntry& entry,
                          std::vector<Check>& checks) {
  switch (record.event_case()) {
    case v1::Record::kAccepted:
      return accepted(record, entry, checks);
    case v1::Record::kSkipped:
      return skipped(record, entry, checks);
    default:
      break;
  }
  // An export without bodies says of each entry that it may have one.
  if (!entry.salt.empty() || !entry.body.empty() ||
      (entry.sealed && bodies_ == Bodies::kOfTheLog)) {
    return not_verified("salt or body are kept beside an entry that may have none");
  }
  if (record.has_refused()) return refused(record, entry, checks);
  if (record.has_administered()) return administered(record, entry.index, checks);
  if (holds_message(record))
    return not_verified("it holds a signed message that its event has not");
  switch (record.event_case()) {
    case v1::Record::kStarted:
      return started(record.started(), entry.index);
    case v1::Record::kSubscribed:
      return subscribed(record.subscribed());
    case v1::Record::kCursorsMoved:
      return cursors_moved(record.cursors_moved(), entry.index, checks);
    case v1::Record::kExpired:
      return erasures_.apply(record.expired(), record.time_ms());
    case v1::Record::kBackedUp:
      return backed_up(record.backed_up(), entry.index);
    case v1::Record::kStopped:
    case v1::Record::kUnauthenticated:
      return {};
    default:
      return not_verified("its event is not known to this verifier: use a newer one");
  }
}

Result<RecordCheck::Message> RecordCheck::message(const v1::Record& record, LogIndex index,
                                                  std::vector<Check>& checks) {
  Message out;
  if (record.header().empty() || !out.header.ParseFromString(record.header())) {
    return not_verified("its header cannot be read");
  }
  const v1::Header& header = out.header;
  if (header.hub() != hub_) return not_verified("its message was signed for another hub");
  const auto id = KeyId::from(header.key_id());
  out.signer = id ? keys_.find(*id) : nullptr;
  if (out.signer == nullptr) return not_verified("its signing key was never enrolled");
  if (out.signer->participant != header.sender())
    return not_verified("its signing key is another's");
  if (out.signer->ended || !keys_.active(header.sender())) {
    return not_verified("its sender held no valid key any more");
  }
  const std::uint64_t expected = out.signer->last_sequence + 1;
  if (header.sequence() != expected) {
    return not_verified("its sequence number is " + std::to_string(header.sequence()) + " where " +
                        std::to_string(expected) + " comes next for its key");
  }
  out.signer->last_sequence = expected;
  const auto signature = SignatureBytes::from(record.signature());
  if (!signature) return not_verified("the sender's signature has not 64 bytes");
  checks.push_back(signature_check(out.signer->key, crypto::domain::kHeader, record.header(),
                                   *signature, "the sender's signature does not hold", index));
  ++counts_.sender_signatures;
  return out;
}

Status RecordCheck::second_signature(const v1::Record& record, const Message& message,
                                     LogIndex index, std::vector<Check>& checks) {
  if (!record.has_second_signature()) return {};
  const v1::SecondSignature& second = record.second_signature();
  const auto id = KeyId::from(second.key_id());
  const Signer* const signer = id ? keys_.find(*id) : nullptr;
  if (signer == nullptr || signer == message.signer || signer->ended ||
      signer->participant != message.header.sender()) {
    return not_verified("its second signature is not by a second key of the sender");
  }
  const auto signature = SignatureBytes::from(second.signature());
  if (!signature) return not_verified("the second signature has not 64 bytes");
  checks.push_back(signature_check(signer->key, crypto::domain::kSecond,
                                   record.header() + second.reason(), *signature,
                                   "the second signature does not hold", index));
  ++counts_.second_signatures;
  return {};
}

Status RecordCheck::commitment(const v1::Header& header, ByteSpan salt, ByteSpan body) {
  if (salt.size() != limits::kSaltBytes) return not_verified("its salt has not 32 bytes");
  if (crypto::commitment(salt, body).view() != header.commitment()) {
    return not_verified("salt and body are not those that were signed");
  }
  ++counts_.commitments;
  return {};
}

Status RecordCheck::accepted(const v1::Record& record, const AuditEntry& entry,
                             std::vector<Check>& checks) {
  const auto signed_message = message(record, entry.index, checks);
  if (!signed_message) return tl::unexpected(signed_message.error());
  const v1::Header& header = signed_message->header;
  const bool replaces = header.kind() == v1::KIND_REVISION || header.kind() == v1::KIND_WITHDRAWAL;
  if (!replaces && header.kind() != v1::KIND_NEW)
    return not_verified("it accepts what is no submission");
  if (replaces && record.accepted().replaced_index() >= entry.index.value) {
    return not_verified("it replaces an entry that does not come before it");
  }
  if (auto second = second_signature(record, *signed_message, entry.index, checks); !second) {
    return second;
  }
  ++counts_.accepted;
  if (replaces) {
    erasures_.superseded(LogIndex{record.accepted().replaced_index()}, header, record.time_ms());
  }
  if (entry.sealed) {
    ++counts_.bodies_sealed;
    // An export says of each that it may be.
    if (bodies_ == Bodies::kOfTheLog) sealed_.push_back(entry.index);
    return {};
  }
  if (entry.salt.empty() && entry.body.empty()) {
    ++counts_.bodies_absent;
    erasures_.gone(entry.index, header, record.time_ms(), entry.erased_by);
    return {};
  }
  return commitment(header, entry.salt, entry.body);
}

Status RecordCheck::refused(const v1::Record& record, const AuditEntry& entry,
                            std::vector<Check>& checks) {
  const auto signed_message = message(record, entry.index, checks);
  if (!signed_message) return tl::unexpected(signed_message.error());
  ++counts_.refused;
  return second_signature(record, *signed_message, entry.index, checks);
}

Status RecordCheck::administered(const v1::Record& record, LogIndex index,
                                 std::vector<Check>& checks) {
  const auto signed_message = message(record, index, checks);
  if (!signed_message) return tl::unexpected(signed_message.error());
  const v1::Header& header = signed_message->header;
  if (header.kind() != v1::KIND_ADMINISTRATION)
    return not_verified("its message is no administration");
  const v1::Administered& event = record.administered();
  if (auto held = commitment(header, bytes_of(event.salt()), bytes_of(event.action())); !held) {
    return held;
  }
  v1::AdministrativeAction action;
  if (!action.ParseFromString(event.action())) return not_verified("its action cannot be read");
  ++counts_.administered;
  if (auto applied = keys_.apply(action, header.sender()); !applied) return applied;
  return erasures_.apply(action);
}

Status RecordCheck::skipped(const v1::Record& record, const AuditEntry& entry,
                            std::vector<Check>& checks) {
  const auto signed_message = message(record, entry.index, checks);
  if (!signed_message) return tl::unexpected(signed_message.error());
  if (signed_message->header.kind() != v1::KIND_SKIP)
    return not_verified("its message skips nothing");
  ++counts_.skipped;
  if (entry.salt.empty() && entry.body.empty()) return {};
  return commitment(signed_message->header, entry.salt, entry.body);
}

// Entries that were carried name the log that they were written in.
bool RecordCheck::names_this_log(const v1::Started& started, LogIndex index) const {
  const auto is = [&](const notes::VerifierKey& log) {
    return started.origin() == log.name && started.log_verifier_key() == log.text();
  };
  return is(log_) || std::ranges::any_of(logs_before_, [&](const Predecessor& before) {
           return index.value != 0 && index.value < before.carried.value && is(before.log);
         });
}

Status RecordCheck::started(const v1::Started& started, LogIndex index) {
  if (!names_this_log(started, index)) {
    return not_verified("it names another log or another key of the log");
  }
  if (index.value == 0) {
    hub_ = started.hub();
    auto before = predecessors(started);
    if (!before) return tl::unexpected(before.error());
    logs_before_ = std::move(*before);
    return keys_.found(started);
  }
  if (started.has_predecessor()) return not_verified("it continues a log, and is not the first");
  if (started.hub() != hub_) return not_verified("it names another hub");
  if (!started.operator_id().empty())
    return not_verified("it founds a log that was founded before");
  return {};
}

Status RecordCheck::backed_up(const v1::BackedUp& event, LogIndex index) {
  if (!keys_.enrolled(event.operator_id())) return not_verified("its operator is not enrolled");
  if (event.size() <= backed_up_to_ || event.size() > index.value ||
      event.root_sha256().size() != Digest::kBytes) {
    return not_verified("it says of a backup what cannot be");
  }
  backed_up_to_ = event.size();
  return {};
}

Status RecordCheck::subscribed(const v1::Subscribed& event) {
  if (!keys_.enrolled(event.participant())) return not_verified("its subscriber is not enrolled");
  const std::pair name(event.participant(), event.subscription());
  if (!event.removed()) {
    positions_[name] = {};
    return {};
  }
  // Its position stays: an acknowledgement that came before may be written down after.
  if (!positions_.contains(name)) return not_verified("it removes a subscription that nobody made");
  return {};
}

Status RecordCheck::cursors_moved(const v1::CursorsMoved& event, LogIndex index,
                                  std::vector<Check>& checks) {
  for (const v1::SignedAcknowledgement& one : event.acknowledgements()) {
    if (auto checked = acknowledged(one, index, checks); !checked) return checked;
  }
  return {};
}

Status RecordCheck::acknowledged(const v1::SignedAcknowledgement& signed_statement, LogIndex index,
                                 std::vector<Check>& checks) {
  v1::AcknowledgementStatement statement;
  if (!statement.ParseFromString(signed_statement.statement())) {
    return not_verified("an acknowledgement cannot be read");
  }
  if (statement.hub() != hub_) return not_verified("an acknowledgement is for another hub");
  // The key may have ended between the acknowledgement and this entry.
  const auto id = KeyId::from(signed_statement.key_id());
  const Signer* const signer = id ? keys_.find(*id) : nullptr;
  if (signer == nullptr || signer->participant != statement.participant()) {
    return not_verified("an acknowledgement is not by a key of its receiver");
  }
  const auto position = positions_.find({statement.participant(), statement.subscription()});
  if (position == positions_.end())
    return not_verified("it acknowledges for a subscription nobody made");
  Position& before = position->second;
  if (statement.delivery_number() < before.number) {
    return not_verified("an acknowledged delivery number goes back from " +
                        std::to_string(before.number) + " to " +
                        std::to_string(statement.delivery_number()));
  }
  if (statement.delivery_number() == before.number && !before.delivered.empty() &&
      statement.delivered_sha256() != before.delivered) {
    return not_verified("two acknowledgements of one delivery number differ in what was delivered");
  }
  before = {statement.delivery_number(), statement.delivered_sha256()};
  const auto signature = SignatureBytes::from(signed_statement.signature());
  if (!signature) return not_verified("the signature of an acknowledgement has not 64 bytes");
  checks.push_back(signature_check(signer->key, crypto::domain::kAcknowledgement,
                                   signed_statement.statement(), *signature,
                                   "the signature of an acknowledgement does not hold", index));
  ++counts_.acknowledgements;
  return {};
}

}  // namespace rapporteur::verify
