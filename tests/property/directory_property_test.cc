#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/directory/directory.h"
#include "tests/fakes/party.h"

namespace rapporteur::directory {
namespace {

using fakes::Party;

const std::vector<std::string> kIds{"at", "de", "ep", "fr"};
const std::vector<std::string> kPatterns{"*", "A*", "B", "AB|B*", "*B"};
const std::vector<std::string> kCodes{"A", "B", "AB", "BA", "C"};

const Party& party(const std::string& name) {
  static std::map<std::string, Party> parties;
  return parties.try_emplace(name, name).first->second;
}

// Any action over a handful of names, so that many are refused and many are taken.
rc::Gen<v1::AdministrativeAction> any_action() {
  return rc::gen::exec([] {
    const auto id = *rc::gen::elementOf(kIds);
    const auto pattern = [] { return *rc::gen::elementOf(kPatterns); };
    v1::AdministrativeAction action;
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        return party(id).enrolment(*rc::gen::element(v1::OPERATOR, v1::COORDINATION_BODY));
      case 1:
        return fakes::submit_grant(id, pattern(), pattern(), pattern());
      case 2: {
        action = fakes::receive_grant(id, pattern(), pattern(), pattern());
        action.mutable_add_grant()->mutable_receive()->set_from_now(*rc::gen::arbitrary<bool>());
        return action;
      }
      case 3: {
        *action.mutable_remove_grant() =
            fakes::submit_grant(id, pattern(), pattern(), pattern()).add_grant();
        return action;
      }
      case 4:
        return fakes::state_change(id, *rc::gen::element(v1::ACTIVE, v1::SUSPENDED));
      default: {
        const std::string other = id + std::to_string(*rc::gen::inRange(0, 3));
        v1::KeyChange& change = *action.mutable_change_key();
        change.set_participant(id);
        const std::string key = party(other).signing.public_key().string();
        *rc::gen::arbitrary<bool>() ? change.set_add_signing_key(key)
                                    : change.set_end_signing_key(key);
        return action;
      }
    }
  });
}

// What the directory should say, kept the plainest way.
struct Model {
  std::set<std::string> active;
  std::map<std::string, std::vector<v1::Grant>> grants;

  void take(const v1::AdministrativeAction& action, LogIndex index) {
    if (action.has_enrol()) active.insert(action.enrol().id());
    if (action.has_change_state()) {
      const std::string& id = action.change_state().participant();
      if (action.change_state().state() == v1::ACTIVE) active.insert(id);
      if (action.change_state().state() != v1::ACTIVE) active.erase(id);
    }
    if (action.has_add_grant()) {
      v1::Grant grant = action.add_grant();
      if (grant.receive().from_now()) grant.mutable_receive()->set_from_index(index.value);
      grants[grant.participant()].push_back(grant);
    }
    if (action.has_remove_grant()) {
      auto& held = grants[action.remove_grant().participant()];
      const std::string gone = action.remove_grant().SerializeAsString();
      std::erase_if(held, [&](const auto& grant) { return grant.SerializeAsString() == gone; });
    }
  }
  bool may_submit(const std::string& id, const std::string& dataflow, const std::string& indicator,
                  const std::string& area) const {
    if (!active.contains(id) || !grants.contains(id)) return false;
    for (const v1::Grant& grant : grants.at(id)) {
      if (grant.has_submit() && matches_pattern(grant.submit().dataflow(), dataflow) &&
          matches_pattern(grant.submit().indicator(), indicator) &&
          matches_pattern(grant.submit().area(), area)) {
        return true;
      }
    }
    return false;
  }
  std::optional<LogIndex> may_receive(const std::string& id, const std::string& dataflow,
                                      const std::string& indicator,
                                      const std::string& sender) const {
    std::set<LogIndex> from;
    if (!active.contains(id) || !grants.contains(id)) return std::nullopt;
    for (const v1::Grant& grant : grants.at(id)) {
      if (grant.has_receive() && matches_pattern(grant.receive().dataflow(), dataflow) &&
          matches_pattern(grant.receive().indicator(), indicator) &&
          matches_pattern(grant.receive().sender(), sender)) {
        from.insert(LogIndex{grant.receive().from_index()});
      }
    }
    return from.empty() ? std::nullopt : std::optional(*from.begin());
  }
};

RC_GTEST_PROP(DirectoryProperty, IsAPureFoldAndDeniesByDefault, ()) {
  const Party& founder = party("hub-op");
  const auto actions = *rc::gen::container<std::vector<v1::AdministrativeAction>>(any_action());
  auto one = fakes::founded_by(founder);
  auto other = fakes::founded_by(founder);
  Model model;
  std::uint64_t index = 0;
  for (const v1::AdministrativeAction& action : actions) {
    ++index;
    const std::string before = one->serialized();
    const auto next = one->apply(action, founder.id, LogIndex{index});
    // The fold gives the same bytes from a directory that was written down and read back.
    const auto same =
        (*Directory::from_state(other->serialized()))->apply(action, founder.id, LogIndex{index});
    RC_ASSERT(next.has_value() == same.has_value());
    RC_ASSERT(one->serialized() == before);
    if (!next) {
      RC_ASSERT(next.error().line() == same.error().line());
      continue;
    }
    RC_ASSERT((*next)->serialized() == (*same)->serialized());
    RC_ASSERT((*next)->version() == index + 1);
    one = *next;
    other = *same;
    model.take(action, LogIndex{index});
  }
  const auto code = [] { return *rc::gen::elementOf(kCodes); };
  for (int i = 0; i < 20; ++i) {
    const std::string id = *rc::gen::elementOf(kIds);
    const std::string a = code();
    const std::string b = code();
    const std::string c = code();
    RC_ASSERT(one->may_submit(id, a, b, c) == model.may_submit(id, a, b, c));
    RC_ASSERT(one->may_receive_from(id, a, b, c) == model.may_receive(id, a, b, c));
    RC_ASSERT(one->active(id) == model.active.contains(id));
  }
}

// No administrative message of an operator, however damaged, does more than be refused.
RC_GTEST_PROP(DirectoryProperty, DamagedActionIsTakenOrRefused, ()) {
  std::string bytes = (*any_action()).SerializeAsString();
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = *rc::gen::arbitrary<char>();
  v1::AdministrativeAction action;
  if (!action.ParseFromString(bytes)) return;
  const auto founded = fakes::founded_by(party("hub-op"));
  const auto next = founded->apply(action, "hub-op", LogIndex{1});
  if (next) RC_ASSERT(Directory::from_state((*next)->serialized()).has_value());
}

}  // namespace
}  // namespace rapporteur::directory
