#include "store/verify/erasure_check.h"

#include <algorithm>

#include "proto/directory/rights.h"
#include "store/verify/key_book.h"

namespace rapporteur::verify {
namespace {

constexpr std::uint64_t kMillisInADay = 24ULL * 60 * 60 * 1'000;

std::string entry_named(std::uint64_t index) {
  return "entry " + std::to_string(index);
}

}  // namespace

std::vector<LogIndex> erased_by(const v1::Record& record) {
  std::vector<LogIndex> out;
  for (const std::uint64_t index : record.expired().indices()) out.push_back(LogIndex{index});
  v1::AdministrativeAction action;
  if (record.has_administered() && action.ParseFromString(record.administered().action()) &&
      action.has_erase()) {
    out.push_back(LogIndex{action.erase().index()});
  }
  return out;
}

std::uint32_t ErasureCheck::number_of(const std::string& name) {
  const auto [at, added] = numbers_.emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (added) names_.push_back(name);
  return at->second;
}

void ErasureCheck::gone(LogIndex index, const v1::Header& header, std::uint64_t time_ms,
                        std::optional<LogIndex> erased_by) {
  Gone one;
  one.index = index.value;
  one.time_ms = time_ms;
  one.sender = number_of(header.sender());
  one.dataflow = number_of(header.dataflow());
  one.message_id = header.message_id();
  one.erased_by = erased_by;
  one.withdrawal = header.kind() == v1::KIND_WITHDRAWAL;
  gone_.push_back(one);
}

ErasureCheck::Gone* ErasureCheck::find(std::uint64_t index) {
  const auto found = std::ranges::lower_bound(gone_, index, std::ranges::less{},
                                              [](const Gone& one) { return one.index; });
  return found == gone_.end() || found->index != index ? nullptr : &*found;
}

void ErasureCheck::superseded(LogIndex index, const v1::Header& by, std::uint64_t time_ms) {
  Gone* const one = find(index.value);
  if (one != nullptr && one->message_id == by.revises() && names_[one->sender] == by.sender() &&
      names_[one->dataflow] == by.dataflow()) {
    one->superseded_ms = time_ms;
  }
}

Result<ErasureCheck::Gone*> ErasureCheck::erased(std::uint64_t index) {
  Gone* const one = find(index);
  if (one == nullptr && bodies_ == Bodies::kExported) return nullptr;
  if (one != nullptr && !one->explained) return one;
  return not_verified("it erases " + entry_named(index) +
                      ", whose body is still there, was erased before, or never was");
}

Status ErasureCheck::explain(Gone& gone) {
  for (const auto& [name, hold] : holds_) {
    if (covers(hold, LogIndex{gone.index}, names_[gone.sender], names_[gone.dataflow])) {
      return not_verified("it erases " + entry_named(gone.index) + ", which the legal hold '" +
                          name + "' keeps");
    }
  }
  if (!gone.explained) ++explained_;
  gone.explained = true;
  return {};
}

Status ErasureCheck::apply(const v1::AdministrativeAction& action) {
  switch (action.action_case()) {
    case v1::AdministrativeAction::kErase: {
      const auto one = erased(action.erase().index());
      if (!one) return tl::unexpected(one.error());
      auto explained = *one == nullptr ? Status() : explain(**one);
      while (!gone_.empty() && gone_.front().explained) gone_.pop_front();
      return explained;
    }
    case v1::AdministrativeAction::kSetRetention:
      retentions_[action.set_retention().dataflow()] = action.set_retention();
      return {};
    case v1::AdministrativeAction::kPlaceHold:
      holds_[action.place_hold().name()] = action.place_hold();
      return {};
    case v1::AdministrativeAction::kLiftHold:
      holds_.erase(action.lift_hold().name());
      return {};
    default:
      return {};
  }
}

Status ErasureCheck::apply(const v1::Expired& expired, std::uint64_t time_ms) {
  const v1::Retention& held = retentions_[expired.dataflow()];
  const std::uint32_t days = expired.superseded() ? held.superseded_days() : held.live_days();
  if (days == 0 || days != expired.days()) {
    return not_verified("it erases by a retention that did not hold for the dataflow");
  }
  const std::uint64_t age = days * kMillisInADay;
  const std::uint64_t over_before_ms = time_ms > age ? time_ms - age : 0;
  for (const std::uint64_t index : expired.indices()) {
    const auto found = erased(index);
    if (!found) return tl::unexpected(found.error());
    Gone* const one = *found;
    if (one == nullptr) continue;
    const bool over = one->superseded_ms != 0 || one->withdrawal;
    const std::uint64_t since = std::max(one->superseded_ms, one->time_ms);
    if (names_[one->dataflow] != expired.dataflow() || over != expired.superseded() ||
        since > over_before_ms) {
      return not_verified("it erases " + entry_named(index) + ", whose time was not over");
    }
    if (auto explained = explain(*one); !explained) return explained;
  }
  while (!gone_.empty() && gone_.front().explained) gone_.pop_front();
  return {};
}

ErasureCheck::Summary ErasureCheck::finish(TreeSize size) const {
  Summary out;
  out.erased = explained_;
  for (const Gone& one : gone_) {
    if (one.explained) continue;
    if (one.erased_by && one.erased_by->value >= size.value) {
      out.erased_later.push_back(LogIndex{one.index});
    } else if (!out.unexplained) {
      out.unexplained = LogIndex{one.index};
    }
  }
  return out;
}

}  // namespace rapporteur::verify
