#include <algorithm>
#include <tuple>

#include "broker/directory/change_parts.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"

namespace rapporteur::directory {
namespace {

Status check_pattern(const std::string& pattern, const std::string& where) {
  if (valid_pattern(pattern)) return {};
  return refuse(refusal::kBadPattern,
                quoted(pattern) + " is not 1 to " + std::to_string(limits::kPatternBytes) +
                    " characters of codes with * and |",
                where, "write * for all");
}

// What makes two grants the same one, and their order.
auto identity(const v1::Grant& grant) {
  const v1::SubmitRight& submit = grant.submit();
  const v1::ReceiveRight& receive = grant.receive();
  return std::tie(grant.participant(), submit.dataflow(), submit.indicator(), submit.area(),
                  receive.dataflow(), receive.indicator(), receive.sender());
}

Status check_right(const v1::Grant& grant, LogIndex index) {
  Status ok;
  const auto check = [&](const std::string& pattern, const char* where) {
    if (ok) ok = check_pattern(pattern, where);
  };
  if (grant.has_submit()) {
    check(grant.submit().dataflow(), "grant.submit.dataflow");
    check(grant.submit().indicator(), "grant.submit.indicator");
    check(grant.submit().area(), "grant.submit.area");
    return ok;
  }
  if (!grant.has_receive()) return refuse(refusal::kBadAction, "no right is named", "grant");
  const v1::ReceiveRight& right = grant.receive();
  check(right.dataflow(), "grant.receive.dataflow");
  check(right.indicator(), "grant.receive.indicator");
  check(right.sender(), "grant.receive.sender");
  if (ok && right.from_index() > (right.from_now() ? 0 : index.value)) {
    return refuse(refusal::kBadAction, "the log has no such index yet", "grant.receive.from_index",
                  "say from_now, or an index of the log");
  }
  return ok;
}

Status check_policy(const v1::Policy& asked) {
  if (codelists::find_dataflow(asked.dataflow()) == nullptr) {
    return refuse(refusal::kUnknownDataflow, quoted(asked.dataflow()) + " is not a dataflow",
                  "policy.dataflow");
  }
  if (asked.k() < 1 || asked.k() > limits::kPolicyK) {
    return refuse(refusal::kBadPolicy, "k is not 1 to " + std::to_string(limits::kPolicyK),
                  "policy.k");
  }
  constexpr std::uint32_t kPersonalDimensions = 6;
  if (asked.depth_from() > kPersonalDimensions) {
    return refuse(refusal::kBadPolicy, "there are 6 personal dimensions", "policy.depth_from");
  }
  if (asked.interval_width() > limits::kPolicyIntervalWidth) {
    return refuse(refusal::kBadPolicy, "the interval width is out of range",
                  "policy.interval_width");
  }
  if (asked.free_text() != v1::Policy::FREE_TEXT_NONE &&
      asked.free_text() != v1::Policy::FREE_TEXT_SCANNED) {
    return refuse(refusal::kBadPolicy, "free text is none or scanned", "policy.free_text");
  }
  return {};
}

// The first number of `asked` that protects less than today's; empty if none does.
std::string loosened(const rules::Policy& today, const v1::Policy& asked) {
  if (asked.k() < today.k) return "policy.k";
  if (asked.depth_from() > today.depth_from) return "policy.depth_from";
  if (!asked.zeros_sensitive() && today.zeros_sensitive) return "policy.zeros_sensitive";
  if (asked.interval_width() < today.interval_width) return "policy.interval_width";
  const bool text_today = today.free_text != codelists::FreeText::kNone;
  if (asked.free_text() == v1::Policy::FREE_TEXT_SCANNED && !text_today) return "policy.free_text";
  return {};
}

bool same(const rules::Policy& today, const v1::Policy& asked) {
  const auto text = today.free_text == codelists::FreeText::kNone ? v1::Policy::FREE_TEXT_NONE
                                                                  : v1::Policy::FREE_TEXT_SCANNED;
  return today.k == asked.k() && today.depth_from == asked.depth_from() &&
         today.zeros_sensitive == asked.zeros_sensitive() &&
         today.interval_width == asked.interval_width() && text == asked.free_text();
}

}  // namespace

State add_grant(const Directory& directory, const v1::Grant& asked, LogIndex index) {
  v1::DirectoryState state = directory.state();
  const auto found = find_changeable(state, asked.participant());
  if (!found) return tl::unexpected(found.error());
  if (auto ok = check_right(asked, index); !ok) return tl::unexpected(ok.error());
  if (directory.grants_of(asked.participant()) >= limits::kGrantsPerParticipant) {
    return refuse(refusal::kLimit, quoted(asked.participant()) + " can be granted no more", "grant",
                  "use patterns: * and |");
  }
  auto& grants = *state.mutable_grants();
  if (std::any_of(grants.begin(), grants.end(),
                  [&](const v1::Grant& grant) { return identity(grant) == identity(asked); })) {
    return refuse(refusal::kAlreadyGranted, "the same right is granted already", "grant",
                  "to change where it begins, remove it first");
  }
  v1::Grant& added = *grants.Add();
  added = asked;
  if (added.has_receive() && added.receive().from_now()) {
    added.mutable_receive()->set_from_index(index.value);
    added.mutable_receive()->clear_from_now();
  }
  std::sort(grants.begin(), grants.end(),
            [](const v1::Grant& a, const v1::Grant& b) { return identity(a) < identity(b); });
  return state;
}

State remove_grant(const Directory& directory, const v1::Grant& asked) {
  v1::DirectoryState state = directory.state();
  if (const auto found = find(state, asked.participant()); !found) {
    return tl::unexpected(found.error());
  }
  auto& grants = *state.mutable_grants();
  const auto held = std::find_if(grants.begin(), grants.end(), [&](const v1::Grant& grant) {
    return identity(grant) == identity(asked);
  });
  if (held == grants.end()) {
    return refuse(refusal::kUnknownGrant, "no such right is granted", "grant",
                  "see `rapporteur grant list`");
  }
  grants.erase(held);
  return state;
}

State change_policy(const Directory& directory, const v1::Policy& asked) {
  if (auto ok = check_policy(asked); !ok) return tl::unexpected(ok.error());
  const rules::Policy today = directory.policy(asked.dataflow());
  if (const std::string field = loosened(today, asked); !field.empty()) {
    return refuse(refusal::kNeedsTwoOperators, "it would protect less than today", field,
                  "one operator can only tighten a policy");
  }
  if (same(today, asked)) return refuse(refusal::kNoChange, "that is the policy today", "policy");
  v1::DirectoryState state = directory.state();
  auto& policies = *state.mutable_policies();
  const auto held = std::find_if(policies.begin(), policies.end(), [&](const v1::Policy& policy) {
    return policy.dataflow() == asked.dataflow();
  });
  (held == policies.end() ? *policies.Add() : *held) = asked;
  std::sort(policies.begin(), policies.end(),
            [](const auto& a, const auto& b) { return a.dataflow() < b.dataflow(); });
  return state;
}

}  // namespace rapporteur::directory
