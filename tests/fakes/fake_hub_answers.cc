// What the fake hub answers: submissions, questions, subscriptions, acknowledgements.
#include "adapters/client/envelope.h"
#include "proto/crypto/domain.h"
#include "rapporteur/v1/directory.pb.h"
#include "tests/fakes/fake_hub.h"

namespace rapporteur::testing {
namespace {

v1::Record record_of(const v1::Envelope& envelope, const v1::Header& header,
                     const std::vector<v1::Finding>& findings) {
  v1::Record record;
  record.set_time_ms(header.created_ms());
  record.set_header(envelope.header());
  record.set_signature(envelope.signature());
  if (!findings.empty()) {
    for (const v1::Finding& finding : findings) {
      v1::RuleCount& rule = *record.mutable_refused()->add_rules();
      rule.set_code(finding.code());
      rule.set_count(1);
    }
  } else if (header.kind() == v1::KIND_SKIP) {
    record.mutable_skipped();
  } else {
    record.mutable_accepted();
  }
  return record;
}

}  // namespace

v1::Frame FakeHub::fault(const std::string& code, const std::string& message) {
  v1::Frame frame;
  frame.mutable_fault()->set_code(code);
  frame.mutable_fault()->set_message(message);
  return frame;
}

v1::Frame FakeHub::submit(const std::string& bytes) {
  v1::Envelope envelope;
  v1::Header header;
  if (!envelope.ParseFromString(bytes) || !header.ParseFromString(envelope.header())) {
    return fault("MALFORMED", "not an envelope");
  }
  if (const auto known = by_message_.find(header.message_id()); known != by_message_.end()) {
    v1::Record record;
    static_cast<void>(record.ParseFromString(log_.entries()[known->second].record));
    if (record.header() != envelope.header()) {
      return fault("DUPLICATE", "this message id was used for other bytes");
    }
    return outcome_of(known->second);
  }
  std::uint64_t& next = next_sequence_.try_emplace(header.key_id(), 1).first->second;
  if (header.sequence() != next) {
    v1::Frame frame = fault("SEQUENCE", "not the next number");
    frame.mutable_fault()->set_expected_sequence(next);
    return frame;
  }
  ++next;
  FakeEntry entry;
  entry.findings = on_judge_ ? on_judge_(header) : std::vector<v1::Finding>{};
  v1::Record record = record_of(envelope, header, entry.findings);
  if (record.has_accepted() && !header.revises().empty()) {
    const auto replaced = by_message_.find(header.revises());
    if (replaced != by_message_.end()) {
      record.mutable_accepted()->set_replaced_index(replaced->second);
    }
  }
  entry.record = record.SerializeAsString();
  if (entry.findings.empty()) {
    entry.salt = envelope.salt();
    entry.body = envelope.body();
  }
  by_message_[header.message_id()] = log_.append(std::move(entry));
  return outcome_of(by_message_[header.message_id()]);
}

v1::Frame FakeHub::outcome_of(std::size_t index) const {
  v1::Frame frame;
  *frame.mutable_outcome() = log_.outcome(index);
  return frame;
}

v1::Frame FakeHub::welcome(const std::string& participant) const {
  v1::Frame frame;
  v1::Welcome& welcome = *frame.mutable_welcome();
  welcome.set_version(1);
  welcome.set_hub(address().hub);
  welcome.set_origin(log_.origin());
  welcome.set_log_verifier_key(log_.verifier_key().text());
  welcome.set_participant(participant);
  welcome.set_log_size(log_.entries().size());
  welcome.set_checkpoint(log_.checkpoint(log_.entries().size()));
  for (const auto& [curve, known] : participants_) {
    if (known.id != participant) continue;
    const std::string id = crypto::key_id_of(known.signing_key).string();
    const auto found = next_sequence_.find(id);
    v1::KeySequence& next = *welcome.add_next_sequences();
    next.set_key_id(id);
    next.set_next(found == next_sequence_.end() ? 1 : found->second);
  }
  return frame;
}

v1::Frame FakeHub::answer_query(const v1::Query& query, const std::string& participant) {
  v1::Frame frame;
  v1::Answer& answer = *frame.mutable_answer();
  if (query.has_directory()) {
    v1::DirectoryState state;
    state.set_version(1);
    for (const auto& [curve, known] : participants_) {
      v1::Participant& entry = *state.add_participants();
      entry.set_id(known.id);
      entry.set_kind(v1::COORDINATION_BODY);
      entry.set_state(v1::ACTIVE);
      entry.add_curve_keys()->set_key(known.curve_key.string());
      entry.add_signing_keys()->set_key(known.signing_key.string());
      v1::Grant& grant = *state.add_grants();
      grant.set_participant(known.id);
      grant.mutable_receive();
    }
    const std::string bytes = state.SerializeAsString();
    answer.mutable_directory()->set_state(bytes);
    answer.mutable_directory()->set_signature(
        log_.key().sign(crypto::domain::kDirectory, bytes_of(bytes)).string());
  } else if (query.has_consistency()) {
    const std::size_t second = query.consistency().second_size() == 0
                                   ? log_.entries().size()
                                   : query.consistency().second_size();
    if (query.consistency().first_size() == 0 || query.consistency().first_size() > second ||
        second > log_.entries().size()) {
      return fault("NOT_FOUND", "the log has no such size");
    }
    v1::Consistency& consistency = *answer.mutable_consistency();
    consistency.set_proof(log_.consistency_proof(query.consistency().first_size(), second));
    consistency.set_second_size(second);
    consistency.set_checkpoint(log_.checkpoint(second));
  } else if (query.has_ledger()) {
    v1::Table& ledger = *answer.mutable_ledger();
    for (std::size_t i = 0; i < log_.entries().size(); ++i) {
      v1::Record record;
      v1::Header header;
      if (!record.ParseFromString(log_.entries()[i].record) || !record.has_accepted() ||
          !header.ParseFromString(record.header()) || header.sender() != participant) {
        continue;
      }
      v1::PublishedSubmission& own = *ledger.add_submissions();
      own.set_index(i);
      own.set_header(record.header());
      own.set_body(log_.entries()[i].body);
    }
    ledger.set_as_of_size(log_.entries().size());
  } else if (query.has_subscriptions()) {
    for (const auto& [key, known] : subscriptions_) {
      if (known.participant != participant) continue;
      v1::SubscriptionState& state = *answer.mutable_subscriptions()->add_subscriptions();
      state.set_participant(known.participant);
      state.set_subscription(known.name);
      *state.mutable_filter() = known.filter;
      state.set_acknowledged(known.acknowledged.size());
      state.set_sent(known.acknowledged.size() + known.under_way.size());
      state.set_lag_entries(next_for(known, known.next) < log_.entries().size() ? 1 : 0);
      state.set_connected(!known.route.empty());
    }
    answer.mutable_subscriptions();
  } else {
    return fault("MALFORMED", "the fake hub does not answer this query");
  }
  return frame;
}

std::size_t FakeHub::next_for(const Subscription& to, std::size_t from) const {
  for (; from < log_.entries().size(); ++from) {
    v1::Record record;
    v1::Header header;
    if (from != withheld_ && record.ParseFromString(log_.entries()[from].record) &&
        record.has_accepted() && header.ParseFromString(record.header()) &&
        matches_pattern(to.filter.indicator(), header.indicator()) &&
        matches_pattern(to.filter.sender(), header.sender())) {
      break;
    }
  }
  return from;
}

v1::Frame FakeHub::subscribe(const std::string& route, const std::string& participant,
                             const v1::Subscribe& request) {
  const std::string key = participant + "/" + request.subscription();
  v1::Frame frame;
  frame.mutable_position()->set_subscription(request.subscription());
  if (request.remove()) {
    subscriptions_.erase(key);
    return frame;
  }
  const bool fresh = !subscriptions_.contains(key);
  Subscription& subscription = subscriptions_[key];
  if (fresh) {
    subscription.participant = participant;
    subscription.name = request.subscription();
    subscription.filter = request.filter();
  }
  // Numbers and running hash go on over a rewind.
  if (request.rewind()) subscription.acknowledged_next = 0;
  subscription.route = route;
  subscription.under_way.clear();
  subscription.next = subscription.acknowledged_next;
  subscription.credit = 0;
  subscription.credit_bytes = 0;
  frame.mutable_position()->set_acknowledged(subscription.acknowledged.size());
  frame.mutable_position()->set_delivered_sha256(subscription.acknowledged_hash.string());
  return frame;
}

std::optional<v1::Frame> FakeHub::acknowledge(const v1::SignedAcknowledgement& acknowledgement) {
  v1::AcknowledgementStatement statement;
  if (!statement.ParseFromString(acknowledgement.statement())) {
    return fault("MALFORMED", "not a statement");
  }
  if (statement.delivery_number() > acknowledged_most_) return std::nullopt;
  const auto signature = SignatureBytes::from(acknowledgement.signature());
  bool held = false;
  for (const auto& [curve, known] : participants_) {
    held = held || (known.id == statement.participant() && signature &&
                    crypto::verify(known.signing_key, crypto::domain::kAcknowledgement,
                                   bytes_of(acknowledgement.statement()), *signature));
  }
  if (!held) return fault("SIGNATURE", "the acknowledgement's signature does not hold");
  const auto found = subscriptions_.find(statement.participant() + "/" + statement.subscription());
  if (found == subscriptions_.end()) return fault("NOT_FOUND", "no such subscription");
  Subscription& subscription = found->second;
  const std::size_t before = subscription.acknowledged.size();
  if (statement.delivery_number() > before + subscription.under_way.size()) {
    return fault("UNEXPECTED", "acknowledges what was not delivered");
  }
  const std::size_t more = std::max<std::size_t>(statement.delivery_number(), before) - before;
  Digest hash = subscription.acknowledged_hash;
  for (std::size_t i = 0; i < more; ++i) {
    v1::Record record;
    static_cast<void>(record.ParseFromString(log_.entries()[subscription.under_way[i]].record));
    hash = crypto::next_delivered(hash, bytes_of(record.header()));
  }
  if (statement.delivery_number() >= before && hash.string() != statement.delivered_sha256()) {
    return fault("UNEXPECTED", "the running hash is another");
  }
  const auto end = subscription.under_way.begin() + static_cast<std::ptrdiff_t>(more);
  subscription.acknowledged.insert(subscription.acknowledged.end(), subscription.under_way.begin(),
                                   end);
  subscription.under_way.erase(subscription.under_way.begin(), end);
  if (more > 0) subscription.acknowledged_next = subscription.acknowledged.back() + 1;
  subscription.acknowledged_hash = hash;
  ++acknowledgements_;
  v1::Frame frame;
  frame.mutable_position()->set_subscription(subscription.name);
  frame.mutable_position()->set_acknowledged(subscription.acknowledged.size());
  frame.mutable_position()->set_delivered_sha256(hash.string());
  return frame;
}

}  // namespace rapporteur::testing
