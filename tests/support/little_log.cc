#include "tests/support/little_log.h"

#include <algorithm>
#include <utility>

#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"
#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::testing {
namespace {

constexpr const char* kDataflow = "RAPPORTEUR:THB(1.0)";
constexpr const char* kHub = "hub";
constexpr const char* kOrigin = "hub.example/log";
constexpr const char* kSubscription = "all";

std::string random_bytes() {
  std::string bytes(32, '\0');
  crypto::fill_random(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

}  // namespace

LittleLog::LittleLog() : verifier_{kOrigin, notes::KeyType::kEd25519, log_key_.public_key()} {
  parties_.emplace("op", Party{crypto::SigningKey::generate()});
  v1::Record record = started();
  record.mutable_started()->set_operator_id("op");
  record.mutable_started()->set_operator_signing_key(key("op").public_key().string());
  append(std::move(record));
}

v1::Record LittleLog::started() const {
  v1::Record record;
  record.mutable_started()->set_hub(kHub);
  record.mutable_started()->set_origin(kOrigin);
  record.mutable_started()->set_log_verifier_key(verifier_.text());
  return record;
}

const crypto::SigningKey& LittleLog::key(const std::string& participant) const {
  return parties_.at(participant).key;
}

void LittleLog::append(v1::Record record, const std::string& salt, const std::string& body) {
  record.set_time_ms(++time_ms_);
  entries.push_back({entries.size(), random_bytes(), record.SerializeAsString(), salt, body});
}

v1::Record LittleLog::message(const std::string& sender, v1::Kind kind, const std::string& salt,
                              const std::string& body, const std::string& revises) {
  Party& party = parties_.at(sender);
  v1::Header header;
  header.set_hub(kHub);
  header.set_sender(sender);
  header.set_key_id(party.key.key_id().string());
  header.set_kind(kind);
  header.set_sequence(++party.sequence);
  header.set_message_id(
      crypto::sha256(sender + std::to_string(entries.size())).string().substr(0, 16));
  header.set_revises(revises);
  if (kind == v1::KIND_NEW || kind == v1::KIND_REVISION) header.set_dataflow(kDataflow);
  header.set_commitment(crypto::commitment(bytes_of(salt), bytes_of(body)).string());
  v1::Record record;
  record.set_header(header.SerializeAsString());
  record.set_signature(party.key.sign(crypto::domain::kHeader, bytes_of(record.header())).string());
  return record;
}

void LittleLog::administer(const std::string& actor, const v1::AdministrativeAction& action) {
  const std::string salt = random_bytes();
  const std::string body = action.SerializeAsString();
  v1::Record record = message(actor, v1::KIND_ADMINISTRATION, salt, body);
  record.mutable_administered()->set_action(body);
  record.mutable_administered()->set_salt(salt);
  append(std::move(record));
}

void LittleLog::enrol(const std::string& participant, v1::ParticipantKind kind) {
  const auto [party, added] = parties_.emplace(participant, Party{crypto::SigningKey::generate()});
  v1::AdministrativeAction action;
  action.mutable_enrol()->set_id(participant);
  action.mutable_enrol()->set_kind(kind);
  action.mutable_enrol()->add_signing_keys()->set_key(party->second.key.public_key().string());
  administer("op", action);
}

void LittleLog::rotate(const std::string& participant) {
  Party next{crypto::SigningKey::generate()};
  v1::AdministrativeAction action;
  action.mutable_change_key()->set_participant(participant);
  action.mutable_change_key()->set_add_signing_key(next.key.public_key().string());
  action.mutable_change_key()->set_end_signing_key(key(participant).public_key().string());
  administer("op", action);
  parties_.insert_or_assign(participant, std::move(next));
}

void LittleLog::change_state(const std::string& participant, v1::ParticipantState state) {
  v1::AdministrativeAction action;
  action.mutable_change_state()->set_participant(participant);
  action.mutable_change_state()->set_state(state);
  administer("op", action);
}

void LittleLog::submit(const std::string& sender, const std::string& body) {
  const std::string salt = random_bytes();
  v1::Record record = message(sender, v1::KIND_NEW, salt, body);
  record.mutable_accepted();
  append(std::move(record), salt, body);
}

void LittleLog::revise(const std::string& sender, const std::string& body, std::uint64_t replaced,
                       std::optional<std::uint64_t> said) {
  const std::string salt = random_bytes();
  v1::Record old;
  v1::Header header;
  static_cast<void>(old.ParseFromString(entries.at(replaced).record));
  static_cast<void>(header.ParseFromString(old.header()));
  v1::Record record = message(sender, v1::KIND_REVISION, salt, body, header.message_id());
  record.mutable_accepted()->set_replaced_index(said.value_or(replaced));
  append(std::move(record), salt, body);
}

void LittleLog::submit_with_second_signature(const std::string& sender, const std::string& second) {
  const std::string salt = random_bytes();
  v1::Record record = message(sender, v1::KIND_NEW, salt, "body");
  record.mutable_accepted();
  v1::SecondSignature& signature = *record.mutable_second_signature();
  signature.set_reason("a reason");
  signature.set_key_id(key(second).key_id().string());
  signature.set_signature(
      key(second).sign(crypto::domain::kSecond, bytes_of(record.header() + "a reason")).string());
  append(std::move(record), salt, "body");
}

void LittleLog::refuse(const std::string& sender) {
  v1::Record record = message(sender, v1::KIND_NEW, random_bytes(), "what may not pass");
  record.mutable_refused()->add_rules()->set_code("SMALL_CELL");
  append(std::move(record));
}

void LittleLog::skip(const std::string& sender) {
  const std::string salt = random_bytes();
  v1::Record record = message(sender, v1::KIND_SKIP, salt, "");
  record.mutable_skipped();
  append(std::move(record), salt);
}

void LittleLog::subscribe(const std::string& participant, bool removed) {
  v1::Record record;
  record.mutable_subscribed()->set_participant(participant);
  record.mutable_subscribed()->set_subscription(kSubscription);
  record.mutable_subscribed()->set_removed(removed);
  append(std::move(record));
}

void LittleLog::acknowledge(const std::string& participant, std::uint64_t number,
                            const std::string& delivered) {
  v1::AcknowledgementStatement statement;
  statement.set_hub(kHub);
  statement.set_participant(participant);
  statement.set_subscription(kSubscription);
  statement.set_delivery_number(number);
  statement.set_delivered_sha256(delivered);
  v1::Record record;
  auto& one = *record.mutable_cursors_moved()->add_acknowledgements();
  one.set_statement(statement.SerializeAsString());
  one.set_key_id(key(participant).key_id().string());
  one.set_signature(
      key(participant).sign(crypto::domain::kAcknowledgement, bytes_of(one.statement())).string());
  append(std::move(record));
}

void LittleLog::restart() {
  v1::Record stopped;
  stopped.mutable_stopped();
  append(std::move(stopped));
  append(started());
}

std::string LittleLog::sign_head(std::uint64_t size) const {
  merkle::Frontier tree;
  for (std::uint64_t i = 0; i < size; ++i) {
    tree.append(merkle::record_leaf_hash(bytes_of(entries[i].nonce), bytes_of(entries[i].record)));
  }
  return notes::sign_checkpoint({kOrigin, TreeSize{size}, tree.root()}, log_key_);
}

void LittleLog::checkpoint() {
  heads.push_back({entries.size(), sign_head(entries.size())});
}

void LittleLog::rewrite() {
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].index = i;
  for (SignedHead& head : heads) {
    head.size = std::min<std::uint64_t>(head.size, entries.size());
    head.note = sign_head(head.size);
  }
}

verify::AuditReport LittleLog::audit(const verify::Executor& run) const {
  verify::LogAudit audit(verifier_, run);
  bool good = true;
  auto head = heads.begin();
  for (const Entry& entry : entries) {
    for (; good && head != heads.end() && head->size <= audit.size().value; ++head) {
      good = audit.add_checkpoint(head->note);
    }
    if (!good) break;
    good = audit.add({LogIndex{entry.index},
                      bytes_of(entry.nonce),
                      bytes_of(entry.record),
                      bytes_of(entry.salt),
                      bytes_of(entry.body),
                      {},
                      entry.sealed});
  }
  for (; good && head != heads.end(); ++head) good = audit.add_checkpoint(head->note);
  return audit.finish();
}

}  // namespace rapporteur::testing
