// Erasure, retention and legal holds, as far as the directory knows of them.
#include <algorithm>

#include "broker/directory/change_parts.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"

namespace rapporteur::directory {
namespace {

Status check_hold(const v1::LegalHold& asked, LogIndex index) {
  if (!valid_subscription_name(asked.name())) {
    return refuse(refusal::kBadHold,
                  "a hold's name has 1 to 64 lower-case letters, digits, '-', '_', '.'",
                  "place_hold.name", "choose a name like case-12");
  }
  if (asked.placed_index() != 0) {
    return refuse(refusal::kBadAction, "the hub sets where a hold was placed",
                  "place_hold.placed_index", "leave it out");
  }
  if (asked.last_index() != 0 && asked.last_index() < asked.first_index()) {
    return refuse(refusal::kBadHold, "the last entry comes before the first",
                  "place_hold.last_index", "give the first entry first");
  }
  if (asked.first_index() > index.value) {
    return refuse(refusal::kBadHold, "the log has no such index yet", "place_hold.first_index",
                  "a hold without a last entry also covers what is to come");
  }
  for (const std::string* pattern : {&asked.sender(), &asked.dataflow()}) {
    if (!pattern->empty() && !valid_pattern(*pattern)) {
      return refuse(refusal::kBadPattern, quoted(*pattern) + " is no pattern", "place_hold",
                    "codes with * and |; leave it out for all");
    }
  }
  return {};
}

auto hold_named(v1::DirectoryState& state, const std::string& name) {
  auto& holds = *state.mutable_holds();
  return std::find_if(holds.begin(), holds.end(),
                      [&](const v1::LegalHold& hold) { return hold.name() == name; });
}

}  // namespace

State erase(const Directory& directory, const v1::Erasure& asked, const std::string& reason,
            LogIndex index) {
  if (reason.empty()) {
    return refuse(refusal::kBadText, "an erasure needs a reason", "reason",
                  "say why; it is kept in the log");
  }
  if (asked.index() >= index.value) {
    return refuse(refusal::kNoBody, "the log has no such entry", "erase.index",
                  "see `rapporteur show INDEX`");
  }
  return directory.state();
}

State set_retention(const Directory& directory, const v1::Retention& asked) {
  if (codelists::find_dataflow(asked.dataflow()) == nullptr) {
    return refuse(refusal::kUnknownDataflow, quoted(asked.dataflow()) + " is not a dataflow",
                  "set_retention.dataflow", "AGENCY:ID(VERSION), like RAPPORTEUR:THB(1.0)");
  }
  if (std::max(asked.live_days(), asked.superseded_days()) > limits::kRetentionDays) {
    return refuse(refusal::kBadRetention,
                  "more than " + std::to_string(limits::kRetentionDays) + " days", "set_retention",
                  "0 days are for good");
  }
  v1::DirectoryState state = directory.state();
  auto& all = *state.mutable_retentions();
  const auto held = std::find_if(all.begin(), all.end(), [&](const v1::Retention& one) {
    return one.dataflow() == asked.dataflow();
  });
  const v1::Retention today = held == all.end() ? v1::Retention() : *held;
  if (today.live_days() == asked.live_days() &&
      today.superseded_days() == asked.superseded_days()) {
    return refuse(refusal::kNoChange, "that is the retention today", "set_retention",
                  "see `rapporteur retention show`");
  }
  if (held != all.end()) all.erase(held);
  if (asked.live_days() != 0 || asked.superseded_days() != 0) *all.Add() = asked;
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.dataflow() < b.dataflow(); });
  return state;
}

State place_hold(const Directory& directory, const v1::LegalHold& asked, LogIndex index) {
  if (auto ok = check_hold(asked, index); !ok) return tl::unexpected(ok.error());
  v1::DirectoryState state = directory.state();
  if (hold_named(state, asked.name()) != state.mutable_holds()->end()) {
    return refuse(refusal::kAlreadyHeld, "there is a hold " + quoted(asked.name()) + " already",
                  "place_hold.name", "lift it first, or choose another name");
  }
  if (static_cast<std::size_t>(state.holds_size()) >= limits::kLegalHolds) {
    return refuse(refusal::kLimit, "the hub takes no more holds", "place_hold",
                  "use patterns, or a range of entries");
  }
  v1::LegalHold& placed = *state.add_holds();
  placed = asked;
  placed.set_placed_index(index.value);
  std::sort(state.mutable_holds()->begin(), state.mutable_holds()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return state;
}

State lift_hold(const Directory& directory, const std::string& name) {
  v1::DirectoryState state = directory.state();
  const auto held = hold_named(state, name);
  if (held == state.mutable_holds()->end()) {
    return refuse(refusal::kUnknownHold, "there is no hold " + quoted(name), "lift_hold.name",
                  "see `rapporteur hold list`");
  }
  state.mutable_holds()->erase(held);
  return state;
}

}  // namespace rapporteur::directory
