#include "broker/directory/directory.h"

#include <algorithm>

#include "broker/directory/change.h"
#include "broker/directory/refusal.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/ed25519.h"
#include "proto/directory/rights.h"

namespace rapporteur::directory {
namespace {

rules::Policy default_policy(std::string_view dataflow) {
  const codelists::Dataflow* known = codelists::find_dataflow(dataflow);
  if (known == nullptr) return {};
  const codelists::DataflowPolicy& policy = known->policy;
  return {policy.k, policy.depth_from, policy.zeros_sensitive, policy.interval_width,
          policy.free_text};
}

rules::Policy policy_of(const v1::Policy& policy) {
  return {policy.k(), policy.depth_from(), policy.zeros_sensitive(), policy.interval_width(),
          policy.free_text() == v1::Policy::FREE_TEXT_NONE ? codelists::FreeText::kNone
                                                           : codelists::FreeText::kScanned};
}

void add_key(v1::PublicKey& out, const PublicKeyBytes& key) {
  out.set_key(key.string());
}

}  // namespace

Directory::Directory(v1::DirectoryState state) : state_(std::move(state)) {}

Result<std::shared_ptr<const Directory>> Directory::from_state(std::string_view bytes) {
  v1::DirectoryState state;
  const auto unreadable = [](const std::string& why) {
    return fail(ErrorKind::kStorage, "the stored directory cannot be used: " + why, {},
                "run `rapporteur audit fsck`, which rebuilds it from the log");
  };
  if (!state.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return unreadable("not a DirectoryState");
  }
  std::shared_ptr<Directory> directory(new Directory(std::move(state)));
  if (const std::string wrong = directory->index(); !wrong.empty()) return unreadable(wrong);
  return directory;
}

std::shared_ptr<const Directory> Directory::founded_by(const std::string& operator_id,
                                                       const PublicKeyBytes& curve_key,
                                                       const PublicKeyBytes& signing_key) {
  v1::DirectoryState state;
  state.set_version(1);
  v1::Participant& founder = *state.add_participants();
  founder.set_id(operator_id);
  founder.set_kind(v1::OPERATOR);
  founder.set_name(operator_id);
  founder.set_state(v1::ACTIVE);
  add_key(*founder.add_curve_keys(), curve_key);
  add_key(*founder.add_signing_keys(), signing_key);
  std::shared_ptr<Directory> directory(new Directory(std::move(state)));
  RAPPORTEUR_CHECK(directory->index().empty());
  return directory;
}

Result<std::shared_ptr<const Directory>> Directory::apply(const v1::AdministrativeAction& action,
                                                          std::string_view actor,
                                                          LogIndex index) const {
  RAPPORTEUR_CHECK(index.value >= state_.version());
  auto next = changed(*this, action, actor, index);
  if (!next) return tl::unexpected(next.error());
  next->set_version(index.value + 1);
  std::shared_ptr<Directory> directory(new Directory(std::move(*next)));
  RAPPORTEUR_CHECK(directory->index().empty());
  return directory;
}

std::string Directory::index_keys(int participant) {
  const v1::Participant& holder = state_.participants(participant);
  for (int i = 0; i < holder.curve_keys_size(); ++i) {
    const auto key = PublicKeyBytes::from(holder.curve_keys(i).key());
    if (!key || !by_curve_key_.emplace(*key, KeyPlace{participant, i}).second) {
      return "CURVE key of " + holder.id() + " is not a key of its own";
    }
  }
  for (int i = 0; i < holder.signing_keys_size(); ++i) {
    const auto key = PublicKeyBytes::from(holder.signing_keys(i).key());
    if (!key || !by_signing_key_.emplace(*key, KeyPlace{participant, i}).second ||
        !by_signing_key_id_.emplace(crypto::key_id_of(*key), KeyPlace{participant, i}).second) {
      return "signing key of " + holder.id() + " is not a key of its own";
    }
  }
  return {};
}

std::string Directory::index() {
  for (int i = 0; i < state_.participants_size(); ++i) {
    const std::string& id = state_.participants(i).id();
    if (!valid_participant_id(id) || !by_id_.emplace(id, i).second) {
      return "participant '" + printable(id, 40) + "' is not one of its own";
    }
    if (std::string wrong = index_keys(i); !wrong.empty()) return wrong;
  }
  for (int i = 0; i < state_.grants_size(); ++i) {
    const std::string& id = state_.grants(i).participant();
    if (by_id_.find(id) == by_id_.end()) return "a grant to nobody";
    grants_of_[id].push_back(i);
  }
  for (int i = 0; i < state_.policies_size(); ++i) {
    if (!policies_.emplace(state_.policies(i).dataflow(), i).second) return "two policies for one";
  }
  return {};
}

std::string Directory::serialized() const {
  return state_.SerializeAsString();
}

const v1::Participant* Directory::participant(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &state_.participants(found->second);
}

bool Directory::active(std::string_view id) const {
  const v1::Participant* found = participant(id);
  return found != nullptr && found->state() == v1::ACTIVE;
}

const v1::Participant* Directory::by_curve_key(const PublicKeyBytes& key) const {
  const auto found = by_curve_key_.find(key);
  if (found == by_curve_key_.end()) return nullptr;
  const v1::Participant& holder = state_.participants(found->second.participant);
  const bool valid =
      holder.state() == v1::ACTIVE && holder.curve_keys(found->second.key).ended_index() == 0;
  return valid ? &holder : nullptr;
}

std::optional<SigningKeyRef> Directory::by_signing_key(const KeyId& key) const {
  const auto found = by_signing_key_id_.find(key);
  if (found == by_signing_key_id_.end()) return std::nullopt;
  const v1::Participant& holder = state_.participants(found->second.participant);
  const v1::PublicKey& held = holder.signing_keys(found->second.key);
  if (holder.state() != v1::ACTIVE || held.ended_index() != 0) return std::nullopt;
  return SigningKeyRef{&holder, *PublicKeyBytes::from(held.key())};
}

bool Directory::key_known(const PublicKeyBytes& key) const {
  return by_curve_key_.contains(key) || by_signing_key_.contains(key);
}

bool Directory::signing_key_id_known(const KeyId& key) const {
  return by_signing_key_id_.contains(key);
}

std::size_t Directory::grants_of(std::string_view participant) const {
  const auto found = grants_of_.find(participant);
  return found == grants_of_.end() ? 0 : found->second.size();
}

bool Directory::may_submit(std::string_view participant, std::string_view dataflow,
                           std::string_view indicator, std::string_view area) const {
  const std::vector<std::string> areas = submit_areas(participant, dataflow, indicator);
  return std::any_of(areas.begin(), areas.end(),
                     [&](const std::string& pattern) { return matches_pattern(pattern, area); });
}

std::vector<std::string> Directory::submit_areas(std::string_view participant,
                                                 std::string_view dataflow,
                                                 std::string_view indicator) const {
  std::vector<std::string> areas;
  const auto found = grants_of_.find(participant);
  if (found == grants_of_.end() || !active(participant)) return areas;
  for (const int at : found->second) {
    const v1::Grant& grant = state_.grants(at);
    if (grant.has_submit() && covers(grant.submit(), dataflow, indicator)) {
      areas.push_back(grant.submit().area());
    }
  }
  return areas;
}

std::optional<LogIndex> Directory::may_receive_from(std::string_view participant,
                                                    std::string_view dataflow,
                                                    std::string_view indicator,
                                                    std::string_view sender) const {
  const auto found = grants_of_.find(participant);
  if (found == grants_of_.end() || !active(participant)) return std::nullopt;
  std::optional<LogIndex> from;
  for (const int at : found->second) {
    const v1::Grant& grant = state_.grants(at);
    if (!grant.has_receive()) continue;
    const v1::ReceiveRight& right = grant.receive();
    if (from && from->value <= right.from_index()) continue;
    if (covers(right, dataflow, indicator, sender)) from = LogIndex{right.from_index()};
  }
  return from;
}

bool Directory::may_administer(std::string_view participant) const {
  const v1::Participant* found = this->participant(participant);
  return found != nullptr && found->kind() == v1::OPERATOR && found->state() == v1::ACTIVE;
}

std::string Directory::held_by(LogIndex index, std::string_view sender,
                               std::string_view dataflow) const {
  for (const v1::LegalHold& hold : state_.holds()) {
    if (!sabotaged("hold-ignored") && covers(hold, index, sender, dataflow)) return hold.name();
  }
  return {};
}

rules::Policy Directory::policy(std::string_view dataflow) const {
  const auto found = policies_.find(dataflow);
  return found == policies_.end() ? default_policy(dataflow)
                                  : policy_of(state_.policies(found->second));
}

}  // namespace rapporteur::directory
